package io.jenkins.plugins.safedeployments.engine.operation;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One controller that drives one operation in {@link SimulatedTime}, without threads; it may die. */
final class Driver {

    final FaultyCluster cluster;
    final OperationRun run;
    private final SimulatedTime time;

    Driver(SimulatedTime time, FaultyCluster cluster, Session session, Function<Session, Operation> operation) {
        this.time = time;
        this.cluster = cluster;
        Timer timer = new Timer();
        run = new ReleaseEngine(timer, timer, session.clock(), new Random(7)::nextDouble)
                .start(operation.apply(session), session.report(), session.wake());
    }

    boolean isOver() {
        return cluster.isDead() || run.result().isDone();
    }

    void stop(String cause) {
        run.stop(cause);
    }

    /** What it failed with, or null. */
    Throwable problem() {
        return run.result().handle((outcome, problem) -> problem).getNow(null);
    }

    private void schedule(Duration delay, Runnable action) {
        time.in(delay, () -> {
            if (!cluster.isDead()) {
                action.run();
            }
        });
    }

    private final class Timer extends AbstractExecutorService implements ScheduledExecutorService {

        @Override
        public void execute(Runnable command) {
            Driver.this.schedule(Duration.ZERO, command);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            Alarm alarm = new Alarm();
            Driver.this.schedule(Duration.of(delay, unit.toChronoUnit()), () -> {
                if (!alarm.isDone()) {
                    command.run();
                }
            });
            return alarm;
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initial, long period, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdown() {
            // there is nothing to end
        }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private static final class Alarm extends CompletableFuture<Void> implements ScheduledFuture<Void> {

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}
