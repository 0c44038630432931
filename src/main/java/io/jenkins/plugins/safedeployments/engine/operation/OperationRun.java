package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One operation on its way: its moves one after the other, each looked at again until it is done. */
public final class OperationRun {

    private static final Logger LOGGER = Logger.getLogger(OperationRun.class.getName());
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(15);
    private static final Duration SHORTEST_RETRY = Duration.ofMillis(50);

    /** A server that asks to be left alone for longer is asked all the same. */
    private static final Duration LONGEST_ASKED = Duration.ofSeconds(60);

    private static final String NEEDS = "Needs credentials: ";

    private static final String CUT_OFF =
            ". Nothing more is tried, so the cluster stays as it is, with a release in progress if there is one: when the API"
                    + " server can be reached again, run the step again or roll back.";

    private final Operation operation;
    private final Report report;
    private final ScheduledExecutorService timer;
    private final Executor workers;
    private final Clock clock;
    private final DoubleSupplier chance;
    private final CompletableFuture<Outcome> result = new CompletableFuture<>();

    /** Looks that have been asked for; the worker that makes it 1 does them all, so that two never look at once. */
    private final AtomicInteger asked = new AtomicInteger();

    private volatile String stopCause;

    // The rest belongs to the worker whose turn it is.
    private Deque<Move> moves;
    private String failure;
    private Throwable failureCause;
    private int failures;
    private int retries;
    private boolean admitted;
    private boolean closed;

    /** While it waits before another try, no event makes it try sooner. */
    private Instant pausedUntil = Instant.MIN;

    /** Should the clock be set back before this, the pause is over: nobody knows how long it was. */
    private Instant pausedFrom = Instant.MIN;

    private ScheduledFuture<?> alarm;

    /** @param chance numbers between 0 and 1 */
    OperationRun(
            Operation operation,
            Report report,
            ScheduledExecutorService timer,
            Executor workers,
            Clock clock,
            DoubleSupplier chance) {
        this.operation = operation;
        this.report = report;
        this.timer = timer;
        this.workers = workers;
        this.clock = clock;
        this.chance = chance;
    }

    /** Completes with the outcome, or exceptionally with a {@link UserException} or {@link FencedException}. */
    @NonNull
    public CompletableFuture<Outcome> result() {
        return result;
    }

    /** What it is waiting for or doing; answers at once. */
    @NonNull
    public String status() {
        return operation.status();
    }

    /**
     * Asks the operation to end: safely at the first call, by the operation's own policy; at the second at once, leaving
     * the cluster as it is.
     *
     * @param cause in one sentence, such as {@code Aborted by alice}
     */
    public void stop(String cause) {
        if (stopCause == null) {
            stopCause = cause;
            wake();
        } else {
            if (!result.isDone()) { // before it ends, since the run may be over with it
                report.line(
                        "left",
                        "stopped for the second time, so the cluster is left as it is, with a release in progress if there is"
                                + " one: rollbackCanary goes on");
            }
            result.completeExceptionally(
                    new UserException(cause + " (for the second time: the cluster is left as it is)"));
            wake();
        }
    }

    /** Like {@link #stop}, for who is no person: it never cuts an ending short that is under way. */
    public void end(String cause) {
        if (stopCause == null) {
            stop(cause);
        }
    }

    void wake() {
        if (asked.getAndIncrement() == 0) {
            try {
                workers.execute(this::work);
            } catch (RejectedExecutionException e) {
                // Jenkins is going down; the step looks again after the restart
                LOGGER.log(Level.FINE, "not woken any more", e);
            }
        }
    }

    private void work() {
        int seen;
        do {
            seen = asked.get();
            if (!result.isDone()) {
                try {
                    advance();
                } catch (RuntimeException | Error e) {
                    LOGGER.log(Level.WARNING, "a release operation failed unexpectedly", e);
                    end(null, e);
                }
            }
            if (result.isDone()) {
                close();
            }
        } while (!asked.compareAndSet(seen, 0));
    }

    private void advance() {
        if (moves == null) {
            moves = new ArrayDeque<>(operation.moves());
        }
        if (stopCause != null && failure == null) {
            fail(stopCause, null);
        }
        Instant present = clock.instant();
        if (present.isBefore(pausedUntil) && !present.isBefore(pausedFrom)) {
            alarmAt(pausedUntil);
            return;
        }
        while (!moves.isEmpty() && !result.isDone()) {
            Next next;
            try {
                next = moves.peek().look();
                retries = 0;
                admitted = true;
            } catch (FencedException e) {
                end(null, e);
                return;
            } catch (ClusterException e) {
                next = afterRefusal(e);
            } catch (UserException e) {
                next = afterFailure(e.getMessage(), e);
            }
            if (next == null) {
                continue; // with the moves that clean up
            }
            if (!next.isDone()) {
                alarmAt(next.wakeAt());
                return;
            }
            moves.poll();
        }
        if (result.isDone()) {
            return;
        }
        if (failure == null) {
            end(operation.outcome(), null);
        } else {
            end(null, new UserException(failure, failureCause));
        }
    }

    /** What may pass is tried again until the deadline; the rest fails the operation. */
    @CheckForNull
    private Next afterRefusal(ClusterException e) {
        Instant now = clock.instant();
        boolean inTime = !now.isAfter(operation.deadline());
        return switch (e.reason()) {
            case UNAVAILABLE, CONFLICT -> inTime ? again(e, e.getMessage(), now) : afterFailure(e.getMessage(), e);
            // a name that can't be looked up for a moment; who was never let in has given a wrong one
            case UNREACHABLE -> admitted && inTime ? again(e, e.getMessage(), now) : afterFailure(e.getMessage(), e);
            case UNAUTHORIZED -> admitted && inTime ? again(e, NEEDS + e.getMessage(), now) : lockedOut(e);
            default -> afterFailure(e.getMessage(), e);
        };
    }

    /** Nothing can be seen any more, so nothing may be undone either: the release stays as it is. */
    private Next lockedOut(ClusterException e) {
        end(
                null,
                new UserException(
                        and(NEEDS + e.getMessage())
                                + ". Nothing was undone: what is in the cluster stays as it is, a release in progress included."
                                + " Renew the credentials, then run the step again or roll back.",
                        e));
        return Next.DONE;
    }

    /** After a pause that grows, by chance so that those who were refused together do not come back together. */
    private Next again(ClusterException e, String why, Instant now) {
        long longest = Math.min(FIRST_RETRY.toMillis() << Math.min(retries, 10), LAST_RETRY.toMillis());
        long pause = Math.min(e.retryAfterMillis(), LONGEST_ASKED.toMillis())
                + Math.max(SHORTEST_RETRY.toMillis(), (long) (chance.getAsDouble() * longest));
        if (retries++ == 2) {
            report.line("waiting", withoutStop(why) + "; trying again until " + operation.deadline());
        }
        pausedFrom = now;
        pausedUntil = now.plusMillis(pause);
        return Next.waitUntil(pausedUntil);
    }

    @CheckForNull
    private Next afterFailure(String cause, Throwable thrown) {
        if (failures < 2) {
            fail(cause, thrown);
            return null;
        }
        // what was to say that cleaning up failed has failed as well: nothing more is tried
        end(null, new UserException(isCutOff(thrown) ? withoutStop(and(cause)) + CUT_OFF : and(cause), thrown));
        return Next.DONE;
    }

    private static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static boolean isCutOff(Throwable thrown) {
        return thrown instanceof ClusterException e
                && (e.reason() == Reason.UNREACHABLE || e.reason() == Reason.UNAVAILABLE);
    }

    /** What it failed with before, and then with {@code cause}. */
    private String and(String cause) {
        return failure == null || failure.equals(cause) ? cause : failure + " And then: " + cause;
    }

    private void fail(String cause, @CheckForNull Throwable thrown) {
        failures++;
        failure = and(cause);
        failureCause = thrown;
        retries = 0;
        pausedUntil = Instant.MIN;
        moves = new ArrayDeque<>(operation.failed(cause));
    }

    private void alarmAt(Instant instant) {
        if (alarm != null) {
            alarm.cancel(false);
        }
        // never far ahead: timers do not see the clock being set, or the machine having slept; and never early
        long millis = Math.max(
                1, Math.min(60_000, Duration.between(clock.instant(), instant).toMillis() + 1));
        try {
            alarm = timer.schedule(this::wake, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "no alarm any more", e);
        }
    }

    private void end(@CheckForNull Outcome outcome, @CheckForNull Throwable problem) {
        close();
        if (problem == null) {
            result.complete(outcome);
        } else {
            result.completeExceptionally(problem);
        }
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (alarm != null) {
            alarm.cancel(false);
        }
        try {
            operation.close();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "could not close what an operation used", e);
        }
    }
}
