package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Two releases of one application at once, on a simulated cluster with simulated time. */
public class TakeTurnTest {

    private CrashRun run;

    @Before
    public void release() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void busy_fail_saysWhoHoldsItAndChangesNothing() {
        run.deploy("1.1", false);

        boolean deployed = run.deploy("1.2", false);

        assertThat(deployed, is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "is held by release 2, by shop/release #2 (started by deploy 1.1) (canaryDeploy) since "));
        assertThat(run.report.toString(), containsString(" It is canary ready. Promote that release"));
        assertThat(run.phase(), is(Phase.CANARY_READY));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_wait_beginsWhenTheOtherHasEnded() {
        run.deploy("1.1", false);
        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofHours(50)); // longer than any timeout: waiting for others does not count
        assertThat(run.phase(), is(Phase.CANARY_READY));

        run.promote(null);
        boolean deployed = run.endLater(waiting);

        assertThat(run.report.toString(), deployed, is(true));
        assertThat(run.report.toString(), containsString("waiting: for release 2, by shop/release #2"));
        assertThat(claim().holder(), is(3));
        assertThat(claim().waiting(), is(List.of()));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    /** It looks by itself now and then, after longer than its own time. */
    @Test
    public void busy_waitAndNoAnswerOnce_waitsOn() {
        run.deploy("1.1", false);
        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        run.meets(Fault.UNAVAILABLE);
        run.pass(Duration.ofMinutes(6));
        assertThat(run.report.toString(), run.report.toString(), containsString("!! UNAVAILABLE"));

        run.promote(null);

        assertThat(run.report.toString(), run.endLater(waiting), is(true));
    }

    @Test
    public void busy_wait_isInTheOrderOfArrival() {
        run.deploy("1.1", false);
        CrashRun.Running second = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        CrashRun.Running third = run.start("third", CrashRun.deployment("1.3", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));

        run.promote(null);

        assertThat(run.endLater(second), is(true));
        assertThat(claim().waiting().size(), is(1));
        run.rollback("rollback");
        assertThat(run.endLater(third), is(true));
        assertThat(claim().holder(), is(4));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_waitBehindOneThatIsGone_passesItOverAfterItsTurn() {
        run.deploy("1.1", false);
        joins("gone");
        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        run.promote(null);
        run.pass(Duration.ofSeconds(110));
        assertThat(claim().holder(), is(0));

        boolean deployed = run.endLater(waiting);

        assertThat(run.report.toString(), deployed, is(true));
        assertThat(
                run.report.toString(),
                containsString("turn: shop/release #0 has not taken its turn, so it is passed over"));
    }

    @Test
    public void busy_waitAndStopped_leavesTheQueue() {
        run.deploy("1.1", false);
        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        assertThat(claim().waiting().size(), is(1));

        run.stop(waiting, "Aborted by carol");

        assertThat(run.endLater(waiting), is(false));
        assertThat(claim().waiting(), is(List.of()));
        assertThat(run.phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void busy_olderBuildWhoseTurnComesAfterANewerOne_isRefused() {
        run.deploy("1.1", false);
        CrashRun.Running older = run.start("older", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        run.step("newer", CrashRun.deployment("1.3", false, OnBusy.SUPERSEDE, Force.NONE));
        run.promote(null);

        boolean deployed = run.endLater(older);

        assertThat(deployed, is(false));
        assertThat(
                run.report.toString(),
                containsString(
                        "shop/release #3 is older than build 4 of the same job, which has made release 3 of addressbook"
                                + " since: an older build does not overtake a newer one."));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_olderBuildWithForce_begins() {
        CrashRun.Running older = run.hold(
                "older",
                CrashRun.deployment("1.2", false, OnBusy.FAIL, new Force(true, "the newer one was a mistake")));
        run.deploy("1.1", false);
        run.rollback("rollback");

        run.go(older);

        assertThat(run.report.toString(), run.endLater(older), is(true));
        assertThat(run.report.toString(), containsString("forced: the newer one was a mistake"));
    }

    @Test
    public void busy_supersede_takesTheOtherBackFirst() {
        run.deploy("1.1", false);

        boolean deployed = run.step("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE));

        assertThat(run.report.toString(), deployed, is(true));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.cause(2), is("superseded by shop/release #3 (started by newer)"));
        assertThat(run.phase(3), is(Phase.CANARY_READY));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_supersedeOneThatIsBeingPromoted_waitsForThat() {
        run.deploy("1.1", false);
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
        run.pass(Duration.ofMillis(1500));
        CrashRun.Running newer = run.start("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE));

        assertThat(run.endLater(promotion), is(true));
        assertThat(run.endLater(newer), is(true));
        assertThat(run.phase(2), is(Phase.PROMOTED));
        assertThat(run.report.toString(), not(containsString("supersedes")));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_supersedeAfterALongWait_hasTimeToTakeTheOtherBack() {
        run.deploy("1.0", false);
        run.promote(10); // of which some are gone when the promotion fails
        run = new CrashRun(run.cluster, Map.of());
        run.deploy("1.1", false);
        run.cluster.pushed.put("registry.example.com/addressbook:1.1", "never-ready");
        run.cluster.start = Duration.ofSeconds(60);
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
        run.pass(Duration.ofMillis(1500));
        CrashRun.Running newer = run.start("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE));

        assertThat(run.endLater(promotion), is(false)); // when its time is over, which is as long as the newer one's

        assertThat(run.report.toString(), run.endLater(newer), is(true));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.phase(4), is(Phase.CANARY_READY));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void busy_waitAndTheTargetIsFreedWhileTheClaimIsLookedAt_beginsAtOnce() {
        run.deploy("1.1", false);
        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(5));
        run.after("get Lease", () -> {
            run.rollback("bob");
            run.pass(Duration.ofSeconds(1)); // so that the watch has brought it
        });
        joins("third"); // which makes the second one look

        run.pass(Duration.ofSeconds(30));

        assertThat(run.report.toString(), claim().holder(), is(3));
        assertThat(run.endLater(waiting), is(true));
    }

    @Test
    public void busy_waitAndTheTargetIsFreedBeforeTheQueueIsJoined_waitsForNobody() {
        run.deploy("1.1", false);
        run.before("update Lease", () -> {
            run.rollback("bob");
            run.pass(Duration.ofSeconds(1));
        });

        CrashRun.Running waiting = run.start("second", CrashRun.deployment("1.2", false, OnBusy.WAIT, Force.NONE));
        run.pass(Duration.ofSeconds(30));

        assertThat(run.report.toString(), claim().holder(), is(3));
        assertThat(run.report.toString(), not(containsString("waiting: for")));
        assertThat(run.endLater(waiting), is(true));
    }

    private void joins(String actor) {
        new Claim(run.cluster, "addressbook").join(new Actor(actor, "shop/release #0", "", ""), false, run.now());
    }

    private Claim.State claim() {
        return new Claim(run.cluster, "addressbook").look();
    }
}
