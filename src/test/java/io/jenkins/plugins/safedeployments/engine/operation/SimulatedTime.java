package io.jenkins.plugins.safedeployments.engine.operation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Time as a queue of what is to happen: it jumps to the next event when nothing is left to be done at the present instant,
 * so that hours pass in milliseconds and every run is like the last. It belongs to one thread.
 */
final class SimulatedTime extends Clock {

    static final Instant BEGIN = Instant.parse("2026-01-05T10:00:00Z");

    private record Event(Instant at, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::order));
    private Instant now;
    private long orders;

    SimulatedTime(Instant now) {
        this.now = now;
    }

    void in(Duration delay, Runnable action) {
        events.add(new Event(now.plus(delay), orders++, action));
    }

    /** Lets things happen until {@code done}; may be called by something that is happening. */
    void runUntil(BooleanSupplier done, Instant limit) {
        while (!done.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.at().isAfter(limit)) {
                throw new AssertionError("nothing ended it until " + limit + "; it is " + now);
            }
            step();
        }
    }

    /** Lets a time pass. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
            step();
        }
        now = end;
    }

    private void step() {
        Event next = events.poll();
        now = next.at().isAfter(now) ? next.at() : now;
        next.action().run();
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
