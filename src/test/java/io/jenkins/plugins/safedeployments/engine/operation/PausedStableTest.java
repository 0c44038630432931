package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.Before;
import org.junit.Test;

/** Somebody has paused stable, so that it rolls no more: said before anything is written, on a simulated cluster. */
public class PausedStableTest {

    private CrashRun run;

    @Before
    public void releaseTwice() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        first.deploy("1.1", false);
        first.promote(null);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void deploy_isRefused() {
        assertRefused(() -> run.deploy("1.2", false));
    }

    @Test
    public void promote_isRefused() {
        run.deploy("1.2", false);

        assertRefused(() -> run.promote(null));

        assertThat(run.phase(3), is(Phase.CANARY_READY));
    }

    @Test
    public void return_isRefused() {
        assertRefused(() -> run.step("b", CrashRun.returning("1")));

        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    /** Its pods are those of before, and there are to be as many as before. */
    @Test
    public void undo_ofACanaryWorks() {
        run.deploy("1.2", false);
        run.cluster.edit(Kind.DEPLOYMENT, "addressbook-stable", true, "spec", "paused");

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.cluster.serving("addressbook-stable"), hasSize(3));
        assertThat(run.cluster.get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
    }

    private void assertRefused(BooleanSupplier step) {
        run.cluster.edit(Kind.DEPLOYMENT, "addressbook-stable", true, "spec", "paused");
        run.pass(java.time.Duration.ofSeconds(5));
        int before = run.cluster.version();

        assertThat(step.getAsBoolean(), is(false));

        assertThat(
                run.report.toString(),
                containsString(
                        "Deployment addressbook-stable is paused, so its pods would stay as they are: resume it with"
                                + " 'kubectl rollout resume deployment/addressbook-stable', then run this again."));
        assertThat("nothing is written", run.cluster.version(), is(before));
    }
}
