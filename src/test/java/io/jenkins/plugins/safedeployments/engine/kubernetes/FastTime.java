package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Time that passes faster than anybody else's: the engine's pauses, polls and patience are as long as ever by this clock, and
 * over sooner. What others do takes as long as before, which is more by this clock: the API server's answers, the plays of
 * kubelets and commands in containers. So a limit that is only there for what never ends has to be longer.
 */
public final class FastTime extends Clock {

    /** Seconds of this time that pass in one second. */
    public static final int SPEED = 5;

    private final Instant begin = Instant.now();

    /** So much of this time passes while others see {@code real} pass. */
    public static Duration of(Duration real) {
        return real.multipliedBy(SPEED);
    }

    @Override
    public Instant instant() {
        return begin.plus(of(Duration.between(begin, Instant.now())));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }

    /** A timer of one thread by this clock; to be shut down. */
    public static ScheduledExecutorService timer() {
        return new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
                return super.schedule(work, unit.toNanos(delay) / SPEED, TimeUnit.NANOSECONDS);
            }
        };
    }

    /** A connection whose watches live by this clock. */
    public static KubernetesConnection open(ClusterAccess access) {
        return KubernetesConnection.open(
                access,
                new RequestBudget(Clock.systemUTC()),
                (delay, work) -> Later.SHARED.in(delay.dividedBy(SPEED), work));
    }
}
