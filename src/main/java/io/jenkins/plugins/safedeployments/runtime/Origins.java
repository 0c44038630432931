package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has led to a run, over all that lies between, so that what starts by itself does not go round in a circle. */
public final class Origins {

    private final List<Cause> causes = new ArrayList<>();
    private final Deque<Cause> open = new ArrayDeque<>();
    private final Set<String> runs = new HashSet<>();

    private Origins() {}

    /**
     * The causes of a run; of the runs that have started it, as far back as Jenkins keeps that; and of those whose release it is
     * there for.
     */
    @NonNull
    public static List<Cause> of(Run<?, ?> run) {
        Origins origins = new Origins();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // whoever may see them
            origins.add(run);
            while (!origins.open.isEmpty()) {
                origins.look(origins.open.remove());
            }
        }
        return origins.causes;
    }

    private void look(Cause cause) {
        causes.add(cause);
        if (cause instanceof Cause.UpstreamCause upstream) {
            open.addAll(upstream.getUpstreamCauses());
        }
        if (cause instanceof ForRelease release) {
            add(release.run());
            add(release.maker());
        }
    }

    private void add(@CheckForNull Run<?, ?> run) {
        if (run != null && runs.add(run.getExternalizableId())) {
            open.addAll(run.getCauses());
        }
    }
}
