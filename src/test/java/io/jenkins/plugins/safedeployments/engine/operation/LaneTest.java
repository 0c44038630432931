package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Test;

public class LaneTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService workers = Executors.newCachedThreadPool();

    @After
    public void end() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    @Test
    public void clusterThatHangsHoldsTwoThreadsAndNoOtherLane() throws Exception {
        Lane hung = new Lane(workers, timer, new RequestBudget(Clock.systemUTC()));
        Lane other = new Lane(workers, timer, new RequestBudget(Clock.systemUTC()));
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch twoHang = new CountDownLatch(2);
        CountDownLatch allDone = new CountDownLatch(50);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            hung.execute(() -> {
                begun.incrementAndGet();
                twoHang.countDown();
                await(answer);
                allDone.countDown();
            });
        }
        await(twoHang);

        CountDownLatch others = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            other.execute(others::countDown);
        }

        await(others);
        assertThat(begun.get(), is(2));
        answer.countDown();
        await(allDone);
    }

    @Test
    public void lookThatFailsFreesItsPlace() {
        Lane lane = new Lane(
                work -> workers.execute(() -> {
                    try {
                        work.run();
                    } catch (IllegalStateException e) {
                        // it is the look's own
                    }
                }),
                timer,
                new RequestBudget(Clock.systemUTC()));
        CountDownLatch last = new CountDownLatch(1);
        for (int i = 0; i < 5; i++) {
            lane.execute(() -> {
                throw new IllegalStateException("broken");
            });
        }

        lane.execute(last::countDown);

        await(last);
    }

    @Test
    public void twoHundredReleasesStayWithinTheBudget() {
        Setting clock = new Setting();
        RequestBudget budget = new RequestBudget(clock);
        List<Instant> sent = new ArrayList<>();
        Instant begin = clock.instant();
        int looks = 0;
        // each release looks three times, with ten requests; it may begin when the budget lets it
        while (looks < 600) {
            clock.now = clock.now.plus(budget.debt());
            assertThat(budget.debt(), is(Duration.ZERO));
            budget.spend(10);
            for (int i = 0; i < 10; i++) {
                sent.add(clock.now);
            }
            looks++;
        }

        for (int from = 0; from < sent.size(); from += 7) {
            for (int to = from; to < sent.size(); to += 13) {
                double seconds = Duration.between(sent.get(from), sent.get(to)).toMillis() / 1000.0;
                // the burst, what is refilled, and what the last look overdraws
                assertThat(to - from + 1.0, is(lessThanOrEqualTo(40 + 20 * seconds + 10)));
            }
        }
        assertThat(Duration.between(begin, clock.now).toSeconds(), is((6000L - 40 - 10) / 20));
    }

    @Test
    public void clockThatIsSetBackStopsNothing() {
        Setting clock = new Setting();
        RequestBudget budget = new RequestBudget(clock);
        clock.now = clock.now.minus(Duration.ofHours(1));

        budget.spend(39);

        assertThat(budget.debt(), is(Duration.ZERO));
        budget.spend(21);
        assertThat(budget.debt(), is(Duration.ofMillis(1050)));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not happen");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Setting extends Clock {
        private Instant now = Instant.parse("2026-01-02T03:04:05Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
