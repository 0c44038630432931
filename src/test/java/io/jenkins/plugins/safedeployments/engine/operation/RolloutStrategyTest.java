package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.HashMap;
import java.util.Map;
import org.junit.Test;

public class RolloutStrategyTest {

    @Test
    public void recreate() {
        KubeObject deployment = KubeObject.of(Map.of("spec", Map.of("strategy", Map.of("type", "Recreate"))));

        assertThat(RolloutStrategy.allAtOnce(deployment, 3), is("strategy Recreate"));
    }

    @Test
    public void defaultsKeepSomeOfAnySize() {
        for (int replicas = 1; replicas < 10; replicas++) {
            assertThat(RolloutStrategy.allAtOnce(rolling(null, null), replicas), is(""));
        }
    }

    @Test
    public void numbersThatReachTheSize() {
        assertThat(RolloutStrategy.allAtOnce(rolling(2, 0), 3), is(""));
        assertThat(RolloutStrategy.allAtOnce(rolling(3, 1), 3), is("maxUnavailable of 3, which is all of 3,"));
        assertThat(RolloutStrategy.allAtOnce(rolling(5, 1), 3), is("maxUnavailable of 5, which is all of 3,"));
    }

    @Test
    public void percentagesAreRoundedDown() {
        assertThat(RolloutStrategy.allAtOnce(rolling("99%", 0), 3), is(""));
        assertThat(RolloutStrategy.allAtOnce(rolling("100%", 0), 3), is("maxUnavailable of 100%, which is all of 3,"));
    }

    /** The controller makes one of both zeros. */
    @Test
    public void onePodThatMayNeitherBeExceededNorMissed() {
        assertThat(RolloutStrategy.allAtOnce(rolling("25%", 0), 1), is("maxUnavailable of 25%, which is all of 1,"));
        assertThat(RolloutStrategy.allAtOnce(rolling("25%", 0), 2), is(""));
        assertThat("surge is rounded up", RolloutStrategy.allAtOnce(rolling("25%", "1%"), 1), is(""));
        assertThat(RolloutStrategy.allAtOnce(rolling(0, 1), 1), is(""));
    }

    private static KubeObject rolling(Object unavailable, Object surge) {
        Map<String, Object> update = new HashMap<>();
        update.put("maxUnavailable", unavailable);
        update.put("maxSurge", surge);
        update.values().removeIf(value -> value == null);
        return KubeObject.of(
                Map.of("spec", Map.of("strategy", Map.of("type", "RollingUpdate", "rollingUpdate", update))));
    }
}
