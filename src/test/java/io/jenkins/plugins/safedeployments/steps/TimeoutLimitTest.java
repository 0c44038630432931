package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** For how long a step may wait: what is refused is what the sentence says. */
public class TimeoutLimitTest {

    @Test
    public void sevenDaysAreTheMostInAnyUnit() {
        assertThat(step(7, TimeUnit.DAYS).timeoutDuration(), is(Duration.ofDays(7)));
        assertThat(step(168, TimeUnit.HOURS).timeoutDuration(), is(Duration.ofDays(7)));
        assertThat(step(604_800, TimeUnit.SECONDS).timeoutDuration(), is(Duration.ofDays(7)));

        refused(169, TimeUnit.HOURS, "'timeout' is 169 HOURS: it must be at least 1, and at most 7 days.");
        refused(604_801, TimeUnit.SECONDS, "'timeout' is 604801 SECONDS: it must be at least 1, and at most 7 days.");
        refused(0, TimeUnit.HOURS, "'timeout' is 0 HOURS: it must be at least 1, and at most 7 days.");
    }

    private static void refused(int timeout, TimeUnit unit, String text) {
        UserException refused =
                assertThrows(UserException.class, () -> step(timeout, unit).timeoutDuration());
        assertThat(refused.getMessage(), is(text));
    }

    private static ReleaseStep step(int timeout, TimeUnit unit) {
        ReleaseStep step = new RollbackCanaryStep("shop");
        step.setTimeout(timeout);
        step.setTimeoutUnit(unit);
        return step;
    }
}
