package io.jenkins.plugins.safedeployments.engine.notice;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Test;

/** When somebody is told again, and when that is given up. */
public class DeliveryTest {

    private final List<String> reports = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();

    /** Notes the pause, and goes on at once. */
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            pauses.add(unit.toMillis(delay));
            command.run();
            return null;
        }
    };

    private final Delivery.Report report = new Delivery.Report() {
        @Override
        public void delivered() {
            reports.add("delivered");
        }

        @Override
        public void failed(int attempts, String why) {
            reports.add(attempts + ": " + why);
        }

        @Override
        public void dropped() {
            reports.add("dropped");
        }
    };

    @After
    public void end() {
        timer.shutdownNow();
    }

    @Test
    public void toldAtOnceIsToldOnce() {
        deliver(ok());

        assertThat(reports, contains("delivered"));
        assertThat(pauses, is(empty()));
    }

    @Test
    public void whatFailsForTheMomentIsTriedAgainWithGrowingPauses() {
        deliver(busy(), busy(), ok());

        assertThat(reports, contains("delivered"));
        assertThat(pauses, contains(2_000L, 15_000L));
    }

    @Test
    public void itIsGivenUpAfterFiveAttempts() {
        deliver(busy(), busy(), busy(), busy(), busy(), ok());

        assertThat(reports, contains("5: it answered 503"));
        assertThat(pauses, contains(2_000L, 15_000L, 60_000L, 300_000L));
    }

    @Test
    public void whatFailsForGoodIsNotTriedAgain() {
        deliver(CompletableFuture.failedFuture(NotDelivered.forGood("it answered 404", null)), ok());

        assertThat(reports, contains("1: it answered 404"));
    }

    @Test
    public void receiverMayAskForLongerPausesButNotForever() {
        deliver(
                failing(Duration.ofSeconds(30)),
                failing(Duration.ofSeconds(1)),
                failing(Duration.ofDays(7)),
                failing(Duration.ZERO),
                ok());

        assertThat(pauses, contains(30_000L, 15_000L, 600_000L, 300_000L));
    }

    @Test
    public void textOfUnknownExceptionsIsNotShown() {
        deliver(CompletableFuture.failedFuture(new IllegalStateException("s3cret")));
        new Delivery(
                        () -> {
                            throw new NoClassDefFoundError("s3cret");
                        },
                        report,
                        Runnable::run,
                        timer,
                        Delivery.PAUSES)
                .start();

        assertThat(reports, contains("1: there was a IllegalStateException", "1: there was a NoClassDefFoundError"));
    }

    @Test
    public void whatIsNotWantedAnyMoreIsDropped() {
        Deque<Boolean> wanted = new ArrayDeque<>(List.of(true, true, false));
        List<String> attempts = new ArrayList<>();
        Delivery.Attempt attempt = new Delivery.Attempt() {
            @Override
            public CompletionStage<Void> start() {
                attempts.add("told");
                return busy();
            }

            @Override
            public boolean isWanted() {
                return wanted.remove();
            }
        };

        new Delivery(attempt, report, Runnable::run, timer, Delivery.PAUSES).start();

        assertThat(attempts, contains("told", "told"));
        assertThat(reports, contains("dropped"));
    }

    @Test
    public void fullQueueIsSaid() {
        new Delivery(
                        DeliveryTest::ok,
                        report,
                        work -> {
                            throw new RejectedExecutionException();
                        },
                        timer,
                        Delivery.PAUSES)
                .start();

        assertThat(reports, contains("0: too many others are being told"));
    }

    @SafeVarargs
    private void deliver(CompletionStage<Void>... answers) {
        Deque<CompletionStage<Void>> left = new ArrayDeque<>(List.of(answers));
        new Delivery(left::pop, report, Runnable::run, timer, Delivery.PAUSES).start();
    }

    private static CompletionStage<Void> ok() {
        return CompletableFuture.completedFuture(null);
    }

    private static CompletionStage<Void> busy() {
        return failing(Duration.ZERO);
    }

    private static CompletionStage<Void> failing(Duration after) {
        return CompletableFuture.failedFuture(NotDelivered.forNow("it answered 503", null, after));
    }
}
