package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Asks the cluster for one thing after the other, for as long as there is time, and remembers what could not be had. A
 * request that is under way when time runs out ends with its own time-out.
 */
final class Inquiry {

    static final Duration BUDGET = Duration.ofSeconds(30);

    private final Clock clock;
    private final Instant end;
    private final List<String> missing = new ArrayList<>();
    private int late;

    Inquiry(Clock clock) {
        this.clock = clock;
        this.end = clock.instant().plus(BUDGET);
    }

    /** The answer, or null if there is none: whatever the reason is, the rest of the evidence is not worth less for it. */
    @CheckForNull
    <T> T ask(String what, Supplier<T> question) {
        if (!clock.instant().isBefore(end)) {
            if (late++ == 0) {
                missing.add(what + ", and what comes after it: " + BUDGET.toSeconds() + " s have passed");
            }
            return null;
        }
        return attempt(what, question);
    }

    /** Like {@link #ask}, for what needs no request and so little time that there always is enough. */
    @CheckForNull
    <T> T attempt(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            missing.add(what + ": " + e.getMessage());
            return null;
        }
    }

    /** Something that is known not to be there. */
    void missing(String what) {
        missing.add(what);
    }

    List<String> missing() {
        return List.copyOf(missing);
    }
}
