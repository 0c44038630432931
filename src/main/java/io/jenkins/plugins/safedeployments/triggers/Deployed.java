package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run has left in clusters, for who rolls it back. */
final class Deployed {

    private Deployed() {}

    /**
     * The releases that a run deployed, promoted or tested, one for each target, as it saw them last; the last one first. What
     * is taken back is not among them.
     */
    @NonNull
    static List<ReleaseEntry> left(Run<?, ?> run) {
        return touched(run).stream()
                .filter(entry -> entry.getPhase() != Phase.ROLLED_BACK)
                .toList();
    }

    /** Why {@link #left} is empty. */
    @NonNull
    static String whyNothingIsLeft(Run<?, ?> run) {
        List<ReleaseEntry> back = touched(run);
        return back.isEmpty()
                ? "the run has deployed nothing"
                : "what the run deployed is taken back already ("
                        + back.stream().map(Deployed::title).collect(Collectors.joining(", ")) + ")";
    }

    private static String title(ReleaseEntry entry) {
        return "release " + entry.getRelease() + " of " + entry.getTarget();
    }

    private static List<ReleaseEntry> touched(Run<?, ?> run) {
        Map<String, ReleaseEntry> last = new LinkedHashMap<>();
        for (ReleaseEntry entry : ReleasesAction.entries(run)) {
            if (entry.getAct() != Act.ROLLBACK_CANARY && (entry.isChanged() || entry.getAct() == Act.CANARY_TEST)) {
                last.remove(entry.getTarget().toString());
                last.put(entry.getTarget().toString(), entry);
            }
        }
        List<ReleaseEntry> entries = new ArrayList<>();
        last.values().forEach(entry -> entries.add(0, latest(run, entry)));
        return entries;
    }

    /** What the run itself did later to the same release counts, its own rollback included. */
    private static ReleaseEntry latest(Run<?, ?> run, ReleaseEntry entry) {
        ReleaseEntry latest = entry;
        for (ReleaseEntry other : ReleasesAction.entries(run)) {
            if (other.getRelease() == entry.getRelease()
                    && other.getTarget().toString().equals(entry.getTarget().toString())) {
                latest = other;
            }
        }
        return latest;
    }

    /**
     * What a rollback job is told.
     *
     * @param entry the release that is meant; null if the run made none
     */
    @NonNull
    static Map<String, String> values(Run<?, ?> run, @CheckForNull ReleaseEntry entry) {
        Map<String, String> told = HandedOn.what(
                entry == null ? null : entry.getTarget(), entry == null ? "" : String.valueOf(entry.getRelease()));
        told.put(HandedOn.REASON, run.getFullDisplayName() + " has ended with " + run.getResult());
        told.putAll(HandedOn.of(
                run,
                told,
                entry == null ? "" : entry.getImage(),
                entry == null ? null : entry.getPhase(),
                left(run).stream()
                        .map(one -> HandedOn.line(one.getTarget(), one.getRelease(), one.getPhase()))
                        .toList()));
        return told;
    }
}
