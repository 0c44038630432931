package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.HashMap;
import java.util.Map;
import org.junit.Test;

public class CanaryRequestTest {

    @Test
    public void newRequest_canaryOfNothing_isRefused() {
        for (int replicas : new int[] {0, -1}) {
            UserException refusal = assertThrows(UserException.class, () -> request(replicas, null));

            assertThat(refusal.getMessage(), is("'replicas' is " + replicas + ": a canary has at least 1."));
        }
    }

    @Test
    public void newRequest_stableOfNothing_isRefused() {
        UserException refusal = assertThrows(UserException.class, () -> request(1, 0));

        assertThat(refusal.getMessage(), is("'stableReplicas' is 0: stable is never scaled below 1."));
    }

    @Test
    public void newRequest_laterChangesOfTheVariables_doNotShow() {
        Map<String, String> variables = new HashMap<>(Map.of("a", "1"));
        CanaryRequest request = AskedCanary.of("app:1")
                .files(Map.of())
                .variables(variables)
                .rollbackOnFailure()
                .request();

        variables.put("b", "2");

        assertThat(request.variables(), is(Map.of("a", "1")));
    }

    private static CanaryRequest request(int replicas, Integer stableReplicas) {
        return AskedCanary.of("app:1")
                .files(Map.of())
                .size(new CanarySize(replicas, null, stableReplicas))
                .rollbackOnFailure()
                .request();
    }
}
