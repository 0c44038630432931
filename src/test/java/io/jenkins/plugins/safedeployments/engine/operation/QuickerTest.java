package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Somebody decides about a release between the look of a step and its claim: what they have begun goes on. */
public class QuickerTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final String CLAIM = "update Lease";
    private static final String RECORD = "update Secret safe-deployments-addressbook-v2";

    private CrashRun run;
    private CrashRun.Running other;

    @Before
    public void release() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void promote_rollbackBegunSinceItLooked_isRefused() {
        run.deploy("1.1", false);
        run.before(CLAIM, () -> {
            other = run.start("bob", CrashRun.taking());
            run.pass(MOMENT);
            assertThat(run.phase(2), is(Phase.ROLLING_BACK));
        });

        boolean promoted = run.promote(null);

        assertThat(run.report.toString(), promoted, is(false));
        assertThat(run.report.toString(), containsString("is being rolled back by shop/release #4 (started by bob)"));
        assertIsTakenBack();
    }

    @Test
    public void promote_rollbackThatHasTheClaimAndNoRecordYet_isRefused() {
        run.deploy("1.1", false);
        run.before(RECORD, () -> {
            assertThat(run.promote(null), is(false));
            assertThat(
                    run.report.toString(),
                    containsString(
                            "has just been taken up by shop/release #3 (started by bob) (rollbackCanary). Take it"));
        });

        other = run.start("bob", CrashRun.taking());

        assertIsTakenBack();
    }

    @Test
    public void promote_takenBackSinceItLooked_saysSo() {
        run.deploy("1.1", false);
        run.before(CLAIM, () -> run.rollback("bob"));

        boolean promoted = run.promote(null);

        assertThat(promoted, is(false));
        assertThat(
                run.report.toString(),
                containsString("Release 2 of addressbook in shop on test was promoted or taken back meanwhile."));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
    }

    @Test
    public void promote_itsOwnClaimWhoseAnswerWasLost_isItsOwn() {
        run.deploy("1.1", false);
        CrashRun plain = new CrashRun(run.cluster, Map.of());
        plain.promote(null);
        int claim = plain.requests.indexOf("update Lease safe-deployments-addressbook") + 1;
        run = new CrashRun(run.cluster, Map.of(claim, Fault.UNAVAILABLE_BUT_DONE));

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    @Test
    public void promote_forcedWhileTheDeploymentBeginsToRollBack_goesOnWithThat() {
        other = run.start("deploy", CrashRun.deployment("1.1", true, "false"));
        run.time.runUntil(
                () -> run.report.toString().contains("serves after"), run.now().plusSeconds(10));
        run.cluster.start = Duration.ofSeconds(20); // so that the rollback has to wait for stable
        run.before(CLAIM, () -> {
            run.cluster.remove(run.cluster.serving("addressbook-stable").get(0));
            run.time.runUntil(
                    () -> run.phase(2) == Phase.ROLLING_BACK, run.now().plusSeconds(10));
        });

        boolean promoted =
                run.step("promote", CrashRun.promotion(null, false, new Force(true, "the test is known to fail")));

        assertThat(run.report.toString(), promoted, is(false));
        run.endLater(other);
        assertThat(run.report.toString(), run.phase(2), is(Phase.ROLLED_BACK));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void supersede_promotionBegunSinceItLooked_waitsForThat() {
        run.deploy("1.1", false);
        run.before(CLAIM, () -> {
            other = run.start("promote", CrashRun.promotion(null));
            run.pass(MOMENT);
            assertThat(run.phase(2), is(Phase.PROMOTING));
        });

        supersede();

        assertIsPromotedFirst();
    }

    @Test
    public void supersede_promotionThatHasTheClaimAndNoRecordYet_waitsForThat() {
        run.deploy("1.1", false);
        CrashRun.Running[] newer = new CrashRun.Running[1];
        run.before(RECORD, () -> {
            newer[0] = run.start("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE));
            run.pass(MOMENT);
        });

        other = run.start("promote", CrashRun.promotion(null));
        run.pass(MOMENT);

        assertThat(run.report.toString(), run.endLater(newer[0]), is(true));
        assertIsPromotedFirst();
    }

    private void supersede() {
        boolean deployed = run.step("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE));

        assertThat(run.report.toString(), deployed, is(true));
    }

    private void assertIsPromotedFirst() {
        assertThat(run.report.toString(), run.endLater(other), is(true));
        assertThat(run.phase(2), is(Phase.PROMOTED));
        assertThat(run.phase(3), is(Phase.CANARY_READY));
        assertThat(run.report.toString(), not(containsString("supersedes")));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    private void assertIsTakenBack() {
        assertThat(run.report.toString(), run.endLater(other), is(true));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(new Claim(run.cluster, "addressbook").look().holder(), is(0));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }
}
