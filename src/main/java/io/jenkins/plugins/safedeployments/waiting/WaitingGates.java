package io.jenkins.plugins.safedeployments.waiting;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** One kind of gate that waits for people. */
@Restricted(NoExternalUse.class)
public abstract class WaitingGates implements ExtensionPoint {

    /**
     * Those that the current user may decide now, or do something else about; nothing that they may not see. It is asked with each
     * page, so it is quick.
     */
    @NonNull
    public abstract List<WaitingGate> mine();

    /**
     * Of all kinds: first those that wait for the user, and of these those that end by themselves, in the order in which they do, then
     * the longest waiting.
     */
    @NonNull
    static List<WaitingGate> allMine() {
        return ExtensionList.lookup(WaitingGates.class).stream()
                .flatMap(kind -> kind.mine().stream())
                .sorted(Comparator.comparing((WaitingGate gate) -> !gate.asked())
                        .thenComparing(WaitingGates::end)
                        .thenComparing(WaitingGate::since)
                        .thenComparing(WaitingGate::id))
                .toList();
    }

    private static Instant end(WaitingGate gate) {
        Instant deadline = gate.deadline();
        return deadline == null ? Instant.MAX : deadline;
    }
}
