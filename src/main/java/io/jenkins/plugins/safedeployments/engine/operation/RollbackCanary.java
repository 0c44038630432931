package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.List;
import java.util.Optional;

/** Takes the release in progress back, if there is one: the step {@code rollbackCanary}. */
public final class RollbackCanary extends ReleaseOperation {

    private final String reason;
    private final Undo undo;

    /**
     * @param reason why; empty to give the release's own cause, if it has failed
     * @param postMortem whether to collect evidence first
     */
    public RollbackCanary(Session session, String reason, boolean postMortem) {
        super(session);
        this.reason = reason.strip();
        this.undo = new Undo(state, this::why, postMortem);
    }

    @Override
    Move find() {
        return state.act("looking for a release in progress", this::findRelease);
    }

    @Override
    List<Move> work() {
        return undo.moves();
    }

    private void findRelease() {
        Target target = session.target();
        Optional<Release> own = state.own();
        if (own.isPresent() && own.get().phase().isFinal()) {
            state.free(own.get());
            state.hold(own.get(), 0);
            settle(own.get().title() + " of " + target + " is "
                    + own.get().phase().text() + " already.");
            return;
        }
        Claim.State claim = state.claim.look();
        Optional<Release> last = claim.lastRelease() == 0 ? Optional.empty() : state.store.get(claim.lastRelease());
        if (claim.holder() == 0) {
            settle("Nothing to roll back: no release of " + target + " is in progress"
                    + last.map(release -> " (" + release.title() + " is "
                                    + release.phase().text()
                                    + (release.phase() == Phase.ROLLED_BACK ? ": " + release.cause() : "") + ")")
                            .orElse("")
                    + ".");
            return;
        }
        if (own.isPresent() && own.get().number() != claim.holder()) {
            throw new UserException(own.get().title() + " of " + target + " does not hold the target any more; "
                    + claim.text() + ", does.");
        }
        Claim.State before = claim;
        claim = state.claim.act(claim.holder(), "rollbackCanary", session.actor(), session.now());
        if (claim.holder() != before.holder()) {
            settle("Nothing to roll back: release " + before.holder() + " of " + target + " has just ended.");
            return;
        }
        Optional<Release> release = state.store.get(claim.holder());
        if (release.isEmpty()) {
            checkUntouched(claim.holder());
            // It died between claim and record: nothing had been written yet. If it is not dead, it meets this record.
            Actor maker = new Actor(before.actor(), before.run(), before.runUrl(), "");
            state.store.put(
                    Release.endedUnrecorded(claim.holder(), target.app(), maker, session.actor(), session.now()),
                    claim.fence());
            state.claim.release(claim.fence(), session.now());
            settle("Nothing to roll back: release " + claim.holder() + " of " + target
                    + " ended before it had changed anything. Its claim is given back.");
            return;
        }
        if (release.get().phase().isFinal()) {
            // It died between the last record and giving the claim back.
            state.claim.release(claim.fence(), session.now());
            settle("Nothing to roll back: " + release.get().title() + " is "
                    + release.get().phase().text() + ". Its claim is given back.");
            return;
        }
        state.hold(release.get(), claim.fence());
    }

    /** A release without a record has changed nothing, or its record was deleted, which the canary would show. */
    private void checkUntouched(int number) {
        Optional<KubeObject> canary = state.workloads.get(Track.CANARY);
        if (canary.isPresent() && Integer.toString(number).equals(canary.get().annotation(Names.RELEASE))) {
            throw new UserException("The record of release " + number + " of " + session.target()
                    + " is gone: somebody deleted its Secret, so it is not known what stable was before. Give stable its size"
                    + " and version back by hand, delete " + canary.get()
                    + ", then run rollbackCanary again, which frees the target.");
        }
    }

    private String why() {
        if (!reason.isEmpty()) {
            return reason;
        }
        String cause = state.release().cause();
        return cause.isEmpty() ? "asked for by " + session.actor().text() : cause;
    }

    @Override
    List<Move> undoOrKeep(String cause) {
        return undo.failed(cause);
    }

    @Override
    String done() {
        return state.release().title() + " of " + session.target() + " is rolled back after " + state.elapsed() + ".";
    }
}
