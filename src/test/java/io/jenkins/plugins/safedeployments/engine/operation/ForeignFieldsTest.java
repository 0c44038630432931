package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.FieldConflict;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Another controller has taken a field of stable since a release began: who may take it over, on a simulated cluster. */
public class ForeignFieldsTest {

    private static final Force FORCE = new Force(true, "argo is switched off");
    private static final String TAKEN =
            "takes over: Deployment addressbook-stable: .spec.template.spec.containers (by" + " 'argocd-controller')";

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

    private void argoTakesAField() {
        run.cluster.taken.put(
                "Deployment addressbook-stable",
                new FieldConflict("argocd-controller", ".spec.template.spec.containers"));
    }

    @Test
    public void promote_isRefusedAndNotWithForce() {
        run.deploy("1.2", false);
        argoTakesAField();

        assertThat(run.promote(null), is(false));
        assertThat(
                run.report.toString(),
                containsString("stop managing them elsewhere, or take them over with 'force' and a 'reason'."));

        assertThat(run.report.toString(), run.step("b", CrashRun.promotion(null, false, FORCE)), is(true));
        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(3), is(Phase.PROMOTED));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));
    }

    @Test
    public void rollbackOfAPromotion_takesItOver() {
        run.deploy("1.2", false);
        run.cluster.pushed.put("registry.example.com/addressbook:1.2", "pull-fail");
        assertThat(run.promote(null), is(false));
        argoTakesAField();

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void return_takesItOver() {
        argoTakesAField();

        assertThat(run.report.toString(), run.step("b", CrashRun.returning("1")), is(true));

        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
    }
}
