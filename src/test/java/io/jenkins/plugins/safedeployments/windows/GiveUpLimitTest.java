package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** For how long a window may be waited for: what is refused is what the sentence says. */
public class GiveUpLimitTest {

    @Test
    public void aYearIsTheMostInAnyUnit() {
        step(366 * 24).check();

        UserException refused =
                assertThrows(UserException.class, () -> step(366 * 24 + 1).check());
        assertThat(
                refused.getMessage(),
                is("'giveUpAfter' is 8785 HOURS: it must be at least 0, which is never, and at most 366 days."));
    }

    private static ExecutionWindowStep step(int hours) {
        ExecutionWindowStep step = new ExecutionWindowStep();
        step.setGiveUpAfter(hours);
        step.setGiveUpAfterUnit(TimeUnit.HOURS);
        return step;
    }
}
