package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import java.time.Duration;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Somebody makes stable bigger just when a step is about to make it smaller, on a simulated cluster with simulated time. */
public class ScaledMeanwhileTest {

    private static final String STABLE = "addressbook-stable";

    private CrashRun run;

    @Before
    public void deployBesideThreeOfStable() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void deploy_stableScaledUpBetweenItsLookAndItsWrite_leavesIt() {
        CrashRun.Running deployment = run.start("deploy", CrashRun.deployment("1.1", false));
        run.pass(Duration.ofMillis(500)); // the canary has been applied, and starts
        run.before("merge Deployment " + STABLE, () -> scale(10));

        assertThat(run.report.toString(), run.end(deployment), is(true));

        assertIsLeftAtTen("stable: left at 10: somebody resized it from 3 since the release began");
    }

    @Test
    public void promote_stableScaledUpSinceItWasRolled_leavesItAlthoughLessWasAskedFor() {
        run.deploy("1.1", false);
        scale(6);
        run.pass(Duration.ofSeconds(5));
        run.before("delete Deployment addressbook-canary", () -> scale(10));

        assertThat(run.report.toString(), run.promote(4), is(true));

        assertIsLeftAtTen("stable: left at 10: somebody resized it from 6 since the promotion began");
    }

    @Test
    public void promote_stableScaledUpBetweenItsLookAndItsWrite_leavesIt() {
        run.deploy("1.1", false);
        scale(6);
        run.pass(Duration.ofSeconds(5));
        run.before(
                "delete Deployment addressbook-canary",
                () -> run.before("merge Deployment " + STABLE, () -> scale(10)));

        assertThat(run.report.toString(), run.promote(4), is(true));

        assertIsLeftAtTen("stable: left at 10: somebody resized it from 6 since the promotion began");
    }

    private void scale(int replicas) {
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, replicas, "spec", "replicas");
    }

    private void assertIsLeftAtTen(String said) {
        assertThat(run.report.toString(), containsString(said));
        run.pass(Duration.ofSeconds(10));
        assertThat(run.cluster.serving(STABLE).size(), is(10));
        assertThat(run.report.toString(), run.broken, is(empty()));
    }
}
