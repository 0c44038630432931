package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.model.Actionable;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.calendar.Verdict;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * One wait for a window: since when, and what was said of it last. It ends once, by an opening, by a skip, because it was
 * given up, or because it was cancelled; what becomes of that, its {@link Waiter} knows.
 */
final class Wait implements Waiting, Serializable {

    private static final long serialVersionUID = 1L;

    /** After so long it is looked at again when it is not known whether it is open. */
    private static final Duration UNKNOWN = Duration.ofMinutes(1);

    /** What waits. */
    interface Waiter {

        /** Whether it can be asked; not while a Pipeline is being loaded. */
        default boolean isReady() {
            return true;
        }

        /** @throws UserException if it can't be known */
        @NonNull
        WindowState state(Instant now);

        /** Over how long what has waited for the same opening is spread. */
        @NonNull
        Jitter spread();

        @CheckForNull
        String skipMessage();

        /** What it is among what waits in the same run, like {@code release of shop}; empty if there is nothing to say. */
        @NonNull
        default String label() {
            return "";
        }

        /**
         * The run, or the item in the queue.
         *
         * @throws UserException if it has gone
         */
        @NonNull
        Actionable owner();

        /** As {@link Waiting#keyOf} has it. */
        @NonNull
        default String ownerKey() {
            return Waiting.keyOf(owner());
        }

        /**
         * Records a skip where a crash does not lose it.
         *
         * @return false if what waited has gone
         */
        boolean record(Skip skip) throws IOException;

        /** Tells who follows it. */
        void say(String text);

        /** What was said is worth keeping. */
        void save();

        /** @param skip null if it has opened */
        void goOn(WindowState state, @CheckForNull Skip skip);

        /** @param why without a full stop */
        void giveUp(String why);
    }

    @SuppressFBWarnings(
            value = "SE_BAD_FIELD",
            justification = "a step is serializable, and only the waits of steps are stored")
    private final Waiter waiter;

    private final String id;

    /** As it was when the wait began, for as long as it can't be asked. */
    private final String ownerKey;

    /** Milliseconds of the epoch, as all moments here. */
    private final long since;

    /** Zero for never. */
    private final long giveUpAt;

    /** Where in the spread its turn is; the same after a restart. */
    private final String seed;

    /** The opening that it waits for, as last announced; zero if none is known. */
    private long opensAt;

    /** The end of that; zero if it is not known. */
    private long closesAt;

    /** What was said last, to say only what is new. */
    private String said = "";

    /**
     * Read without the lock, since the queue asks while it holds its own. Not stored: what waits stores that it goes on, or ends, and
     * if Jenkins goes down before that the wait has to end once more.
     */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "it waits again then")
    private transient volatile boolean over;

    /**
     * @param id unique, and the same after a restart
     * @param seed names it among all that waits
     * @param longest zero for as long as it takes
     */
    Wait(Waiter waiter, String id, String seed, Instant since, Duration longest) {
        this.waiter = waiter;
        this.id = id;
        this.seed = seed;
        this.ownerKey = waiter.ownerKey();
        this.since = since.toEpochMilli();
        this.giveUpAt = longest.isZero() ? 0 : since.plus(longest).toEpochMilli();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String ownerKey() {
        try {
            return waiter.isReady() ? waiter.ownerKey() : ownerKey;
        } catch (UserException e) {
            return ownerKey; // it is about to go
        }
    }

    @Override
    public Instant since() {
        return Instant.ofEpochMilli(since);
    }

    @Override
    public Instant givesUp() {
        return giveUpAt == 0 ? null : Instant.ofEpochMilli(giveUpAt);
    }

    @Override
    public WindowState state(Instant now) {
        try {
            return waiter.state(now);
        } catch (UserException e) {
            return WindowState.unknown(e);
        }
    }

    @Override
    public String skipMessage() {
        return waiter.skipMessage();
    }

    @Override
    public String label() {
        return waiter.label();
    }

    @Override
    public boolean isWaiting() {
        return !over;
    }

    /** In a few words. */
    @NonNull
    synchronized String status() {
        return over ? "done" : "waiting for a window" + (opensAt == 0 ? "" : ", next " + Instant.ofEpochMilli(opensAt));
    }

    /** Says that it waits, and goes on when it may. */
    void begin(WindowState state) {
        announce(state, since());
        WaitingWindows.get().add(this);
    }

    /**
     * Takes up the wait for its turn in an opening that came while nobody looked, as after a restart.
     *
     * @param opened if that was not after it began to wait, there is nothing to wait for
     * @return whether it waits
     */
    synchronized boolean beginIn(Instant opened, WindowState state, Instant now) {
        if (!opened.isAfter(since())) {
            return false;
        }
        opensAt = opened.toEpochMilli();
        if (!turn(state, now).isAfter(now)) {
            return false;
        }
        WaitingWindows.get().add(this);
        return true;
    }

    @Override
    public Instant look(Instant now) {
        if (!waiter.isReady()) {
            return now;
        }
        WindowState state = state(now);
        Skip skip = skipped();
        if (skip != null) { // Jenkins went down between the record and its effect
            end(state, skip);
            return null;
        }
        if (giveUpAt != 0 && now.toEpochMilli() >= giveUpAt) {
            giveUp("it is " + state.sentence(), now);
            return null;
        }
        Instant until = state.isOpen() ? turn(state, now) : state.opens();
        if (state.isOpen() && !until.isAfter(now)) {
            end(state, null);
            return null;
        }
        if (!state.isOpen()) {
            announce(state, now);
        }
        Instant again = state.problem() == null ? state.changes() : now.plus(UNKNOWN);
        return earlier(earlier(until, again), givesUp());
    }

    @CheckForNull
    private Skip skipped() {
        try {
            return Skips.find(waiter.owner(), id);
        } catch (UserException e) {
            return null; // what waited is about to go
        }
    }

    private synchronized void announce(WindowState state, Instant now) {
        String news = state.fingerprint();
        if (over || news.equals(said)) {
            return;
        }
        if (closesAt != 0 && closesAt <= now.toEpochMilli()) {
            waiter.say("The opening until " + TimeText.moment(Instant.ofEpochMilli(closesAt), zone(state))
                    + " was missed: Jenkins was down, or its clock was set.");
        }
        said = news;
        opensAt = milli(state.opens());
        closesAt = opensAt == 0 ? 0 : milli(state.closes());
        waiter.say("Waiting. It is " + state.sentence() + ".");
        waiter.save();
    }

    /** When, in the opening that has come, it is its turn. */
    private synchronized Instant turn(WindowState state, Instant now) {
        if (opensAt == 0 || opensAt > now.toEpochMilli() || closesAt != 0 && closesAt <= now.toEpochMilli()) {
            opensAt = now.toEpochMilli(); // it opened by a change of the configuration
        }
        closesAt = milli(state.closes());
        Instant turn = waiter.spread().start(Instant.ofEpochMilli(opensAt), state.closes(), seed);
        if (turn.isAfter(now)) {
            say("It is open; to spread what has waited, this goes on at " + TimeText.moment(turn, zone(state)) + ".");
        }
        return turn;
    }

    private void giveUp(String why, Instant now) {
        if (settle()) {
            waiter.giveUp("after " + TimeText.between(since(), now) + ": " + why);
        }
    }

    private void end(WindowState state, @CheckForNull Skip skip) {
        if (!settle()) {
            return;
        }
        String after =
                " after " + TimeText.between(since(), WaitingWindows.clock().instant());
        waiter.say(
                skip == null
                        ? "It goes on" + after + ". It is " + state.sentence() + "."
                        : WindowState.capitalized(skip.sentence()) + after + ". It was " + skip.getWhat() + ".");
        waiter.goOn(state, skip);
    }

    @Override
    public boolean skip(Skip skip) throws IOException {
        WindowState state = state(skip.getAt());
        synchronized (this) {
            // another one may have been recorded, and be about to take effect
            if (over || skipped() != null || !waiter.record(skip)) {
                return false;
            }
        }
        end(state, skip);
        return true;
    }

    /** @return false if it was over already */
    boolean cancel() {
        return settle();
    }

    private synchronized boolean settle() {
        if (over) {
            return false;
        }
        over = true;
        WaitingWindows.get().remove(id);
        return true;
    }

    private synchronized void say(String text) {
        if (!text.equals(said)) {
            said = text;
            waiter.say(text);
        }
    }

    private static long milli(@CheckForNull Instant instant) {
        return instant == null ? 0 : instant.toEpochMilli();
    }

    private static ZoneId zone(WindowState state) {
        Verdict verdict = state.verdict();
        return verdict == null ? ZoneId.of("UTC") : verdict.zone();
    }

    @CheckForNull
    private static Instant earlier(@CheckForNull Instant one, @CheckForNull Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }
}
