package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Ends what a run has begun and does not go on with, because it is over or gone: takes the release back, or records that it
 * failed. What waits for a decision waits on, and what somebody else acts on by now is not touched.
 */
public final class EndOrphan implements Operation {

    private static final String OPERATION = "rollbackCanary";

    private final Session session;
    private final String gone;
    private final boolean takeBack;
    private final String reason;
    private final ReleaseState state;
    private final Deque<Move> work = new ArrayDeque<>();

    /** Not null when there is something to take back. */
    private RollbackCanary rollback;

    private String settled = "";

    /**
     * @param gone id of the actor that is over; the session's own actor is another, and the same at each try
     * @param takeBack whether what it left half done is taken back; a rollback is gone on with in any case
     * @param reason for the record, in one sentence
     */
    public EndOrphan(Session session, String gone, boolean takeBack, String reason) {
        this.session = session;
        this.gone = gone;
        this.takeBack = takeBack;
        this.reason = reason;
        this.state = new ReleaseState(session);
    }

    @Override
    public List<Move> moves() {
        return List.of(state.act("looking for what was left behind", this::find), this::work);
    }

    private void find() {
        Claim.State claim = state.claim.look();
        if (claim.holder() == 0 || !(claim.actor().equals(gone) || claim.isActedOnBy(session.actor()))) {
            settled = "It had left nothing to end.";
            return;
        }
        Release release = state.store.get(claim.holder()).orElse(null);
        if (release != null && isAwaitingDecision(release.phase())) {
            settled = release.title() + " is " + release.phase().text() + ", and waits for a decision.";
        } else if (release == null || takeBack || !isHalfDone(release.phase())) {
            rollback = new RollbackCanary(session, request(release), claim);
            work.addAll(rollback.moves());
        } else {
            recordFailure(release, claim);
        }
    }

    private static boolean isAwaitingDecision(Phase phase) {
        return phase == Phase.CANARY_READY || phase == Phase.FAILED;
    }

    private static boolean isHalfDone(Phase phase) {
        return phase == Phase.CANARY_STARTING || phase == Phase.PROMOTING;
    }

    /** With what made a rollback begin, if one was begun; a migration was no reason not to begin it, either. */
    private RollbackRequest request(@CheckForNull Release release) {
        boolean begun = release != null && release.phase() == Phase.ROLLING_BACK;
        return new RollbackRequest(
                "", begun ? release.cause() + " And then: " + reason : reason, true, true, false, Force.NONE);
    }

    private void recordFailure(Release release, Claim.State seen) {
        Claim.State claim = state.claim.actIfStill(seen, OPERATION, session.actor(), session.now());
        if (!claim.isActedOnBy(session.actor())) {
            settled = claim.text() + ", is acted on by somebody else by now.";
            return;
        }
        state.hold(release, claim.fence());
        state.sayFailed(reason);
        state.enter(Phase.FAILED, reason);
        settled = release.title() + " of " + session.target()
                + " is left as it is, and holds its target: promote it with promoteStable, or take it back with"
                + " rollbackCanary.";
    }

    private Next work() {
        while (!work.isEmpty()) {
            Next next = work.peek().look();
            if (!next.isDone()) {
                return next;
            }
            work.poll();
        }
        return Next.DONE;
    }

    @Override
    public List<Move> failed(String cause) {
        return rollback == null ? List.of() : rollback.failed(cause);
    }

    @Override
    public Outcome outcome() {
        return rollback == null ? new Outcome(state.releaseOrNull(), settled) : rollback.outcome();
    }

    @Override
    public Instant deadline() {
        return rollback == null ? state.deadline() : rollback.deadline();
    }

    @Override
    public String status() {
        return rollback == null ? state.status() : rollback.status();
    }

    @Override
    public void close() {
        state.close();
        if (rollback != null) {
            rollback.close();
        }
    }
}
