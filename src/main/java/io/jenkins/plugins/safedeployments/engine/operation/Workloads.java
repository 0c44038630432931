package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Fence;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * All writes to the two Deployments of a target. Each looks first, is kept out by a later holder of the claim
 * ({@link Fence}), and is bound to what it saw; if that changed meanwhile it looks again and decides anew. What an
 * earlier look or write here has brought does for a write, since that is refused if it is true no more; it does not for
 * leaving something as it is.
 */
final class Workloads {

    /** A Deployment's status changes several times a second while it rolls out. */
    private static final int ATTEMPTS = 20;

    private final Cluster cluster;
    private final Target target;
    private final Claim claim;
    private final Applying applying;
    private final Autoscaler autoscaler;
    private final Map<Track, KubeObject> known = new EnumMap<>(Track.class);

    /** What watches have shown since. They leave out whose fields are whose, so it does for resizing and deleting only. */
    private final Map<Track, KubeObject> shown = new EnumMap<>(Track.class);

    /** What is to be done if somebody else turns out to hold the claim. */
    private Runnable takeAway = () -> {};

    Workloads(Cluster cluster, Target target, Claim claim, Applying applying) {
        this.cluster = cluster;
        this.target = target;
        this.claim = claim;
        this.applying = applying;
        this.autoscaler = new Autoscaler(cluster, target.deployment(Track.STABLE), this::checkClaim);
    }

    /** The one of stable. */
    Autoscaler autoscaler() {
        return autoscaler;
    }

    /** @throws UserException if nothing that is changed in a Deployment would come to its pods */
    static void checkNotPaused(KubeObject deployment) {
        if (Boolean.TRUE.equals(deployment.get("spec", "paused"))) {
            throw new UserException(
                    deployment + " is paused, so its pods would stay as they are: resume it with 'kubectl rollout"
                            + " resume deployment/" + deployment.name() + "', then run this again.");
        }
    }

    /** Remembers the Deployments as watches have shown them last. */
    void saw(ClusterReader view) {
        for (Track track : Track.values()) {
            view.get(Kind.DEPLOYMENT, target.deployment(track)).ifPresent(seen -> shown.put(track, seen));
        }
    }

    private void preferShown(Track track) {
        KubeObject last = shown.remove(track);
        if (last != null) {
            known.put(track, last);
        }
    }

    /** A Deployment as it is at this moment. */
    Optional<KubeObject> get(Track track) {
        known.remove(track);
        shown.remove(track);
        Optional<KubeObject> seen = cluster.get(Kind.DEPLOYMENT, target.deployment(track));
        seen.ifPresent(deployment -> known.put(track, deployment));
        return seen;
    }

    /** Puts the fencing number on a Deployment, if it is there, so that earlier holders can write it no more. */
    void stamp(Track track, int fence) {
        change(track, seen -> {
            if (seen == null) {
                return null;
            }
            Fence.check(seen, fence);
            return Fence.isStamped(seen, fence) ? seen : cluster.merge(seen, stamp(fence));
        });
    }

    private static KubeObject stamp(int fence) {
        return KubeObject.of(Map.of("metadata", Map.of("annotations", Map.of(Names.FENCE, Integer.toString(fence)))));
    }

    /** Applies a Deployment for the release in progress; what is there already is left as it is. */
    @NonNull
    KubeObject apply(KubeObject deployment, Track track, int release, int fence) {
        return apply(deployment, track, release, fence, true, seen -> {});
    }

    /** @param check looks at what is there each time before it is written, and throws if that may not be */
    @NonNull
    KubeObject applyToStable(KubeObject deployment, int release, int fence, Consumer<KubeObject> check) {
        return apply(deployment, Track.STABLE, release, fence, true, check);
    }

    /** Makes stable what an earlier release had made of it; that is worth keeping whoever holds the claim by then. */
    @NonNull
    KubeObject applyEarlier(KubeObject deployment, int release, int fence) {
        return apply(deployment, Track.STABLE, release, fence, false, seen -> {});
    }

    private KubeObject apply(
            KubeObject deployment, Track track, int release, int fence, boolean takenAway, Consumer<KubeObject> check) {
        KubeObject ours = deployment
                .with(Integer.toString(release), "metadata", "annotations", Names.RELEASE)
                .with(Integer.toString(fence), "metadata", "annotations", Names.FENCE);
        return change(track, seen -> {
            if (seen == null) {
                return make(ours, track, fence, takenAway);
            }
            Fence.check(seen, fence);
            check.accept(seen);
            Optional<KubeObject> adopted = FieldOwners.adopted(seen);
            adopted.ifPresent(a -> applying.sayTaken(
                    seen, "all fields of '" + String.join("', '", FieldOwners.adoptedFrom(seen)) + "'"));
            KubeObject now = adopted.map(cluster::update).orElse(seen);
            return applying.apply(
                    ours.with(now.uid(), "metadata", "uid").with(now.resourceVersion(), "metadata", "resourceVersion"));
        });
    }

    /**
     * What is not there bears no stamp, so the claim itself is asked, before and after: should somebody have taken it over
     * in between, what was made is taken away again.
     */
    private KubeObject make(KubeObject ours, Track track, int fence, boolean takenAway) {
        checkClaim(fence);
        KubeObject made = applying.apply(ours);
        if (takenAway && made.generation() == 1) { // else somebody had made one in between
            takeAway = () -> delete(track, made.uid(), fence);
        }
        checkClaim(fence);
        return made;
    }

    /** @throws FencedException if somebody else acts for the release by now; what was just made is taken away then */
    void checkClaim(int fence) {
        try {
            claim.check(fence);
        } catch (FencedException e) {
            takeAway.run();
            throw e;
        }
        takeAway = () -> {}; // who comes later finds it there
    }

    /** To be called before something is written that no stamp protects. */
    void ifOvertaken(Runnable takeAwayAgain) {
        takeAway = takeAwayAgain;
    }

    /** Deletes what bears our stamp still; who has come after us and found it there would have put its own on it. */
    private void delete(Track track, String uid, int fence) {
        change(track, seen -> {
            if (seen == null || !seen.uid().equals(uid) || !Fence.isStamped(seen, fence)) {
                return seen;
            }
            cluster.delete(seen);
            return null;
        });
    }

    /**
     * What became of a Deployment's size.
     *
     * @param deployment as it is after it
     * @param before its size before
     * @param autoscaler the HorizontalPodAutoscaler that it was left to; empty if it was not
     */
    record Resized(KubeObject deployment, int before, String autoscaler) {
        int now() {
            return deployment.integer(1, "spec", "replicas");
        }

        /** Whether somebody has resized it since it had the one size and was to have the other. */
        boolean isForeign(int from, int wanted) {
            return autoscaler.isEmpty() && now() == before && now() != from && now() != wanted;
        }

        /** {@code left at 10: somebody resized it from 3}. */
        String leftText(int from) {
            return "left at " + now() + ": somebody resized it from " + from;
        }

        /** {@code resized from 3 to 2}. */
        String text() {
            int now = now();
            if (!autoscaler.isEmpty()) {
                return "left at " + now + ": HorizontalPodAutoscaler " + autoscaler + " decides its size";
            }
            return now == before ? "still has " + now : "resized from " + before + " to " + now;
        }
    }

    /**
     * Makes stable smaller, if no HorizontalPodAutoscaler decides its size, and nobody else has: what somebody has chosen since
     * that was decided on, even just now, is left to them.
     *
     * @param from the size that it was decided on for
     */
    @NonNull
    Resized shrink(int from, int replicas, int fence) {
        String decider = autoscaler.name();
        int[] before = new int[1];
        preferShown(Track.STABLE);
        KubeObject after = change(Track.STABLE, seen -> {
            if (seen == null) {
                throw gone(target.deployment(Track.STABLE));
            }
            Fence.check(seen, fence);
            before[0] = seen.integer(1, "spec", "replicas");
            return before[0] != from || from == replicas || !decider.isEmpty()
                    ? seen
                    : cluster.merge(seen, KubeObject.of(Map.of("spec", Map.of("replicas", replicas))));
        });
        return new Resized(after, before[0], decider);
    }

    /**
     * Makes stable as big as it is to be, and never smaller: whoever has made it bigger meanwhile, even just now, had a reason. Its
     * size is left to a HorizontalPodAutoscaler that decides it.
     *
     * @param isNew whether it was just made, with one pod: then the size is what a HorizontalPodAutoscaler starts from
     */
    @NonNull
    Resized grow(int replicas, int fence, boolean isNew) {
        String decider = isNew ? "" : autoscaler.name();
        int[] before = new int[1];
        preferShown(Track.STABLE);
        KubeObject after = change(Track.STABLE, seen -> {
            if (seen == null) {
                throw gone(target.deployment(Track.STABLE));
            }
            Fence.check(seen, fence);
            before[0] = seen.integer(1, "spec", "replicas");
            boolean grows = before[0] < replicas && decider.isEmpty();
            return grows ? cluster.merge(seen, KubeObject.of(Map.of("spec", Map.of("replicas", replicas)))) : seen;
        });
        return new Resized(after, before[0], decider);
    }

    private static UserException gone(String deployment) {
        return new UserException("Deployment " + deployment + " is gone: somebody deleted it.");
    }

    /**
     * Makes an adopted Deployment what it was before a release, except for its size.
     *
     * @param applied what the release made of it
     */
    @NonNull
    KubeObject restore(KubeObject before, KubeObject applied, int fence) {
        return change(Track.STABLE, seen -> {
            if (seen == null) {
                throw gone(before.name());
            }
            Fence.check(seen, fence);
            return cluster.update(FormerDeployment.of(seen, before, applied));
        });
    }

    /**
     * Deletes a Deployment with its pods, if it is there.
     *
     * @return whether it was there
     */
    boolean delete(Track track, int fence) {
        known.remove(track); // its status has changed since it was stamped
        preferShown(track);
        boolean[] there = new boolean[1];
        change(track, seen -> {
            there[0] = seen != null;
            if (seen != null) {
                Fence.check(seen, fence);
                cluster.delete(seen);
            }
            return null;
        });
        return there[0];
    }

    /**
     * Deletes the canary of a release that is over, if there is one: it was being made while the release was taken back, and
     * nobody else looks after it.
     */
    boolean deleteLeftCanary(int release) {
        boolean[] left = new boolean[1];
        change(Track.CANARY, seen -> {
            left[0] = seen != null && Integer.toString(release).equals(seen.annotation(Names.RELEASE));
            if (!left[0]) {
                return seen;
            }
            cluster.delete(seen);
            return null;
        });
        return left[0];
    }

    /** @param action writes what it is given, or gives it back as it is; null if there is nothing any more */
    private KubeObject change(Track track, UnaryOperator<KubeObject> action) {
        KubeObject before = known.remove(track);
        if (before != null) {
            try {
                KubeObject after = action.apply(before);
                if (after != before) {
                    return kept(track, after);
                }
            } catch (FencedException e) {
                // so it is to be looked at whether that is still so
            } catch (ClusterException e) {
                if (e.reason() != Reason.CONFLICT && e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        for (int attempt = 1; ; attempt++) {
            KubeObject seen = get(track).orElse(null);
            known.remove(track);
            try {
                return kept(track, action.apply(seen));
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

    private KubeObject kept(Track track, @CheckForNull KubeObject after) {
        shown.remove(track);
        if (after != null) {
            known.put(track, after);
        }
        return after;
    }
}
