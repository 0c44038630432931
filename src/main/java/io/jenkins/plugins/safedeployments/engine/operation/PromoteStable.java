package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.List;
import java.util.Optional;

/**
 * Makes what the canary proved stable: the step {@code promoteStable}. The canary goes when stable serves, not before.
 */
public final class PromoteStable extends ReleaseOperation {

    private final int number;
    private final Integer replicas;
    private int size;
    private long stableGeneration;

    /**
     * @param number of the release; 0 for the one in canary
     * @param replicas size of stable; null for its size before the release
     */
    public PromoteStable(Session session, int number, @CheckForNull Integer replicas) {
        super(session);
        this.number = number;
        this.replicas = replicas;
        if (replicas != null && replicas < 1) {
            throw new UserException("'replicas' is " + replicas + ": stable is never scaled below 1.");
        }
    }

    @Override
    Move find() {
        return state.act("looking for the release in canary", this::findRelease);
    }

    @Override
    List<Move> work() {
        return List.of(
                state.act("rolling stable", this::apply),
                new LazyMove(() -> new AwaitRollout(state, Track.STABLE, stableGeneration)),
                state.act("removing the canary", this::removeCanary),
                state.act("recording the promotion", this::end));
    }

    private void findRelease() {
        Target target = session.target();
        Optional<Release> known = number == 0 ? state.own() : state.store.get(number);
        if (known.isPresent() && known.get().phase() == Phase.PROMOTED) {
            state.free(known.get());
            state.hold(known.get(), 0);
            settle(known.get().title() + " of " + target + " is promoted already.");
            return;
        }
        Claim.State claim = state.claim.look();
        int wanted = known.map(Release::number).orElse(number == 0 ? claim.holder() : number);
        boolean ours = claim.actor().equals(session.actor().id());
        if (claim.holder() == 0 || claim.holder() != wanted) {
            throw new UserException(
                    claim.holder() == 0
                            ? "No release of " + target + " is in canary: run canaryDeploy first."
                            : "Release " + wanted + " of " + target + " is not in canary; " + claim.text() + ", is.");
        }
        Release release = state.store
                .get(wanted)
                .orElseThrow(() -> new UserException("Release " + wanted + " of " + target
                        + " has no record, so it cannot be promoted: take it back with rollbackCanary."));
        mayBePromoted(release, claim, ours);
        size = size(release);
        canaryIsUnchanged(release);
        claim = state.claim.act(wanted, "promoteStable", session.actor(), session.now());
        if (claim.holder() != wanted) {
            throw new UserException("Release " + wanted + " of " + target + " was taken back meanwhile.");
        }
        state.hold(release, claim.fence());
        state.say(
                "release",
                release.number() + " of " + target + ", image " + release.plan().image());
        state.enter(
                Phase.PROMOTING, "stable is being rolled to " + release.plan().image());
    }

    private void mayBePromoted(Release release, Claim.State claim, boolean ours) {
        boolean passed = release.history().stream().anyMatch(entry -> entry.phase() == Phase.CANARY_READY);
        switch (release.phase()) {
            case CANARY_READY -> {}
            case PROMOTING -> {
                if (!ours) {
                    throw new UserException(release.title() + " of " + session.target() + " is being promoted by "
                            + claim.text() + ": wait for it, or take the release back with rollbackCanary.");
                }
                state.say("resumed", "the promotion was begun before: going on with it");
            }
            case FAILED -> {
                if (!passed) {
                    throw new UserException(
                            "The canary of " + release.title() + " failed, so it is not promoted: " + release.cause());
                }
            }
            default ->
                throw new UserException(release.title() + " of " + session.target() + " is "
                        + release.phase().text() + ", so it cannot be promoted.");
        }
    }

    private int size(Release release) {
        if (replicas != null) {
            return replicas;
        }
        Integer before = release.plan().originalReplicas();
        if (before != null) {
            return before;
        }
        Integer inManifest = release.plan().manifestReplicas();
        if (inManifest != null) {
            return inManifest;
        }
        throw new UserException("This is the first release of " + session.target()
                + ", and its manifest does not say how many replicas stable has: say it with 'replicas'.");
    }

    /** What was judged is what is promoted. While a promotion is repeated the canary may be gone already. */
    private void canaryIsUnchanged(Release release) {
        if (release.phase() == Phase.PROMOTING) {
            return;
        }
        Optional<KubeObject> canary = new Workloads(session.cluster(), session.target()).get(Track.CANARY);
        String expected = Integer.toString(release.number());
        if (canary.isEmpty() || !expected.equals(canary.get().annotation(Names.RELEASE))) {
            throw new UserException("The canary of " + release.title() + " is "
                    + (canary.isEmpty() ? "gone" : "no longer this release's")
                    + ", so what would be promoted has not been proved: take the release back with rollbackCanary.");
        }
    }

    private void apply() {
        state.workloads.stamp(Track.STABLE, state.fence());
        state.workloads.stamp(Track.CANARY, state.fence());
        state.plan().stableSupport().forEach(object -> state.workloads.support(KubeObject.of(object), state.fence()));
        int now = state.workloads
                .get(Track.STABLE)
                .map(stable -> stable.integer(1, "spec", "replicas"))
                .orElse(0);
        if (replicas == null) {
            size = Math.max(size, now); // whoever has made it bigger meanwhile had a reason
        }
        state.workloads.apply(
                state.manifest(Track.STABLE), Track.STABLE, state.release().number(), state.fence());
        state.say("stable", now == 0 ? "created" : "rolling to the release");
        Workloads.Resized resized = state.workloads.size(Track.STABLE, size, state.fence());
        stableGeneration = resized.deployment().generation();
        state.say("stable", resized.text());
    }

    private void removeCanary() {
        if (state.workloads.delete(Track.CANARY, state.fence())) {
            state.say("canary", "removed: stable serves");
        }
    }

    private void end() {
        state.enter(Phase.PROMOTED, "stable serves it");
        state.claim.release(state.fence(), session.now());
    }

    @Override
    List<Move> undoOrKeep(String cause) {
        return List.of(state.act("recording the failure", () -> {
            state.sayFailed(cause);
            state.enter(Phase.FAILED, cause);
            state.say(
                    "left",
                    "stable may be partly rolled, the canary still serves: run promoteStable again, or rollbackCanary");
        }));
    }

    @Override
    String done() {
        return state.release().title() + " of " + session.target() + " is stable after " + state.elapsed() + ".";
    }
}
