package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What must be the case before an operation begins, on a simulated cluster. */
public class GuardedTest {

    private final CrashRun run = new CrashRun(null, Map.of());

    @Test
    public void unmet_allAreToldTogetherAndNothingIsChanged() {
        boolean deployed = deploy(
                "1.0",
                Requirements.deploymentExists("database"),
                Requirements.deploymentSize("addressbook-stable", ">=", 2),
                Requirements.lastReleaseGood(),
                session -> "branch = 'x', needed 'master'");

        assertThat(deployed, is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "3 preconditions are not met: there is no Deployment database in shop; there is no Deployment"
                                + " addressbook-stable in shop, whose size was to be >= 2; branch = 'x', needed 'master'. Nothing was"
                                + " changed."));
        assertThat(
                run.cluster.all(Kind.LEASE).size()
                        + run.cluster.all(Kind.SECRET).size(),
                is(0));
    }

    @Test
    public void met_operationGoesOn() {
        run.deploy("1.0", false);
        run.promote(3);

        boolean deployed = deploy(
                "1.1",
                Requirements.deploymentExists("addressbook-stable"),
                Requirements.deploymentSize("addressbook-stable", "=", 3),
                Requirements.lastReleaseGood());

        assertThat(run.report.toString(), deployed, is(true));
        assertThat(run.report.toString(), containsString("checked: all 3 preconditions are met"));
        assertThat(run.phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void lastReleaseGood_afterARollback_isNotMet() {
        run.deploy("1.0", false);
        run.rollback("bob");

        boolean deployed = deploy("1.1", Requirements.lastReleaseGood());

        assertThat(deployed, is(false));
        assertThat(
                run.report.toString(),
                containsString("A precondition is not met: the last release, release 1"
                        + " (registry.example.com/addressbook:1.0), is rolled back: "));
    }

    @Test
    public void deploymentSize_unknownOperator_isAnError() {
        UserException e = assertThrows(UserException.class, () -> Requirements.deploymentSize("a", "=>", 1));

        assertThat(e.getMessage(), is("'op' is '=>': it must be one of =, !=, <, <=, > and >=."));
    }

    private boolean deploy(String tag, Requirement... requirements) {
        return run.step(
                "guarded",
                (session, resumed) -> new Guarded(
                        session,
                        CrashRun.deployment(tag, false, OnBusy.FAIL, Force.NONE).apply(session, resumed),
                        List.of(requirements),
                        resumed));
    }
}
