package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What carries the load when something is taken away: it is waited for, and it serves at the moment when that happens. What was
 * seen before a pause, whether it was to drain connections or until a request could be tried again, is looked at once more.
 */
final class WhileServing {

    /** About as long as a request may take. */
    private static final Duration FRESH = Duration.ofMillis(100);

    private final ReleaseState state;
    private final Move rollout;
    private Instant seen = Instant.MIN;

    /** @param rollout made when it is needed first; done when what carries the load serves */
    WhileServing(ReleaseState state, Supplier<Move> rollout) {
        this.state = state;
        this.rollout = new LazyMove(rollout);
    }

    /** Waits until it serves. */
    Next await() {
        Next next = rollout.look();
        if (next.isDone()) {
            seen = state.session.now();
        }
        return next;
    }

    /** Takes something away while it serves, and waits for that if need be. */
    Move act(String phrase, Runnable removal) {
        return () -> {
            if (state.session.now().isAfter(seen.plus(FRESH))) {
                Next next = await();
                if (!next.isDone()) {
                    return next;
                }
            }
            state.status(phrase);
            try {
                removal.run();
            } catch (ClusterException e) {
                seen = Instant.MIN;
                throw e;
            }
            return Next.DONE;
        };
    }
}
