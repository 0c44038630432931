package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** What is allowed but unwise, and said with the plan of a canary, on a simulated cluster. */
public class CanaryWarningsTest {

    private CrashRun run;

    @Before
    public void release() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void deploy_canaryBiggerThanStable_warns() {
        deploy(5);

        assertThat(
                run.report.toString(),
                containsString(
                        "plan: 5 canary beside 1 of 3 stable\nwarning: The canary has 5 pods and stable beside it 1,"
                                + " so most of the traffic goes to what is to be proved first."));
    }

    @Test
    public void deploy_canarySmallerThanStable_doesNotWarn() {
        deploy(1);

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    private void deploy(int replicas) {
        boolean deployed = run.step(
                "deploy",
                (session, resumed) -> new CanaryDeploy(
                        session,
                        new CanaryRequest(
                                "registry.example.com/addressbook:1.1",
                                () -> TestEngine.example("addressbook"),
                                Map.of(),
                                CanarySize.of(replicas),
                                "",
                                List.of(),
                                true,
                                OnBusy.FAIL,
                                Force.NONE,
                                false,
                                resumed)));

        assertThat(run.report.toString(), deployed, is(true));
    }
}
