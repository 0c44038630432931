package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** The host of the API server is not known for a while, or TLS to it fails, on a simulated cluster. */
public class UnreachableServerTest {

    private CrashRun run;

    @Before
    public void release() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void inTheMidstOfAPromotion_isWaitedFor() {
        CrashRun.Running promotion = promotionIsBegun();
        run.unreachable = run.now().plus(Duration.ofSeconds(30));

        assertThat(run.report.toString(), run.end(promotion), is(true));

        assertThat(
                run.report.toString(),
                containsString("waiting: The host of https://test is not known; trying again until 20"));
        assertThat(run.phase(2), is(Phase.PROMOTED));
        run.atRest();
        assertThat(run.broken.toString(), run.broken.isEmpty(), is(true));
    }

    @Test
    public void untilAfterTheTimeout_rollsBackWhenItIsThereAgain() {
        CrashRun.Running promotion = promotionIsBegun();
        run.unreachable = run.now().plus(CrashRun.TIMEOUT).plusSeconds(60);

        assertThat(run.end(promotion), is(false));

        assertThat(run.report.toString(), containsString("failed: The host of https://test is not known"));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        run.atRest();
        assertThat(run.broken.toString(), run.broken.isEmpty(), is(true));
    }

    @Test
    public void forGood_saysWhatIsLeft() {
        CrashRun.Running promotion = promotionIsBegun();
        run.unreachable = Instant.MAX;

        assertThat(run.end(promotion, CrashRun.TIMEOUT), is(false));

        assertThat(
                run.report.toString(),
                containsString(
                        "The host of https://test is not known. Nothing more is tried, so the cluster stays as it is, with"
                                + " a release in progress if there is one: when the API server can be reached again, run the step"
                                + " again or roll back."));
        assertThat(run.phase(2), is(Phase.PROMOTING));
    }

    @Test
    public void atTheFirstContact_failsAtOnce() {
        Instant begin = run.now();
        run.unreachable = Instant.MAX;

        assertThat(run.deploy("1.1", false), is(false));

        assertThat(run.report.toString(), containsString("failed: The host of https://test is not known"));
        assertThat(run.report.toString(), not(containsString("Nothing more is tried")));
        assertThat(Duration.between(begin, run.now()).toSeconds(), is(0L));
    }

    private CrashRun.Running promotionIsBegun() {
        run.deploy("1.1", false);
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null, true, Force.NONE));
        run.pass(Duration.ofSeconds(1));
        assertThat(run.phase(2), is(Phase.PROMOTING));
        return promotion;
    }
}
