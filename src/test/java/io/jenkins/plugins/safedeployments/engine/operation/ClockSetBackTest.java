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

/** Releases in the midst of which the clock of the controller is set back by two hours. */
public class ClockSetBackTest {

    private static final Duration BACK = Duration.ofHours(-2);
    private static final Duration STEP = Duration.ofMillis(300);

    private CrashRun first;

    @Before
    public void promoteOnce() {
        first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
    }

    @Test
    public void deployment_atAnyMoment_endsAsIfNothingWere() {
        for (int i = 0; i < 8; i++) {
            CrashRun run = new CrashRun(first.cluster, Map.of());
            CrashRun.Running step = run.start("deploy", CrashRun.deployment("1.1", true, "true"));

            setBack(run, i);

            assertThat(run.report.toString(), run.end(step), is(true));
            assertThat(run.phase(), is(Phase.CANARY_READY));
            assertWell(run);
        }
    }

    @Test
    public void promotion_atAnyMoment_endsAsIfNothingWere() {
        for (int i = 0; i < 8; i++) {
            CrashRun run = new CrashRun(first.cluster, Map.of());
            run.deploy("1.1", false);
            CrashRun.Running step = run.start("promote", CrashRun.promotion(null, true, Force.NONE));

            setBack(run, i);

            assertThat(run.report.toString(), run.end(step), is(true));
            assertThat(run.phase(), is(Phase.PROMOTED));
            assertWell(run);
        }
    }

    @Test
    public void rollback_atAnyMoment_endsAsIfNothingWere() {
        for (int i = 0; i < 8; i++) {
            CrashRun run = new CrashRun(first.cluster, Map.of());
            run.deploy("1.1", false);
            CrashRun.Running step = run.start("rollback", CrashRun.taking());

            setBack(run, i);

            assertThat(run.report.toString(), run.end(step), is(true));
            assertThat(run.phase(), is(Phase.ROLLED_BACK));
            assertWell(run);
        }
    }

    /** It would last for two hours more. */
    @Test
    public void pauseBeforeAnotherTry_isOver() {
        CrashRun run = new CrashRun(first.cluster, Map.of(8, Fault.UNAVAILABLE));
        CrashRun.Running step = run.start("deploy", CrashRun.deployment("1.1", true));
        while (!run.report.toString().contains("UNAVAILABLE")) {
            run.pass(Duration.ofMillis(10));
        }

        run.ahead = BACK;

        assertThat(run.report.toString(), run.end(step), is(true));
        assertThat(run.phase(), is(Phase.CANARY_READY));
    }

    private static void setBack(CrashRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            run.pass(STEP);
        }
        run.ahead = BACK;
    }

    private static void assertWell(CrashRun run) {
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
        assertThat(run.report.toString(), not(containsString(" -")));
        assertThat(run.report.toString(), not(containsString("not ready in time")));
    }
}
