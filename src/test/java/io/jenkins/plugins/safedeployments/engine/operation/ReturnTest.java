package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.Before;
import org.junit.Test;

/** Returning to releases that were promoted earlier, on a simulated cluster with simulated time. */
public class ReturnTest {

    private CrashRun run;

    @Before
    public void releaseThrice() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        first.deploy("1.1", false);
        first.promote(null);
        first.deploy("1.2", false);
        first.promote(null);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void return_previous_isTheLastGoodOneEachTime() {
        assertThat(run.report.toString(), run.step("a", CrashRun.returning("previous")), is(true));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.cause(3), is("too many errors"));

        assertThat(run.report.toString(), run.step("b", CrashRun.returning("previous")), is(true));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));

        assertThat(run.step("c", CrashRun.returning("previous")), is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "'to' is 'previous', but no good release of addressbook in shop on test is known from before"
                                + " release 1 (registry.example.com/addressbook:1.0)."));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void return_number_isThatOne() {
        assertThat(run.report.toString(), run.step("a", CrashRun.returning("1")), is(true));

        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(run.phase(2), is(Phase.PROMOTED));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
    }

    @Test
    public void return_toAnOldOne_isRememberedForAsLongAsStableRunsIt() {
        run.step("a", CrashRun.returning("1"));

        for (int number = 4; number <= 15; number++) {
            run.deploy("1." + number, false);
            run.rollback("b");
        }

        assertThat(run.phase(1), is(Phase.PROMOTED));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void return_toWhatStableIs_changesNothing() {
        assertThat(run.step("a", CrashRun.returning("3")), is(true));

        assertThat(run.phase(3), is(Phase.PROMOTED));
        assertThat(
                run.report.toString(), containsString("is release 3 (registry.example.com/addressbook:1.2) already"));
    }

    @Test
    public void return_whileAReleaseIsInProgress_takesThatBackFirst() {
        run.deploy("1.3", false);

        assertThat(run.report.toString(), run.step("a", CrashRun.returning("1")), is(true));

        assertThat(run.phase(4), is(Phase.ROLLED_BACK));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        run.atRest();
    }

    @Test
    public void return_previousWhileAReleaseIsInProgress_isWhatStableWasBeforeIt() {
        run.deploy("1.3", false);

        assertThat(run.report.toString(), run.step("a", CrashRun.returning("previous")), is(true));

        assertThat(run.phase(4), is(Phase.ROLLED_BACK));
        assertThat(run.phase(3), is(Phase.PROMOTED));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));
    }

    @Test
    public void return_toOneThatWasTakenBack_needsForce() {
        run.step("a", CrashRun.returning("2"));

        assertThat(run.step("b", CrashRun.returning("3")), is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "'to' is 3, but release 3 (registry.example.com/addressbook:1.2) is rolled back (too many"
                                + " errors): name one that was promoted and not taken back, or give 'force' and a 'reason'."));

        BiFunction<Session, Boolean, Operation> forward = (session, resumed) -> new RollbackCanary(
                session,
                new RollbackRequest("3", "", false, false, false, new Force(true, "it was the database after all")),
                Approval.NOT_NEEDED);
        assertThat(run.report.toString(), run.step("c", forward), is(true));
        assertThat(run.phase(3), is(Phase.PROMOTED));
        assertThat(run.phase(2), is(Phase.PROMOTED));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));
    }

    /** What was never promoted has no approval, and may not even have passed its tests. */
    @Test
    public void return_toOneThatWasNeverPromoted_isRefusedEvenIfForced() {
        run.deploy("1.3", false);
        run.rollback("b");

        BiFunction<Session, Boolean, Operation> forced = (session, resumed) -> new RollbackCanary(
                session,
                new RollbackRequest("4", "", false, false, false, new Force(true, "I want it")),
                Approval.NOT_NEEDED);
        assertThat(run.step("c", forced), is(false));
        assertThat(
                run.report.toString(),
                containsString("'to' is 4, but release 4 (registry.example.com/addressbook:1.3) was never promoted"));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));
        assertThat(run.phase(4), is(Phase.ROLLED_BACK));
    }

    @Test
    public void return_toALaterOne_needsWhatAPromotionNeeds() {
        run.step("a", CrashRun.returning("2"));
        Approval missing = new Approval() {
            @Override
            public String missing(Release release) {
                return "ops have to approve " + release.title();
            }

            @Override
            public String given(Release release) {
                return "";
            }
        };
        Force force = new Force(true, "it was the database after all");

        BiFunction<Session, Boolean, Operation> forward = (session, resumed) ->
                new RollbackCanary(session, new RollbackRequest("3", "", false, false, false, force), missing);
        assertThat(run.step("b", forward), is(false));
        assertThat(
                run.report.toString(),
                containsString("that stable runs, so this is a promotion: ops have to approve release 3"));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));

        BiFunction<Session, Boolean, Operation> backward = (session, resumed) ->
                new RollbackCanary(session, new RollbackRequest("1", "", false, false, false, Force.NONE), missing);
        assertThat(run.report.toString(), run.step("c", backward), is(true));
    }

    @Test
    public void return_ofOneReleaseAlone_doesNothingIfStableRunsAnother() {
        assertThat(run.step("a", returning(2)), is(true));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));

        assertThat(run.step("b", returning(3)), is(true));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
    }

    private static BiFunction<Session, Boolean, Operation> returning(int release) {
        return (session, resumed) -> new RollbackCanary(
                session,
                new RollbackRequest("previous", "", false, false, false, Force.NONE).of(release),
                Approval.NOT_NEEDED);
    }

    @Test
    public void return_byAStrategyThatTakesAllAway_warns() {
        run.cluster.edit(Kind.DEPLOYMENT, "addressbook-stable", Map.of("type", "Recreate"), "spec", "strategy");
        run.pass(Duration.ofSeconds(5));

        assertThat(run.report.toString(), run.step("a", CrashRun.returning("1")), is(true));

        assertThat(
                run.report.toString(),
                containsString(
                        "warning: By its strategy Recreate stable loses all of its pods at once now: until new ones are"
                                + " ready, nothing serves. If that is not wanted, give the Deployment the strategy RollingUpdate with"
                                + " 'maxUnavailable: 0' in the manifests."));
    }

    @Test
    public void return_byTheUsualStrategy_doesNotWarn() {
        assertThat(run.report.toString(), run.step("a", CrashRun.returning("1")), is(true));

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    @Test
    public void return_toOneThatIsNotKnown_saysWhichAre() {
        assertThat(run.step("a", CrashRun.returning("17")), is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "'to' is 17, but there is no record of release 17 of addressbook in shop on test. There are:"
                                + " release 3 (registry.example.com/addressbook:1.2), release 2"));
    }

    @Test
    public void return_thatWasInterrupted_isGoneOnWithByWhoeverRollsBackNext() {
        CrashRun.Running returning = run.start("a", CrashRun.returning("1"));
        run.pass(Duration.ofSeconds(1));
        assertThat(run.phase(3), is(Phase.ROLLING_BACK));

        assertThat(run.report.toString(), run.rollback("b"), is(true));
        run.endLater(returning);

        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
    }

    /** By {@code kubectl rollout undo}, which brings the number of the release back as well. */
    @Test
    public void return_thatIsUndoneByHand_isNotRecordedAsDone() {
        KubeObject before = stable();
        CrashRun.Running returning = run.start("a", CrashRun.returning("1"));
        run.pass(Duration.ofSeconds(1));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        run.cluster.put(stable().with(before.get("metadata", "annotations"), "metadata", "annotations")
                .with(before.get("spec", "template"), "spec", "template"));

        assertThat(run.report.toString(), run.end(returning), is(false));

        assertThat(
                run.cause(3),
                is(
                        "THE ROLLBACK FAILED: Somebody has changed Deployment addressbook-stable since it was rolled to release 1"
                                + " (registry.example.com/addressbook:1.0), so what serves is not what was to be returned to. To return to"
                                + " it all the same, run rollbackCanary again."));
        assertThat(run.phase(3), is(Phase.FAILED));
        assertThat(run.report.toString(), run.rollback("b"), is(true));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
    }

    @Test
    public void return_whileStableIsRestartedAndScaled_isDone() {
        CrashRun.Running returning = run.start("a", CrashRun.returning("1"));
        run.pass(Duration.ofSeconds(1));
        String restarted = "kubectl.kubernetes.io/restartedAt";
        run.cluster.edit(
                Kind.DEPLOYMENT, "addressbook-stable", "now", "spec", "template", "metadata", "annotations", restarted);
        run.cluster.edit(Kind.DEPLOYMENT, "addressbook-stable", 4, "spec", "replicas");

        assertThat(run.report.toString(), run.end(returning), is(true));

        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.cluster.serving("addressbook-stable").size(), is(4));
    }

    private KubeObject stable() {
        return run.cluster.get(Kind.DEPLOYMENT, "addressbook-stable").orElseThrow();
    }
}
