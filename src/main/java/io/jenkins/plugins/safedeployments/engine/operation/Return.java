package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Brings stable back to a release that was promoted earlier, from the record of that release. Stable rolls over by its own
 * strategy, so that there is no loss of capacity but the one that the strategy allows.
 *
 * <p>The release that stable runs holds the claim meanwhile, and its record says where it returns to: whoever takes a
 * return over that was interrupted goes on with the same one.
 */
final class Return {

    private final ReleaseState state;
    private final RollbackRequest request;
    private final Consumer<Release> check;
    private final Approval approval;

    /** The release that stable runs, and that is taken back. */
    private Release from;

    private Release goal;

    /** What the API server would make of stable. */
    private KubeObject returned;

    private String nothing;
    private boolean begunBefore;

    /** What this has made of stable. */
    private KubeObject applied;

    private long stableGeneration;
    private AwaitRollout rollout;

    /**
     * @param check refuses to take a release back that has migrated data
     * @param approval what is needed to go to a later release than the one that stable runs
     */
    Return(ReleaseState state, RollbackRequest request, Consumer<Release> check, Approval approval) {
        this.state = state;
        this.request = request;
        this.check = check;
        this.approval = approval;
    }

    boolean isAskedFor() {
        return begunBefore || !request.to().isEmpty();
    }

    /** Whether a release that this very step has taken back before it was interrupted is all that was asked for. */
    boolean isDone(Release own) {
        Integer returned = own.facts().returnTo();
        return request.to().equals(RollbackRequest.PREVIOUS)
                || (returned != null && request.to().equals(returned.toString()));
    }

    /** Goes on with a return that was begun by this or another step. */
    void goOn(Release held) {
        from = held;
        begunBefore = true;
    }

    /** Why there is nothing to do, if {@link #find} has said so. */
    String nothing() {
        return nothing;
    }

    String title() {
        return goal.title();
    }

    /**
     * Finds where to return to, and checks all that can be checked before anything is changed.
     *
     * @param undone whether a release in progress has just been taken back
     * @return whether there is anything to do
     */
    boolean find(boolean undone) {
        if (begunBefore) {
            String asked = request.to().matches("[0-9]+")
                    ? request.to()
                    : String.valueOf(from.facts().returnTo());
            goal = record(Integer.parseInt(asked));
        } else {
            from = onStable();
            goal = undone && request.to().equals(RollbackRequest.PREVIOUS) ? from : asked();
        }
        if (!begunBefore && !undone && !request.concerns(from.number())) {
            nothing = "Nothing to roll back: stable of " + state.session.target() + " is " + from.title()
                    + ", and not release " + request.release() + ".";
            return false;
        }
        nothing = "Stable of " + state.session.target() + " is " + goal.title() + ".";
        if (goal.number() == from.number() && !begunBefore) {
            state.say("stable", "is " + goal.title() + " already");
            return false;
        }
        if (!begunBefore) {
            isNoPromotion();
        }
        if (goal.phase() != Phase.PROMOTED && !request.force().given()) {
            throw new UserException("'to' is " + goal.number() + ", but " + goal.title() + " is "
                    + goal.phase().text() + (goal.cause().isEmpty() ? "" : " (" + goal.cause() + ")")
                    + ": name one that was promoted and not taken back, or give 'force' and a 'reason'.");
        }
        if (!goal.plan().isComplete()) {
            throw new UserException("The record of " + goal.title() + " does not hold its manifests: name another.");
        }
        // all that came after the one that is returned to
        state.store.list().stream()
                .filter(later -> later.number() > goal.number() && later.number() <= from.number())
                .forEach(check);
        checkTraffic();
        returned = state.session.cluster().apply(KubeObject.of(goal.plan().stable()), true, true);
        return true;
    }

    /** By this way nothing gets to stable that promoteStable would not let through. */
    private void isNoPromotion() {
        if (!goal.wasPromoted()) {
            throw new UserException("'to' is " + goal.number() + ", but " + goal.title()
                    + " was never promoted, so that there is nothing to return to: name one that was, or release it again"
                    + " with canaryDeploy. No 'force' replaces that.");
        }
        String missing = goal.number() > from.number() ? approval.missing(goal) : "";
        if (!missing.isEmpty()) {
            throw new UserException("'to' is " + goal.number() + ", which is later than " + from.title()
                    + " that stable runs, so this is a promotion: " + missing + ". Stable was not changed.");
        }
    }

    /** The Service stays as it is until stable has returned, so it must find the pods of both releases. */
    private void checkTraffic() {
        String name = from.plan().service();
        Map<String, Object> labels = KubeObject.of(goal.plan().stable()).map("spec", "template", "metadata", "labels");
        Optional<KubeObject> service =
                name.isEmpty() ? Optional.empty() : state.session.cluster().get(Kind.SERVICE, name);
        service.map(found -> found.map("spec", "selector"))
                .filter(selector -> !KubeObject.selects(selector, labels))
                .ifPresent(selector -> {
                    throw new UserException(
                            "Service " + name + " selects " + selector + ", but the pods of " + goal.title()
                                    + " have the labels " + labels
                                    + ", so they would get no traffic: give the Service a selector"
                                    + " that finds both, then run this again.");
                });
    }

    private Release onStable() {
        String deployment = state.session.target().deployment(Track.STABLE);
        Optional<KubeObject> stable = state.workloads.get(Track.STABLE);
        stable.ifPresent(Workloads::checkNotPaused);
        String number = stable.map(found -> found.annotation(Names.RELEASE)).orElse(null);
        Optional<Release> release = number == null ? Optional.empty() : state.store.get(Integer.parseInt(number));
        return release.orElseThrow(() -> new UserException("'to' is '" + request.to() + "', but " + deployment
                + (number == null
                        ? " is not there, or was made by no release"
                        : " is release " + number + ", whose record is gone")
                + ": there is nothing to return from."));
    }

    private Release asked() {
        if (!request.to().equals(RollbackRequest.PREVIOUS)) {
            return record(Integer.parseInt(request.to()));
        }
        return state.store.list().stream()
                .filter(release -> release.number() < from.number() && release.phase() == Phase.PROMOTED)
                .findFirst()
                .orElseThrow(() -> new UserException("'to' is 'previous', but no good release of "
                        + state.session.target() + " is known from before " + from.title() + "."));
    }

    private Release record(int number) {
        return state.store
                .get(number)
                .orElseThrow(() -> new UserException("'to' is " + number + ", but there is no record of release "
                        + number
                        + " of " + state.session.target() + ". There are: "
                        + String.join(
                                ", ",
                                state.store.list().stream().map(Release::title).toList())
                        + "."));
    }

    /** To be made after {@link #find} has said that there is something to do. */
    List<Move> moves() {
        return List.of(
                new LazyMove(() -> request.checkImage() ? new ProbeImage(state, goal) : () -> Next.DONE),
                state.act("beginning to return", this::begin),
                state.act("collecting the post-mortem", this::collect),
                state.act("rolling stable back", this::apply),
                new LazyMove(() -> rollout = new AwaitRollout(state, Track.STABLE, stableGeneration)),
                state.act("comparing the images", () -> state.compareImages(goal)),
                state.act("looking at what serves", this::stableIsWhatWasApplied),
                state.act("recording the return", this::end));
    }

    private void begin() {
        String reason = request.reason().isEmpty()
                ? "asked for by " + state.session.actor().text()
                : request.reason();
        if (!begunBefore) {
            Claim.State claim =
                    state.claim.reclaim(from.number(), "rollbackCanary", state.session.actor(), state.session.now());
            if (claim.holder() != from.number()) {
                throw state.busy(claim);
            }
            state.hold(from, claim.fence());
        }
        state.say("rollback", "from " + from.title() + " to " + goal.title() + ": " + reason);
        state.enter(Phase.ROLLING_BACK, reason, state.release().facts().withReturnTo(goal.number()));
        state.learn(state.release().facts().withReturnTo(goal.number()));
        state.applying.takeOver(); // as it was checked: what serves counts more than who manages it
        state.workloads.stamp(Track.STABLE, state.fence());
    }

    private void collect() {
        if (request.postMortem()) {
            state.keepEvidence(new PostMortem(
                            state.session, state.release(), state.release().cause())
                    .collect());
        }
        state.takeBack();
    }

    private void apply() {
        support(object -> !object.kind().equals(Kind.SERVICE));
        int now = state.workloads
                .get(Track.STABLE)
                .map(stable -> stable.integer(1, "spec", "replicas"))
                .orElse(0);
        Integer before = from.plan().originalReplicas();
        int size = Math.max(now, before == null ? 1 : before);
        state.sayIfAny("autoscaler", state.workloads.autoscaler().pin(size, state.fence()));
        String cause = RolloutStrategy.allAtOnce(returned, size);
        if (!cause.isEmpty()) {
            state.say(
                    "warning",
                    "By its " + cause
                            + " stable loses all of its pods at once now: until new ones are ready, nothing serves. "
                            + RolloutStrategy.REMEDY);
        }
        applied = state.workloads.applyEarlier(KubeObject.of(goal.plan().stable()), goal.number(), state.fence());
        Workloads.Resized resized = state.workloads.grow(size, state.fence(), false);
        stableGeneration = resized.deployment().generation();
        state.say("stable", "rolling to " + goal.title() + "; " + resized.text());
    }

    private void support(Predicate<KubeObject> which) {
        goal.plan().stableSupport().stream().map(KubeObject::of).filter(which).forEach(state::support);
    }

    /** Also what somebody has made of stable meanwhile gets to serve, which no record of a release may say then. */
    private void stableIsWhatWasApplied() {
        KubeObject serves = rollout.served();
        if (FieldOwners.isChanged(applied, serves)) {
            throw new UserException("Somebody has changed " + serves + " since it was rolled to " + goal.title()
                    + ", so what serves is not what was to be returned to. To return to it all the same, run rollbackCanary"
                    + " again.");
        }
    }

    private void end() {
        support(object -> object.kind().equals(Kind.SERVICE));
        state.sayIfAny("autoscaler", state.workloads.autoscaler().unpin(state.fence()));
        String text = "stable again, instead of " + from.title() + ": "
                + state.release().cause();
        boolean told = goal.history().stream()
                .anyMatch(entry -> state.session.actor().id().equals(entry.actor())
                        && entry.text().equals(text));
        if (!told) {
            goal = goal.enter(Phase.PROMOTED, text, state.session.actor(), state.session.now());
            state.store.put(goal, state.fence());
        }
        // who goes forward again, to one that had been taken back, has nothing against the one in between
        state.enter(
                goal.number() < from.number() ? Phase.ROLLED_BACK : Phase.PROMOTED,
                goal.number() < from.number() ? state.release().cause() : "stable is " + goal.title() + " again");
        state.claim.release(state.fence(), state.session.now());
    }
}
