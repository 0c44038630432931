package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Gets a new release the claim on its target: at once if that is free, else as {@link OnBusy} says.
 *
 * <p>Who waits is in a queue that the claim keeps. The first in it takes the target when it becomes free; who does not within
 * two minutes loses its turn, since it may be long gone.
 */
final class TakeTurn implements Move {

    private static final String OPERATION = "canaryDeploy";
    private static final String SUPERSEDING = "canaryDeploy, superseding";
    private static final Duration TURN = Duration.ofMinutes(2);

    /** Watches tell when the claim changes; this is for those that died without a word. */
    private static final Duration POLL = Duration.ofMinutes(5);

    private final ReleaseState state;
    private final OnBusy onBusy;
    private final boolean evenIfOlder;
    private Claim.State taken;
    private boolean joined;

    /** What was seen of a claim that nobody holds, and has not been looked at here yet. */
    private Claim.State free;

    /** Number of the release that this has begun, or may have, in a request whose answer was lost; 0 if none. */
    private int begun;

    private String lastWait = "";
    private Instant freeSince;

    /** Version of the claim that the watches had brought when it was looked at. */
    private String seen = "";

    private Instant nextLook = Instant.MIN;

    private ReleaseState other;
    private Undo undo;
    private final Deque<Move> undoing = new ArrayDeque<>();

    /** @param evenIfOlder see {@link Claim#begin} */
    TakeTurn(ReleaseState state, OnBusy onBusy, boolean evenIfOlder) {
        this.state = state;
        this.onBusy = onBusy;
        this.evenIfOlder = evenIfOlder;
    }

    /** What was just seen of the claim does for taking it, since that is refused if it is true no more. */
    void saw(Claim.State claim) {
        free = claim.holder() == 0 ? claim : null;
    }

    /** Whether others had the target in between, so that what was seen of it before may be true no more. */
    boolean hasWaited() {
        return joined;
    }

    /** Whether a claim is held for the release that is being taken back for a new one. */
    static boolean isSuperseding(Claim.State claim) {
        return claim.operation().equals(SUPERSEDING);
    }

    /** The claim; to be asked for when the move is done. */
    @NonNull
    Claim.State taken() {
        return Objects.requireNonNull(taken, "it is not this release's turn yet");
    }

    @Override
    public Next look() {
        if (other != null) {
            Next next = supersede();
            if (!next.isDone()) {
                return next;
            }
        }
        if (nothingNew()) {
            return Next.waitUntil(nextLook);
        }
        Claim.State now = claim();
        state.claim.checkOrder(now, me(), evenIfOlder);
        if (now.holder() == 0) {
            if (begun != 0 && now.lastRelease() >= begun) {
                throw new UserException("Release " + begun + " of " + state.session.target()
                        + " was taken back before it had changed anything: run this again if it is still wanted.");
            }
            return isMyTurn(now) ? take(now) : awaitTurn(now);
        }
        freeSince = null;
        if (now.isActedOnBy(me()) && !isSuperseding(now)) {
            return take(now);
        }
        return switch (onBusy) {
            case FAIL -> throw state.busy(now);
            case WAIT -> await(now);
            case SUPERSEDE -> beginToSupersede(now);
        };
    }

    private Claim.State claim() {
        Claim.State last = free;
        free = null;
        if (last != null && isMyTurn(last)) {
            return last;
        }
        seen = lease(); // before the claim, so that a change after this is not taken for one that was looked at
        return state.claim.look();
    }

    private Actor me() {
        return state.session.actor();
    }

    private Next take(Claim.State now) {
        boolean held = now.holder() != 0;
        int number = held ? now.holder() : now.lastRelease() + 1;
        begun = held ? number : begun;
        Claim.State got;
        try {
            got = state.claim.begin(number, OPERATION, me(), evenIfOlder, state.session.now());
        } catch (ClusterException e) {
            begun = number; // or not: its answer was lost
            throw e;
        }
        if (got.holder() == 0 || !got.isActedOnBy(me())) {
            return again(); // somebody was quicker
        }
        taken = got;
        if (joined) {
            state.countAnew();
            state.say("turn", "it is this release's turn");
        }
        return Next.DONE;
    }

    /** The queue is for those who wait; who does not want to wait takes what is free. */
    private boolean isMyTurn(Claim.State now) {
        return now.waiting().isEmpty() || now.waiting().get(0).actor().equals(me().id()) || onBusy == OnBusy.FAIL;
    }

    private Next awaitTurn(Claim.State unheld) {
        Claim.State now = queued(unheld);
        if (now.holder() != 0 || isMyTurn(now)) {
            return again();
        }
        Claim.Waiting first = now.waiting().get(0);
        Instant present = state.session.now();
        freeSince = freeSince == null ? present : freeSince;
        Instant lapse = freeSince.plus(TURN);
        if (!present.isBefore(lapse)) {
            state.say("turn", first.run() + " has not taken its turn, so it is passed over");
            state.claim.leave(first.actor(), present);
            freeSince = null;
            return again();
        }
        return waitUntil(lapse);
    }

    /** The claim with this in its queue. */
    private Claim.State queued(Claim.State now) {
        joined = true;
        return place(now) >= 0 ? now : state.claim.join(me(), false, state.session.now());
    }

    private int place(Claim.State now) {
        return now.waiting().stream().map(Claim.Waiting::actor).toList().indexOf(me().id());
    }

    private Next await(Claim.State held) {
        Claim.State now = queued(held);
        if (now.holder() == 0) {
            return again(); // it has become free before this was in the queue
        }
        int place = place(now);
        String text = "for " + now.text() + (place > 0 ? "; " + place + " more before this one" : "");
        if (!text.equals(lastWait)) {
            lastWait = text;
            state.say("waiting", text);
            state.status("waiting " + text);
        }
        return waitUntil(state.session.now().plus(POLL));
    }

    private Next waitUntil(Instant instant) {
        state.countAfter(instant); // the look then has its time
        nextLook = instant;
        return Next.waitUntil(instant);
    }

    /** What this went by is true no more. */
    private Next again() {
        nextLook = Instant.MIN;
        return Next.waitUntil(state.session.now());
    }

    /** Whether the watches, which tell of much, bring nothing about the claim. */
    private boolean nothingNew() {
        return state.session.now().isBefore(nextLook) && state.view().isComplete() && seen.equals(lease());
    }

    private String lease() {
        return state.view()
                .get(Kind.LEASE, Claim.leaseName(state.session.target().app()))
                .map(KubeObject::resourceVersion)
                .orElse("");
    }

    /** Begins to take the other release back, if that is possible now. */
    private Next beginToSupersede(Claim.State now) {
        Optional<Release> release = state.store.get(now.holder());
        if (release.isEmpty() || isUnderWay(release.get(), now)) {
            return await(now); // without a record it is just being made
        }
        state.claim.join(me(), true, state.session.now());
        joined = true;
        Claim.State claim = state.claim.actIfStill(now, SUPERSEDING, me(), state.session.now());
        if (claim.holder() != now.holder() || !claim.isActedOnBy(me())) {
            return again(); // somebody was quicker: what they do decides
        }
        // what it has become between the first look and the claim
        Release held = state.store.get(now.holder()).orElse(release.get());
        if (held.isReturning()) {
            throw new UserException(held.title() + " of " + state.session.target() + " was on its way back to release "
                    + held.facts().returnTo() + " when it was to be superseded: end that with rollbackCanary, then run"
                    + " this again.");
        }
        state.say("supersedes", held.title() + ", which " + now.run() + " had made");
        other = ReleaseState.ofAnother(state.session);
        state.countAnew();
        other.hold(held, claim.fence());
        if (held.phase().isFinal()) {
            state.store.put(held, claim.fence()); // whoever was about to write it is kept out
            other.free(held);
            return look();
        }
        undo = new Undo(other, () -> "superseded by " + me().text(), false);
        undoing.addAll(undo.moves());
        return look();
    }

    /** Whether somebody promotes a release or takes it back, or is about to. */
    private boolean isUnderWay(Release release, Claim.State now) {
        boolean recorded =
                release.phase() == Phase.PROMOTING || release.phase() == Phase.ROLLING_BACK || release.isReturning();
        return !now.isActedOnBy(me()) && (recorded || state.isTakenUp(release, now));
    }

    private Next supersede() {
        while (!undoing.isEmpty()) {
            Next next = undoing.peek().look();
            if (!next.isDone()) {
                state.countAnew();
                return next;
            }
            undoing.poll();
        }
        close();
        return Next.DONE;
    }

    /** What gives back whatever this has, after a failure. */
    @NonNull
    List<Move> failed(String cause) {
        List<Move> moves = new ArrayList<>();
        if (!undoing.isEmpty()) {
            undoing.clear();
            moves.addAll(undo.failed(cause));
        }
        if (joined && taken == null) {
            moves.add(state.act("leaving the queue", () -> state.claim.leave(me().id(), state.session.now())));
        }
        if (taken != null) {
            moves.add(
                    state.act("giving the claim back", () -> state.claim.release(taken.fence(), state.session.now())));
        }
        return moves;
    }

    void close() {
        if (other != null) {
            other.close();
            other = null;
        }
    }
}
