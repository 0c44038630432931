package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How many requests one API server gets from this Jenkins: a token bucket. Who is at work is not stopped in the middle of
 * it, but may run into debt; nobody begins until the debt is paid.
 */
public final class RequestBudget {

    private static final int PER_SECOND = 20;
    private static final int BURST = 40;

    private final Clock clock;
    private double tokens = BURST;
    private Instant counted;

    public RequestBudget(Clock clock) {
        this.clock = clock;
        this.counted = clock.instant();
    }

    /** Counts requests that are being sent. */
    public synchronized void spend(int requests) {
        refill();
        tokens -= requests;
    }

    /** For how long nobody may begin; zero if there is something left. */
    @NonNull
    public synchronized Duration debt() {
        refill();
        return tokens >= 1 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil((1 - tokens) * 1000 / PER_SECOND));
    }

    private void refill() {
        Instant now = clock.instant();
        // a clock that was set back does not take anything away
        long millis = Math.max(0, Duration.between(counted, now).toMillis());
        tokens = Math.min(BURST, tokens + millis * (double) PER_SECOND / 1000);
        counted = now;
    }
}
