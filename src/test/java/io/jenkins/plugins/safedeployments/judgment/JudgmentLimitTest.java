package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** For how long a judgment may wait: what is refused is what the sentence says. */
public class JudgmentLimitTest {

    @Test
    public void aYearIsTheMostInAnyUnit() {
        settings(366 * 24).check();

        UserException refused =
                assertThrows(UserException.class, () -> settings(366 * 24 + 1).check());
        assertThat(
                refused.getMessage(),
                is("'timeout' is 8785 hours: it must be at least 0, which is never, and at most 366 days."));
    }

    private static JudgmentSettings settings(int hours) {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setTimeout(hours);
        settings.setTimeoutUnit(TimeUnit.HOURS);
        return settings;
    }
}
