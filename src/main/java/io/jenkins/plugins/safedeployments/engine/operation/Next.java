package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/**
 * What follows a look by a {@link Move}.
 *
 * @param wakeAt when to look again at the latest; null if the move is done
 */
public record Next(@CheckForNull Instant wakeAt) {

    static final Next DONE = new Next(null);

    /** Look again when something changes, and at {@code instant} in any case. */
    static Next waitUntil(Instant instant) {
        return new Next(instant);
    }

    boolean isDone() {
        return wakeAt == null;
    }
}
