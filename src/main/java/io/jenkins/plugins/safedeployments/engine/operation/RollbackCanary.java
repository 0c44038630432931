package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes a release back: the step {@code rollbackCanary}. The one in progress, if there is one; and then, if it was asked for,
 * stable returns to an earlier one.
 */
public final class RollbackCanary extends ReleaseOperation {

    private final RollbackRequest request;
    private final Undo undo;
    private final Return back;

    /** The claim that alone may be taken over; null to take it over from whoever has it. */
    @CheckForNull
    private final Claim.State seen;

    /** Whether a release in progress is to be undone; what is left is a return, if that was asked for. */
    private boolean undoing;

    /** @param approval what is needed to bring stable to a later release than it runs, one that was taken back before */
    public RollbackCanary(Session session, RollbackRequest request, Approval approval) {
        this(session, request, approval, null);
    }

    /** @param seen the claim that it may take over; if it is another one by then, there is nothing to do */
    RollbackCanary(Session session, RollbackRequest request, @CheckForNull Claim.State seen) {
        this(session, request, Approval.NOT_NEEDED, seen);
    }

    private RollbackCanary(
            Session session, RollbackRequest request, Approval approval, @CheckForNull Claim.State seen) {
        super(session);
        this.seen = seen;
        this.request = request;
        this.undo = new Undo(state, this::why, request.postMortem());
        this.back = new Return(state, request, this::checkMigration, approval);
    }

    @Override
    Move find() {
        return state.act("looking for a release in progress", this::findRelease);
    }

    @Override
    List<Move> work() {
        List<Move> moves = new ArrayList<>();
        undo.moves().forEach(move -> moves.add(() -> undoing ? move.look() : Next.DONE));
        moves.add(state.act("looking for the release to return to", () -> {
            if (back.isAskedFor() && !back.find(undoing)) {
                settle(back.nothing());
            }
        }));
        back.moves().forEach(move -> moves.add(() -> back.isAskedFor() ? move.look() : Next.DONE));
        return moves;
    }

    private void findRelease() {
        Target target = session.target();
        Optional<Release> own = state.own();
        if (own.isPresent() && own.get().phase().isFinal()) {
            state.free(own.get());
            state.hold(own.get(), 0);
            if (!back.isAskedFor() || back.isDone(own.get())) {
                settle(own.get().title() + " of " + target + " is "
                        + own.get().phase().text() + " already.");
            }
            return;
        }
        Claim.State claim = state.claim.look();
        if (!request.none().isEmpty()) {
            settle("Nothing to roll back: " + request.none()
                    + (claim.holder() == 0
                            ? "."
                            : ". It is left alone that " + target + " is held by " + claim.text()
                                    + ": to take that back, give 'release: " + claim.holder() + "'."));
            return;
        }
        if (claim.holder() == 0) {
            if (!back.isAskedFor()) {
                settle(nothing(claim));
            }
            return;
        }
        if (own.isPresent() && own.get().number() != claim.holder()) {
            throw new UserException(own.get().title() + " of " + target + " does not hold the target any more; "
                    + claim.text() + ", does.");
        }
        if (!request.concerns(claim.holder())) {
            settleOrReturn("Nothing to roll back: of " + target + " not release " + request.release()
                    + " is in progress, but " + claim.text() + ".");
            return;
        }
        state.store.get(claim.holder()).ifPresent(this::checkMigration);
        Claim.State before = claim;
        claim = take(before);
        if (claim.holder() != before.holder()) {
            settleOrReturn("Nothing to roll back: release " + before.holder() + " of " + target + " has just ended.");
            return;
        }
        if (!claim.isActedOnBy(session.actor())) {
            settle("Nothing to roll back: " + claim.text() + ", is acted on by somebody else by now.");
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
            settleOrReturn("Nothing to roll back: release " + claim.holder() + " of " + target
                    + " ended before it had changed anything. Its claim is given back.");
            return;
        }
        if (release.get().phase().isFinal()) {
            // It died between the last record and giving the claim back; or it is about to return to an earlier one,
            // and meets a record that it may write no more.
            state.store.put(release.get(), claim.fence());
            state.claim.release(claim.fence(), session.now());
            settleOrReturn("Nothing to roll back: " + release.get().title() + " is "
                    + release.get().phase().text() + ". Its claim is given back.");
            return;
        }
        if (!session.runs().isOver(before.actor()) && !before.isActedOnBy(session.actor())) {
            state.say("taken over", "from " + before.run() + " (" + before.operation() + ")");
        }
        state.hold(release.get(), claim.fence());
        if (release.get().facts().returnTo() == null) {
            undoing = true;
        } else {
            back.goOn(release.get());
        }
    }

    private Claim.State take(Claim.State before) {
        return seen == null
                ? state.claim.act(before.holder(), "rollbackCanary", session.actor(), session.now())
                : state.claim.actIfStill(seen, "rollbackCanary", session.actor(), session.now());
    }

    private void checkMigration(Release release) {
        if (release.hasMigrated() && !request.acknowledgeMigration()) {
            throw new UserException(release.title() + " of " + session.target() + " has migrated data ("
                    + release.migrations()
                    + "), which a rollback does not bring back. Make sure that the earlier version can"
                    + " work with the data as it is, then run this with 'acknowledgeMigration: true'.");
        }
    }

    /** There is nothing to undo; but there may be something to return to. */
    private void settleOrReturn(String nothing) {
        if (back.isAskedFor()) {
            state.say("rollback", nothing);
        } else {
            settle(nothing);
        }
    }

    private String nothing(Claim.State claim) {
        Optional<Release> last = claim.lastRelease() == 0 ? Optional.empty() : state.store.get(claim.lastRelease());
        return "Nothing to roll back: no release of " + session.target() + " is in progress"
                + last.map(release -> " (" + release.title() + " is "
                                + release.phase().text()
                                + (release.phase() == Phase.ROLLED_BACK ? ": " + release.cause() : "") + ")")
                        .orElse("")
                + ".";
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
        if (!request.reason().isEmpty()) {
            return request.reason();
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
        return back.isAskedFor()
                ? "Stable of " + session.target() + " is " + back.title() + " again after " + state.elapsed() + "."
                : state.release().title() + " of " + session.target() + " is rolled back after " + state.elapsed()
                        + ".";
    }
}
