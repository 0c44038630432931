package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;

/** Something that is tried on a canary, and passes or fails. */
public sealed interface CanaryCheck permits CommandTest, HttpTest {

    /** In which of the canary's ready pods a test runs. */
    enum Pods {
        /** In one of them. */
        ONE,
        /** In each, one after the other. */
        ALL
    }

    /** What the log and the record call it. */
    @NonNull
    String name();

    @NonNull
    Pods pods();

    /** @throws UserException if a time is nothing, or more than a day */
    static void atMostADay(Duration time, String parameter, String test) {
        if (time.isZero() || time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
            throw new UserException("The " + parameter + " of the test '" + test + "' is " + time.toSeconds()
                    + " s: it must be more than nothing and at most a day.");
        }
    }
}
