package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.HashSet;
import java.util.Set;

/** Server-side apply, and whose fields it takes over: it says so, and refuses where that needs a word. */
final class Applying {

    private final Cluster cluster;
    private final Report report;
    private final Set<String> told = new HashSet<>();
    private boolean forced;

    Applying(Cluster cluster, Report report) {
        this.cluster = cluster;
        this.report = report;
    }

    /** From now on fields are taken over that others manage. */
    void takeOver() {
        forced = true;
    }

    /** Server-side apply, which takes over fields from the plugin's own patches, and from whom it may. */
    @NonNull
    KubeObject apply(KubeObject object) {
        try {
            return cluster.apply(object, false, false);
        } catch (ClusterException e) {
            if (e.reason() != Reason.FIELD_CONFLICT) {
                throw e;
            }
            mayBeTaken(object, e, forced);
            return cluster.apply(object, false, true);
        }
    }

    /**
     * Says whose fields an object takes over.
     *
     * @throws UserException if it may not take them over
     */
    void mayBeTaken(KubeObject object, ClusterException conflict, boolean force) {
        sayTaken(object, FieldOwners.checkConflicts(object, conflict, force));
    }

    /** Once for each object and each of whom it is taken from. */
    void sayTaken(KubeObject object, String taken) {
        if (!taken.isEmpty() && told.add(object + taken)) {
            report.line("takes over", object + ": " + taken);
        }
    }
}
