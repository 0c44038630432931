package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Fence;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All writes to the two Deployments of a target. Each looks first, is kept out by a later holder of the claim
 * ({@link Fence}), and is bound to what it saw; if that changed meanwhile it looks again and decides anew.
 */
final class Workloads {

    /** A Deployment's status changes several times a second while it rolls out. */
    private static final int ATTEMPTS = 20;

    private final Cluster cluster;
    private final Target target;
    private final Claim claim;

    /** What is to be done if somebody else turns out to hold the claim. */
    private Runnable takeAway = () -> {};

    Workloads(Cluster cluster, Target target) {
        this.cluster = cluster;
        this.target = target;
        this.claim = new Claim(cluster, target.app());
    }

    Optional<KubeObject> get(Track track) {
        return cluster.get(Kind.DEPLOYMENT, target.deployment(track));
    }

    /** Puts the fencing number on a Deployment, if it is there, so that earlier holders can write it no more. */
    void stamp(Track track, int fence) {
        change(track, seen -> {
            if (seen == null) {
                return null;
            }
            Fence.check(seen, fence);
            return Fence.isStamped(seen, fence)
                    ? seen
                    : cluster.merge(
                            seen,
                            KubeObject.of(Map.of(
                                    "metadata", Map.of("annotations", Map.of(Names.FENCE, Integer.toString(fence))))));
        });
    }

    /** Applies a Deployment for a release; what is there already is left as it is. */
    @NonNull
    KubeObject apply(KubeObject deployment, Track track, int release, int fence) {
        KubeObject ours = deployment
                .with(Integer.toString(release), "metadata", "annotations", Names.RELEASE)
                .with(Integer.toString(fence), "metadata", "annotations", Names.FENCE);
        return change(track, seen -> {
            if (seen == null) {
                return make(ours, track, fence);
            }
            Fence.check(seen, fence);
            return applyTaking(ours.with(seen.uid(), "metadata", "uid")
                    .with(seen.resourceVersion(), "metadata", "resourceVersion"));
        });
    }

    /**
     * What is not there bears no stamp, so the claim itself is asked, before and after: should somebody have taken it over
     * in between, what was made is taken away again.
     */
    private KubeObject make(KubeObject ours, Track track, int fence) {
        checkClaim(fence);
        KubeObject made = applyTaking(ours);
        if (made.generation() == 1) { // else somebody had made one in between
            takeAway = () -> delete(track, made.uid(), fence);
        }
        checkClaim(fence);
        return made;
    }

    private void checkClaim(int fence) {
        try {
            claim.check(fence);
        } catch (FencedException e) {
            takeAway.run();
            throw e;
        }
    }

    /** Deletes what bears our stamp still; who has come after us and found it there would have put its own on it. */
    private void delete(Track track, String uid, int fence) {
        change(track, seen -> {
            if (seen != null && seen.uid().equals(uid) && Fence.isStamped(seen, fence)) {
                cluster.delete(seen);
            }
            return null;
        });
    }

    /** Applies an object that comes with a Deployment. */
    void support(KubeObject object, int fence) {
        checkClaim(fence);
        applyTaking(object);
    }

    /** Server-side apply, which takes over fields from the plugin's own patches, but from nobody else. */
    private KubeObject applyTaking(KubeObject object) {
        try {
            return cluster.apply(object, false, false);
        } catch (ClusterException e) {
            if (e.reason() != Reason.FIELD_CONFLICT) {
                throw e;
            }
            checkConflicts(object, e);
            return cluster.apply(object, false, true);
        }
    }

    /** @throws UserException if fields in conflict belong to anybody but the plugin itself */
    static void checkConflicts(KubeObject object, ClusterException e) {
        Map<String, String> foreign = e.conflicts().stream()
                .filter(conflict -> !conflict.manager().equals(Cluster.FIELD_MANAGER))
                .collect(Collectors.groupingBy(
                        ClusterException.FieldConflict::manager,
                        Collectors.mapping(ClusterException.FieldConflict::field, Collectors.joining(", "))));
        if (!foreign.isEmpty() || e.conflicts().isEmpty()) {
            String fields = foreign.entrySet().stream()
                    .map(entry -> entry.getValue() + " (by '" + entry.getKey() + "')")
                    .collect(Collectors.joining("; "));
            throw new UserException(
                    object + " has fields that somebody else manages and the manifest sets differently: "
                            + (fields.isEmpty() ? e.getMessage() : fields)
                            + ". Set them alike in the manifest, or stop managing them elsewhere.",
                    e);
        }
    }

    /**
     * What became of a Deployment's size.
     *
     * @param deployment as it is after it
     * @param before its size before
     * @param autoscaler the HorizontalPodAutoscaler that it was left to; empty if it was not
     */
    record Resized(KubeObject deployment, int before, String autoscaler) {
        /** {@code resized from 3 to 2}. */
        String text() {
            int now = deployment.integer(1, "spec", "replicas");
            if (!autoscaler.isEmpty()) {
                return "left at " + now + ": HorizontalPodAutoscaler " + autoscaler + " decides its size";
            }
            return now == before ? "still has " + now : "resized from " + before + " to " + now;
        }
    }

    /** Sets the number of replicas, if it differs and no HorizontalPodAutoscaler decides it. */
    @NonNull
    Resized size(Track track, int replicas, int fence) {
        String autoscaler = autoscaler(track);
        int[] before = new int[1];
        KubeObject after = change(track, seen -> {
            if (seen == null) {
                throw new UserException("Deployment " + target.deployment(track) + " is gone: somebody deleted it.");
            }
            Fence.check(seen, fence);
            before[0] = seen.integer(1, "spec", "replicas");
            return before[0] == replicas || !autoscaler.isEmpty()
                    ? seen
                    : cluster.merge(seen, KubeObject.of(Map.of("spec", Map.of("replicas", replicas))));
        });
        return new Resized(after, before[0], autoscaler);
    }

    /** The name of the HorizontalPodAutoscaler that decides about the size of a track, or an empty string. */
    @NonNull
    String autoscaler(Track track) {
        try {
            for (KubeObject autoscaler : cluster.list(Kind.AUTOSCALER)) {
                if (autoscaler.string("spec", "scaleTargetRef", "kind").equals(Kind.DEPLOYMENT.kind())
                        && autoscaler.string("spec", "scaleTargetRef", "name").equals(target.deployment(track))) {
                    return autoscaler.name();
                }
            }
        } catch (ClusterException e) {
            if (e.reason() != Reason.FORBIDDEN && e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            // who may not see autoscalers is not kept from releasing; the documented rights include it
        }
        return "";
    }

    /** Gives an adopted Deployment its former pod template back, exactly. */
    @NonNull
    KubeObject restore(KubeObject before, int fence) {
        return change(Track.STABLE, seen -> {
            if (seen == null) {
                throw new UserException("Deployment " + before.name() + " is gone: somebody deleted it.");
            }
            Fence.check(seen, fence);
            return cluster.update(seen.with(before.get("spec", "template"), "spec", "template")
                    .with(before.annotation(Names.RELEASE), "metadata", "annotations", Names.RELEASE));
        });
    }

    /**
     * Deletes a Deployment with its pods, if it is there.
     *
     * @return whether it was there
     */
    boolean delete(Track track, int fence) {
        boolean[] there = new boolean[1];
        change(track, seen -> {
            if (seen != null) {
                Fence.check(seen, fence);
                there[0] = true;
                cluster.delete(seen);
            }
            return null;
        });
        return there[0];
    }

    private KubeObject change(Track track, Function<KubeObject, KubeObject> action) {
        for (int attempt = 1; ; attempt++) {
            KubeObject seen = get(track).orElse(null);
            try {
                return action.apply(seen);
            } catch (FencedException e) {
                takeAway.run();
                throw e;
            } catch (ClusterException e) {
                if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
