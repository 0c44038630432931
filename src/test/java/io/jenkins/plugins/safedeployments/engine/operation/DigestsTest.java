package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Before;
import org.junit.Test;

/** Tags that name another image than they did, on a simulated cluster: its pods report the digest of what they pulled. */
public class DigestsTest {

    private static final String OLD = "registry.example.com/addressbook:1.0";
    private static final String NEW = "registry.example.com/addressbook:1.1";
    private static final String REPUSHED = "registry.example.com/addressbook:built-again";

    private CrashRun run;

    @Before
    public void deploy() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
        run.deploy("1.1", false);
        run.pass(Duration.ofSeconds(5));
    }

    @Test
    public void deploy_recordsWhatTheCanaryRuns() {
        assertThat(
                new ReleaseStore(run.cluster, "addressbook")
                        .get(2)
                        .orElseThrow()
                        .facts()
                        .digests(),
                is(List.of(digest(NEW))));
        assertThat(run.report.toString(), containsString("digest: " + digest(NEW)));
    }

    @Test
    public void promote_tagThatWasPushedAgain_isRefusedWhileTheCanaryServes() {
        run.cluster.pushed.put(NEW, REPUSHED);

        assertThat(run.promote(null), is(false));

        assertThat(
                run.report.toString(),
                containsString("failed: Stable runs " + digest(REPUSHED) + ", but the canary proved " + digest(NEW)
                        + ": the tag of " + NEW + " names another image by now."));
        assertThat(run.phase(2), is(Phase.FAILED));
        assertThat(run.cluster.serving("addressbook-canary").size(), is(1));

        Force force = new Force(true, "it differs by platform only");
        assertThat(run.report.toString(), run.step("b", CrashRun.promotion(null, false, force)), is(true));
        assertThat(run.report.toString(), containsString("warning: Stable runs " + digest(REPUSHED)));
        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    @Test
    public void promote_tagThatWasPushedAgain_isTakenBackBeforeAllOfStableIsMadeOfIt() {
        run.cluster.pushed.put(NEW, REPUSHED);
        AtomicInteger fewest = new AtomicInteger(3);
        run.cluster.observe(() -> fewest.accumulateAndGet(
                (int) run.cluster.serving("addressbook-stable").stream()
                        .filter(pod -> Digests.of(List.of(pod)).contains(digest(OLD)))
                        .count(),
                Math::min));

        assertThat(run.step("b", CrashRun.promotion(null, true, Force.NONE)), is(false));

        assertThat(run.report.toString(), run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.report.toString(), fewest.get(), is(greaterThan(0)));
    }

    /** Whether it serves or not, it is not what was proved. */
    @Test
    public void promote_tagThatWasPushedAgainAndIsNeverReady_isToldBeforeTheTimeIsOver() {
        run.cluster.pushed.put(NEW, REPUSHED);
        run.cluster.turned.put(REPUSHED, "never-ready");
        Instant begun = run.now();

        assertThat(run.promote(null), is(false));

        assertThat(run.cause(2), containsString("names another image by now"));
        assertThat(Duration.between(begun, run.now()), lessThan(Duration.ofSeconds(10)));
    }

    @Test
    public void promote_tagThatWasPushedAgain_isTakenBackIfThatIsAskedFor() {
        run.cluster.pushed.put(NEW, REPUSHED);

        assertThat(run.step("b", CrashRun.promotion(null, true, Force.NONE)), is(false));

        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is(OLD));
    }

    @Test
    public void promote_sameImage_isNotHeldUp() {
        assertThat(run.report.toString(), run.promote(null), is(true));
    }

    @Test
    public void rollback_tagOfStableThatWasPushedAgain_isDoneWithAWarning() {
        run.cluster.pushed.put(OLD, REPUSHED);

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.report.toString(), containsString(warning(digest(REPUSHED))));
    }

    @Test
    public void return_tagThatWasPushedAgain_isDoneWithAWarning() {
        run.promote(null);
        run.cluster.pushed.put(OLD, REPUSHED);

        assertThat(run.report.toString(), run.step("b", CrashRun.returning("previous")), is(true));

        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.report.toString(), containsString(warning(digest(REPUSHED))));
    }

    @Test
    public void return_sameImage_warnsOfNothing() {
        run.promote(null);

        assertThat(run.report.toString(), run.step("b", CrashRun.returning("previous")), is(true));

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    private static String warning(String runs) {
        return "warning: Stable runs " + runs + ", but the canary of release 1 (" + OLD + ") had proved " + digest(OLD)
                + ": its tag names another image by now, or somebody has changed stable.";
    }

    private static String digest(String image) {
        return "addressbook=" + SimulatedController.digest(image).replaceFirst("^.*@", "");
    }
}
