package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * All writes to what comes with the Deployments of a target: Services, ConfigMaps and the like. They bear no stamp, so the
 * claim itself is looked at before each.
 */
final class SupportObjects {

    private static final int ATTEMPTS = 20;

    private final Cluster cluster;
    private final Applying applying;
    private final IntConsumer claimed;

    /** @param claimed throws {@link FencedException} if the fencing number is no longer that of the claim */
    SupportObjects(Cluster cluster, Applying applying, IntConsumer claimed) {
        this.cluster = cluster;
        this.applying = applying;
        this.claimed = claimed;
    }

    /**
     * Applies an object that comes with a Deployment, and returns it as it is then.
     *
     * @param begins is run when the claim has been looked at, and nothing is written yet
     */
    @NonNull
    KubeObject apply(KubeObject object, int fence, Runnable begins) {
        claimed.accept(fence);
        begins.run();
        for (int attempt = 1; ; attempt++) {
            // looked at afterwards, since it is seldom that there is something to adopt
            KubeObject applied = applying.apply(object);
            Optional<KubeObject> adopted = FieldOwners.adoptedSupport(applied);
            if (adopted.isEmpty()) {
                return applied;
            }
            try {
                cluster.update(adopted.get());
            } catch (ClusterException e) {
                if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Puts an object that came with a release back to what it was before, unless somebody has changed it since.
     *
     * @return what was done, for people
     */
    @NonNull
    String restore(KubeObject before, int fence) {
        claimed.accept(fence);
        try {
            for (int attempt = 1; ; attempt++) {
                Optional<KubeObject> seen = cluster.get(before.kind(), before.name());
                try {
                    if (seen.isEmpty()) {
                        cluster.create(before.with(null, "metadata", "uid").with(null, "metadata", "resourceVersion"));
                        return before + " made again: somebody had deleted it";
                    }
                    boolean changed = !seen.get().resourceVersion().equals(before.resourceVersion());
                    String editor = changed ? FieldOwners.editorSinceApplied(seen.get()) : "";
                    if (!editor.isEmpty()) {
                        return before + " IS LEFT AS IT IS, not as it was before the release: '" + editor
                                + "' has changed it since. Look at it by hand";
                    }
                    cluster.update(before.with(seen.get().uid(), "metadata", "uid")
                            .with(seen.get().resourceVersion(), "metadata", "resourceVersion"));
                    return before + " is as it was before the release";
                } catch (ClusterException e) {
                    if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } catch (ClusterException e) {
            if (e.reason() == Reason.INVALID || e.reason() == Reason.FORBIDDEN) {
                return before + " COULD NOT BE PUT BACK: "
                        + e.getMessage(); // which must not keep stable from coming back
            }
            throw e;
        }
    }

    /**
     * Removes an object that a release had brought, unless somebody has changed it since.
     *
     * @return what was done, for people; empty if it is not there any more
     */
    @NonNull
    String remove(KubeObject made, int fence) {
        claimed.accept(fence);
        for (int attempt = 1; ; attempt++) {
            Optional<KubeObject> seen = cluster.get(made.kind(), made.name());
            if (seen.isEmpty()) {
                return "";
            }
            String editor = FieldOwners.editorSinceApplied(seen.get());
            if (!editor.isEmpty()) {
                return made + " IS LEFT AS IT IS, not removed with the release that had brought it: '" + editor
                        + "' has changed it since. Look at it by hand";
            }
            try {
                cluster.delete(seen.get());
                return made + ", which the release had brought";
            } catch (ClusterException e) {
                if (e.reason() == Reason.FORBIDDEN) { // which must not keep the rollback from being recorded
                    return made + " COULD NOT BE REMOVED: " + e.getMessage();
                }
                if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
