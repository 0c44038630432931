package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Facts;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a canary up beside stable, tests it, and shrinks stable by as much: the step {@code canaryDeploy}.
 *
 * <p>Stable is touched last, when the canary serves; whatever fails before has cost no capacity.
 */
public final class CanaryDeploy extends ReleaseOperation {

    private final CanaryRequest request;
    private final CanaryPlanner planner;
    private final TakeTurn turn;
    private int begunBefore;

    public CanaryDeploy(Session session, CanaryRequest request) {
        super(session);
        this.request = request;
        this.planner = new CanaryPlanner(session, request, state.workloads, state.applying);
        this.turn = new TakeTurn(state, request.onBusy(), request.force().given());
    }

    @Override
    Move find() {
        return state.act("checking", this::findOrCheck);
    }

    @Override
    List<Move> work() {
        List<Move> moves = new ArrayList<>();
        moves.add(() -> state.releaseOrNull() == null ? turn.look() : Next.DONE);
        moves.add(state.act("recording the release", this::record));
        moves.add(state.act("applying the canary", this::apply));
        if (!request.tests().isEmpty()) {
            moves.add(new LazyMove(() -> AwaitRollout.beforeTests(state)));
        }
        for (CanaryCheck test : request.tests()) {
            moves.add(RunCheck.of(state, test));
        }
        // the tests took their time: what stable gives up, the canary must be serving now
        WhileServing canary = new WhileServing(state, () -> new AwaitRollout(state, Track.CANARY, 0));
        moves.add(canary::await);
        moves.add(canary.act("resizing stable", this::shrinkStable));
        if (!request.soak().isZero()) {
            moves.add(new LazyMove(() -> new Soak(state, request.soak())));
        }
        if (request.evidence()) {
            moves.add(state.act(
                    "collecting the state of the canary",
                    () -> state.keepEvidence(
                            PostMortem.ofHealthyCanary(session, state.release()).collect())));
        }
        moves.add(state.act("looking at the Service", state::findService));
        moves.add(state.act("recording the canary", this::ready));
        return moves;
    }

    private void findOrCheck() {
        Claim.State claim = state.claim.look(); // before the records, which so are no older than it
        if (request.resumed()) {
            Optional<Release> own = state.made();
            if (own.isPresent()) {
                resume(own.get());
                return;
            }
        }
        turn.saw(claim);
        boolean ours = claim.isActedOnBy(session.actor());
        if (claim.holder() != 0 && !ours && request.onBusy() == OnBusy.FAIL) {
            throw state.busy(claim);
        }
        state.claim.checkOrder(claim, session.actor(), request.force().given());
        begunBefore = ours && !TakeTurn.isSuperseding(claim) ? claim.holder() : 0;
        if (claim.holder() == 0 || begunBefore != 0) {
            planner.canaryIsNobodysElse();
        }
        planner.renderAndCheck();
    }

    /** The record is there, so the checks have passed: what is left is to find the place. */
    private void resume(Release own) {
        switch (own.phase()) {
            case CANARY_STARTING -> {
                takeUp(own);
                state.say("resumed", own.title() + " was begun before: going on with it");
            }
            case ROLLING_BACK -> {
                takeUp(own);
                throw new UserException(own.cause()); // which makes it go on with rolling back
            }
            case FAILED -> throw new UserException(own.cause());
            case ROLLED_BACK -> {
                state.free(own);
                state.removeLeft(own);
                throw new UserException(own.cause());
            }
            default -> {
                state.hold(own, 0);
                settle(done());
            }
        }
    }

    /** Unless somebody else acts for the release by now. */
    private void takeUp(Release own) {
        Claim.State claim = state.claim.look();
        if (claim.actor().equals(session.actor().id())) {
            claim = state.claim.act(own.number(), "canaryDeploy", session.actor(), session.now());
        }
        if (claim.holder() != own.number()
                || !claim.actor().equals(session.actor().id())) {
            throw state.busy(claim);
        }
        state.hold(own, claim.fence());
        state.countFromBegin();
    }

    private void record() {
        if (state.releaseOrNull() != null) {
            return;
        }
        Claim.State claimed = turn.taken();
        if (begunBefore != 0 && claimed.holder() != begunBefore) {
            throw new UserException("Release " + begunBefore + " of " + session.target()
                    + " was taken back before it had changed anything: run this again if it is still wanted.");
        }
        if (turn.hasWaited()) {
            planner.canaryIsNobodysElse();
            planner.renderAndCheck();
        }
        // What counts is how stable is now that nobody else may change it.
        Plan plan = planner.plan(request.force().given());
        Release release = Release.begin(claimed.holder(), session.target().app(), session.actor(), plan, session.now())
                .note(session.skipped(), session.actor(), session.now());
        state.store.put(release, claimed.fence());
        state.hold(release, claimed.fence());
        sayPlan(release);
        if (request.force().given()) {
            state.say("forced", request.force().reason());
        }
        try {
            if (release.number() % 5 == 0) {
                Map<String, Object> stable = plan.before();
                state.store.prune(stable == null ? null : KubeObject.of(stable));
            }
        } catch (ClusterException e) {
            state.say("warning", "Old releases could not be forgotten: " + e.getMessage());
        }
    }

    private void sayPlan(Release release) {
        Plan plan = release.plan();
        state.say("release", release.number() + " of " + session.target() + ", image " + plan.image());
        if (plan.originalReplicas() == null) {
            state.say(
                    "plan",
                    plan.canaryReplicas() + " canary; there is no "
                            + session.target().deployment(Track.STABLE)
                            + " yet, so this is the first release: the canary takes all traffic until it is promoted");
        } else {
            state.say(
                    "plan",
                    plan.canaryReplicas() + " canary beside " + plan.canaryStableReplicas() + " of "
                            + plan.originalReplicas() + " stable");
        }
        Integer beside = plan.canaryStableReplicas();
        if (beside != null && plan.canaryReplicas() > beside) {
            state.say(
                    "warning",
                    "The canary has " + plan.canaryReplicas() + " pods and stable beside it " + beside
                            + ", so most of the traffic goes to what is to be proved first.");
        }
        planner.warnings().forEach(warning -> state.say("warning", warning));
        if (plan.service().isEmpty()) {
            state.say("warning", "No Service selects the pods: their readiness is all that is waited for.");
        }
    }

    private void apply() {
        state.workloads.stamp(Track.STABLE, state.fence());
        List<String> applied = new ArrayList<>();
        state.plan().canarySupport().forEach(object -> {
            KubeObject support = KubeObject.of(object);
            state.support(support);
            applied.add(support.toString());
        });
        KubeObject canary = state.manifest(Track.CANARY);
        state.workloads.apply(canary, Track.CANARY, state.release().number(), state.fence());
        applied.add(canary.toString());
        state.say("applied", String.join(", ", applied));
    }

    private void shrinkStable() {
        Integer size = state.plan().canaryStableReplicas();
        Integer original = state.plan().originalReplicas();
        if (size == null || original == null) {
            return;
        }
        // the canary makes up for what the plan takes away, and for no more
        Workloads.Resized resized = state.workloads.shrink(original, size, state.fence());
        state.say(
                "stable",
                resized.isForeign(original, size)
                        ? resized.leftText(original) + " since the release began"
                        : resized.text());
    }

    private void ready() {
        List<KubeObject> pods = state.newPods(Track.CANARY);
        Facts facts = state.release().facts().withDigests(Digests.of(pods)).withRestarts(Restarts.of(pods));
        state.enter(
                Phase.CANARY_READY, "canary of " + state.plan().image() + " serves and has passed its tests", facts);
        state.sayIfAny("digest", String.join(", ", facts.digests()));
    }

    @Override
    public List<Move> failed(String cause) {
        if (state.releaseOrNull() == null) {
            state.cleanUp();
            return turn.failed(cause);
        }
        return super.failed(cause);
    }

    @Override
    List<Move> undoOrKeep(String cause) {
        return rollBackOrKeep(
                request.rollbackOnFailure(),
                cause,
                () -> "the canary is left as it is, and release "
                        + state.release().number() + " holds " + session.target()
                        + ": take it back with rollbackCanary");
    }

    @Override
    String done() {
        return "Canary of " + state.release().title() + " serves in "
                + session.target().namespace() + " after " + state.elapsed()
                + ". Next: promoteStable or rollbackCanary.";
    }

    @Override
    public void close() {
        turn.close();
        super.close();
    }
}
