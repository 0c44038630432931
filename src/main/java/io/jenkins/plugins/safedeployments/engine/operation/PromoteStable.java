package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Makes what the canary proved stable: the step {@code promoteStable}. The canary goes when stable serves, not before.
 */
public final class PromoteStable extends ReleaseOperation {

    private final PromoteRequest request;
    private final Approval approval;

    /** Number of the release; 0 for the one in canary, until that was looked for. */
    private int number;

    /** Whether a rollback was begun that this has to go on with, since nobody else does. */
    private boolean undoing;

    private int size;

    /** What stable is made smaller from, at the end; 0 if it is not. */
    private int shrinksFrom;

    /** Stable as it was when it was looked at first; null if there was none. */
    private KubeObject before;

    /** What the release has made of stable. */
    private KubeObject applied;

    private AwaitRollout rollout;
    private Instant drained;

    private final PromotionChecks checks;

    public PromoteStable(Session session, PromoteRequest request) {
        this(session, request, Approval.NOT_NEEDED);
    }

    public PromoteStable(Session session, PromoteRequest request, Approval approval) {
        super(session);
        this.request = request;
        this.number = request.release();
        this.approval = approval;
        this.checks = new PromotionChecks(state, session, request.force());
    }

    @Override
    Move find() {
        return state.during("looking for the release in canary", this::findRelease);
    }

    @Override
    List<Move> work() {
        WhileServing stable = new WhileServing(state, () -> rollout);
        return List.of(
                state.act("rolling stable", this::apply),
                this::rollBesideCanary,
                state.act("resizing stable", this::grow),
                stable::await,
                state.act("comparing the images", this::isProved),
                this::drain,
                stable.act("removing the canary", this::removeCanary),
                state.act("resizing stable", this::shrink),
                state.act("looking at the Service", state::findService),
                state.act("recording the promotion", this::end));
    }

    private Next findRelease() {
        Target target = session.target();
        Claim.State claim = state.claim.look(); // before the records, which so are no older than it
        List<Release> records = number == 0
                ? state.store.list()
                : state.store.get(number).stream().toList();
        Optional<Release> known =
                number == 0 ? state.own(records) : records.stream().findFirst();
        if (known.isPresent() && isSettled(known.get())) {
            return Next.DONE;
        }
        int wanted = known.map(Release::number).orElse(number == 0 ? claim.holder() : number);
        boolean ours = claim.isActedOnBy(session.actor());
        if (claim.holder() == 0 || claim.holder() != wanted) {
            throw new UserException(
                    claim.holder() == 0
                            ? "No release of " + target + " is in canary: run canaryDeploy first."
                            : "Release " + wanted + " of " + target + " is not in canary; " + claim.text() + ", is.");
        }
        Release release = records.stream()
                .filter(record -> record.number() == wanted)
                .findFirst()
                .orElseThrow(() -> new UserException("Release " + wanted + " of " + target
                        + " has no record, so it cannot be promoted: take it back with rollbackCanary."));
        mayBePromoted(release, claim, ours);
        if (!ours || release.phase() != Phase.PROMOTING) {
            isApproved(release); // again, if it died before it had begun: nothing tells that it got so far
        }
        size = size(release);
        checks.canaryIsUnchanged(release);
        before = state.workloads.get(Track.STABLE).orElse(null);
        if (before != null) {
            checks.stableIsUnchanged(release, before);
        }
        number = wanted;
        claim = state.claim.actIfStill(claim, "promoteStable", session.actor(), session.now());
        if (claim.holder() != wanted) {
            throw new UserException("Release " + wanted + " of " + target + " was promoted or taken back meanwhile.");
        }
        if (!claim.isActedOnBy(session.actor())) {
            return Next.waitUntil(session.now()); // somebody was quicker: what they do decides
        }
        return begin(release, claim.fence());
    }

    private Next begin(Release release, int fence) {
        state.hold(release, fence);
        String judged = approval.given(release);
        boolean begun = state.enterIfStill(
                Phase.PROMOTING,
                "stable is being rolled to " + release.plan().image()
                        + (judged.isEmpty() ? "" : "; judged: " + judged)
                        + (request.force().given()
                                ? "; forced: " + request.force().reason()
                                : ""));
        if (!begun) {
            return Next.waitUntil(session.now()); // whoever had it before has got on with it: that is to be looked at
        }
        if (request.force().given()) {
            state.applying.takeOver();
        }
        state.say(
                "release",
                release.number() + " of " + session.target() + ", image "
                        + release.plan().image());
        state.sayIfAny("judged", judged);
        return Next.DONE;
    }

    /** What is over already, by this very step or by another. */
    private boolean isSettled(Release known) {
        boolean ours = known.isOf(session.actor());
        if (known.phase() == Phase.PROMOTED) {
            String onStable = state.workloads
                    .get(Track.STABLE)
                    .map(stable -> stable.annotation(Names.RELEASE))
                    .orElse(null);
            if (!ours && !Integer.toString(known.number()).equals(onStable)) {
                throw new UserException(known.title() + " of " + session.target()
                        + " was promoted, but stable is release " + onStable
                        + " by now: return to it with rollbackCanary"
                        + " and 'to'.");
            }
            state.free(known);
            state.hold(known, 0);
            settle(known.title() + " of " + session.target() + " is promoted already.");
            return true;
        }
        if (ours && known.phase() == Phase.ROLLED_BACK) {
            state.free(known);
            state.removeLeft(known);
            throw new UserException(known.cause());
        }
        return false;
    }

    private void mayBePromoted(Release release, Claim.State claim, boolean ours) {
        if (state.isTakenUp(release, claim)) {
            checks.unlessForced(release.title() + " of " + session.target() + " has just been taken up by "
                    + claim.run() + " (" + claim.operation() + ")");
        }
        switch (release.phase()) {
            case CANARY_READY -> {
                if (release.testsFailed()) {
                    checks.unlessForced("Tests of the canary of " + release.title()
                            + " have failed since it was ready: " + release.failedTests());
                }
            }
            case CANARY_STARTING ->
                checks.unlessForced("The canary of " + release.title() + " is still being brought up and tested by "
                        + claim.run() + ", so it has not passed yet");
            case PROMOTING -> {
                if (ours) {
                    state.say("resumed", "the promotion was begun before: going on with it");
                } else if (session.runs().isOver(claim.actor())) {
                    checks.unlessForced(release.title() + " of " + session.target() + " was being promoted by "
                            + claim.run() + ", which is over");
                } else {
                    checks.unlessForced(
                            release.title() + " of " + session.target() + " is being promoted by " + claim.text());
                }
            }
            case FAILED -> {
                if (!release.hasPassed()) {
                    checks.unlessForced(
                            "The canary of " + release.title() + " failed, so it is not promoted: " + release.cause());
                }
            }
            case ROLLING_BACK -> {
                if (ours && !release.isReturning()) {
                    // by this step before a restart, or by whom it took the claim from while they did so
                    state.hold(release, claim.fence());
                    undoing = true;
                    throw new UserException(release.cause()); // which makes it go on with rolling back
                }
                throw new UserException(release.title() + " of " + session.target() + " is being rolled back by "
                        + claim.run() + ", so it cannot be promoted.");
            }
            // taken back, or promoted, between two looks
            default ->
                throw new UserException(release.title() + " of " + session.target() + " is "
                        + release.phase().text() + ", so it cannot be promoted.");
        }
    }

    private void isApproved(Release release) {
        String missing = approval.missing(release);
        if (!missing.isEmpty()) {
            throw new UserException(missing + ". Nothing was changed.");
        }
    }

    private int size(Release release) {
        Integer asked = request.replicas();
        if (asked != null) {
            return asked;
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

    private void apply() {
        state.workloads.stamp(Track.STABLE, state.fence());
        state.workloads.stamp(Track.CANARY, state.fence());
        state.plan().stableSupport().forEach(object -> state.support(KubeObject.of(object)));
        int now = before == null ? 0 : before.integer(1, "spec", "replicas");
        state.sayIfAny("autoscaler", state.workloads.autoscaler().pin(Math.max(size, now), state.fence()));
        boolean grows = before != null && !isFirst() && now < size;
        if (grows && state.workloads.autoscaler().name().isEmpty() && mayMissPods(now)) {
            sayIfResized(state.workloads.grow(size, state.fence(), false));
        }
        applied = state.workloads.applyToStable(
                state.manifest(Track.STABLE),
                state.release().number(),
                state.fence(),
                stable -> checks.stableIsUnchanged(state.release(), stable));
        state.say("stable", isNew() ? "created" : "rolling to the release");
        rollout = new AwaitRollout(state, Track.STABLE, applied.generation());
        rollout.lookAt(this::areProved);
    }

    /** So what there is of stable is of an earlier try. */
    private boolean isFirst() {
        return state.plan().originalReplicas() == null;
    }

    /** Whether stable was made by this promotion. */
    private boolean isNew() {
        return isFirst() || applied.generation() == 1;
    }

    /**
     * Whether pods of stable go before new ones are ready, at the size that it has. What its owner allows is meant for the size that it is
     * to have; and of what the manifest leaves out, one can't tell from it whether that stays.
     */
    private boolean mayMissPods(int now) {
        return RolloutStrategy.unavailable(state.manifest(Track.STABLE), now) > 0
                || RolloutStrategy.unavailable(before, now) > 0;
    }

    /**
     * As long as the canary serves, stable rolls at the size that it has beside it, until all of these pods are made anew. What it
     * grows by is shared out by the Deployment's controller in proportion, so before it would be more pods of what is being
     * replaced, which are started for nothing; and the rollout takes longer by their number.
     */
    private Next rollBesideCanary() {
        Next next = rollout.lookUntilMade();
        return canaryServes() ? next : Next.DONE;
    }

    private boolean canaryServes() {
        View view = state.view();
        return !view.isComplete()
                || view.get(Kind.DEPLOYMENT, session.target().deployment(Track.CANARY))
                        .filter(PromotionChecks::isAvailable)
                        .isPresent();
    }

    private void grow() {
        Workloads.Resized resized = state.workloads.grow(size, state.fence(), isNew());
        rollout.expect(resized.deployment().generation());
        if (request.replicas() == null) {
            size = Math.max(size, resized.now()); // whoever has made it bigger meanwhile had a reason
        }
        shrinksFrom = resized.now() > size ? resized.now() : 0;
        sayIfResized(resized);
    }

    private void sayIfResized(Workloads.Resized resized) {
        if (resized.now() != resized.before() || !resized.autoscaler().isEmpty()) {
            state.say("stable", resized.text());
        }
    }

    /** What was asked to be smaller than it was gets so when all of it serves, and not while pods are exchanged. */
    private void shrink() {
        if (shrinksFrom != 0) {
            Workloads.Resized resized = state.workloads.shrink(shrinksFrom, size, state.fence());
            if (resized.isForeign(shrinksFrom, size)) {
                state.say("stable", resized.leftText(shrinksFrom) + " since the promotion began");
            } else {
                sayIfResized(resized);
            }
        }
        state.sayIfAny("autoscaler", state.workloads.autoscaler().unpin(state.fence()));
    }

    /** So that it ends with the first pod of another image, and not when all of stable is made of it. */
    private void areProved(Observation seen) {
        List<String> digests = state.release().facts().digests();
        KubeObject stable = seen.deployment();
        if (!request.force().given()
                && stable != null
                && !FieldOwners.isChanged(applied, stable) // by whom that is, is told at the end
                && !Digests.unproved(seen.newPods(), digests).isEmpty()) {
            isProved();
        }
    }

    /** A tag that was pushed again since the canary was tested would bring in what nobody has judged. */
    private void isProved() {
        List<String> digests = state.release().facts().digests();
        SortedSet<String> unproved = state.unproved(digests);
        if (unproved.isEmpty()) {
            return;
        }
        String text = "Stable runs " + String.join(", ", unproved) + ", but the canary proved "
                + String.join(", ", digests)
                + ": the tag of " + state.plan().image() + " names another image by now";
        if (!request.force().given()) {
            throw new UserException(
                    text + ". Take the release back with rollbackCanary, and release with a digest; if the"
                            + " images differ by platform only, promote with 'force' and a 'reason'.");
        }
        state.say("warning", text + "; forced: " + request.force().reason());
    }

    private Next drain() {
        if (drained == null) {
            state.status("letting the canary's connections drain");
            drained = session.now().plus(request.drain());
        }
        if (session.now().isBefore(drained)) {
            return Next.waitUntil(drained);
        }
        return Next.DONE;
    }

    private void removeCanary() {
        stableIsWhatWasApplied();
        if (state.workloads.delete(Track.CANARY, state.fence())) {
            state.say("canary", "removed: stable serves");
        }
    }

    /** Also what somebody has made of stable meanwhile gets to serve, and what was undone by hand. */
    private void stableIsWhatWasApplied() {
        KubeObject serves = rollout.served();
        if (FieldOwners.isChanged(applied, serves)) {
            checks.unlessForced("Somebody has changed " + serves + " since it was rolled to "
                    + state.release().title() + ", so what serves is not what is promoted");
        }
    }

    private void end() {
        state.enter(Phase.PROMOTED, "stable serves it");
        state.claim.release(state.fence(), session.now());
    }

    @Override
    List<Move> undoOrKeep(String cause) {
        return rollBackOrKeep(
                request.rollbackOnFailure() || undoing,
                cause,
                () -> "stable may be partly rolled" + leftOfCanary() + ": run promoteStable again, or rollbackCanary");
    }

    private String leftOfCanary() {
        try {
            return state.workloads
                    .get(Track.CANARY)
                    .map(canary -> PromotionChecks.isAvailable(canary)
                            ? ", the canary still serves"
                            : ", and the canary does not serve any more")
                    .orElse(", and the canary is gone");
        } catch (ClusterException e) {
            return "";
        }
    }

    @Override
    String done() {
        return state.release().title() + " of " + session.target() + " is stable after " + state.elapsed() + ".";
    }
}
