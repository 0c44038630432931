package io.jenkins.plugins.safedeployments.engine.notice;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells one receiver of one event: at once, and again after growing pauses while it fails for the moment. Between the
 * attempts it costs no thread, and its end is said once.
 */
public final class Delivery {

    /** Pauses between the attempts, of which there is one more. */
    public static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofMinutes(5));

    /** Longer than that nobody may ask for. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** Tells it once; the stage ends with {@link NotDelivered} if that fails. */
    public interface Attempt {
        CompletionStage<Void> start() throws Exception;

        /** Whether it still makes sense to; asked before each attempt. */
        default boolean isWanted() {
            return true;
        }
    }

    /** Hears how it ended. */
    public interface Report {
        void delivered();

        /**
         * @param attempts how often it was tried
         * @param why the end of a sentence
         */
        void failed(int attempts, String why);

        /** It was not wanted any more. */
        default void dropped() {}
    }

    private final Attempt attempt;
    private final Report report;
    private final Executor threads;
    private final ScheduledExecutorService timer;
    private final List<Duration> pauses;
    private int attempts;

    public Delivery(
            Attempt attempt, Report report, Executor threads, ScheduledExecutorService timer, List<Duration> pauses) {
        this.attempt = attempt;
        this.report = report;
        this.threads = threads;
        this.timer = timer;
        this.pauses = pauses;
    }

    /** Begins, and returns at once. */
    public void start() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            report.failed(attempts, "too many others are being told");
        }
    }

    private void run() {
        CompletionStage<Void> stage;
        try {
            if (!attempt.isWanted()) {
                report.dropped();
                return;
            }
            attempts++;
            stage = attempt.start();
        } catch (Exception | LinkageError e) { // of another plugin, perhaps
            ended(e);
            return;
        }
        stage.whenComplete((nothing, problem) -> ended(problem));
    }

    private void ended(Throwable problem) {
        Throwable why =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (why == null) {
            report.delivered();
        } else if (why instanceof UserException) {
            report.failed(attempts, why.getMessage().replaceFirst("\\.$", ""));
        } else if (!(why instanceof NotDelivered failure)) {
            report.failed(attempts, "there was a " + why.getClass().getSimpleName()); // its text may be anything
        } else if (failure.isAgain() && attempts <= pauses.size()) {
            later(failure);
        } else {
            report.failed(attempts, failure.getMessage());
        }
    }

    private void later(NotDelivered failure) {
        Duration pause = pauses.get(attempts - 1);
        if (failure.after().compareTo(pause) > 0) {
            pause = failure.after().compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : failure.after();
        }
        try {
            timer.schedule(this::start, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) { // Jenkins goes down
            report.failed(attempts, failure.getMessage());
        }
    }
}
