package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Promotions that fail by themselves and take their release back, on a simulated cluster with simulated time. */
public class PromotionFailureTest {

    private static final String BEFORE = "registry.example.com/addressbook:1.0";
    private static final String IMAGE = "registry.example.com/addressbook:1.1";

    private CrashRun run;

    @Before
    public void deployBesideTenOfStable() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(10);
        run = new CrashRun(first.cluster, Map.of());
        run.deploy("1.1", false);
    }

    @Test
    public void promote_imageThatCannotBePulledAnyMore_isTakenBack() {
        run.cluster.turned.put(IMAGE, "pull-fail");

        promoteOrRollBack();

        assertThat(run.cause(2), containsString("cannot be pulled"));
        assertIsTakenBack();
    }

    @Test
    public void promote_podsThatDoNotGetReady_isTakenBackWhenTheTimeIsOver() {
        run.cluster.turned.put(IMAGE, "never-ready");

        promoteOrRollBack();

        assertThat(run.cause(2), containsString("The stable of addressbook in shop on test was not ready in time"));
        assertIsTakenBack();
    }

    @Test
    public void rollBackAfterATimeOut_hasTimeOfItsOwnForPodsThatAreSlow() {
        run.cluster.turned.put(IMAGE, "never-ready");
        run.cluster.start = Duration.ofSeconds(100);

        promoteOrRollBack();

        assertThat(run.report.toString(), not(containsString("THE ROLLBACK FAILED")));
        assertIsTakenBack();
    }

    @Test
    public void rollBackThatDoesNotGetDoneEither_isLoudAndLeavesBothTracks() {
        run.cluster.turned.put(IMAGE, "never-ready");
        run.cluster.turned.put(BEFORE, "never-ready");

        promoteOrRollBack();

        assertThat(run.phase(2), is(Phase.FAILED));
        assertThat(run.cause(2), containsString("THE ROLLBACK FAILED: The stable of addressbook"));
        assertThat(run.cluster.serving("addressbook-canary").size(), is(1));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    private void promoteOrRollBack() {
        boolean promoted = run.step("promote", CrashRun.promotion(null, true, Force.NONE));

        assertThat(run.report.toString(), promoted, is(false));
    }

    private void assertIsTakenBack() {
        assertThat(run.report.toString(), run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is(BEFORE));
        assertThat(run.cluster.serving("addressbook-stable").size(), is(10));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }
}
