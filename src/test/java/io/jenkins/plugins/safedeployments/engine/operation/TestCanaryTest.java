package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck.Pods;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Tests in the canary, in simulated time. */
public class TestCanaryTest {

    private static final Logger LOGGER = Logger.getLogger(OperationRun.class.getName());
    private static final String CANARY = "addressbook-canary";

    private CrashRun run = new CrashRun(null, Map.of());

    @Before
    public void deathsAreNoNews() {
        LOGGER.setLevel(Level.OFF);
    }

    @After
    public void logAgain() {
        LOGGER.setLevel(null);
    }

    @Test
    public void testThatPassesIsRecordedUnderTheClaimAsItIs() {
        run.deploy("1.0", false);
        Claim.State before = claim();

        boolean passed = run.step("tester", testing(command("ping")));

        assertThat(run.report.toString(), passed, is(true));
        assertThat(run.broken, is(empty()));
        assertThat(claim(), is(before));
        assertThat(release().phase(), is(Phase.CANARY_READY));
        assertThat(last(release()).text(), is("test 'ping' passed"));
        assertThat(last(release()).user(), is("tester"));
        assertThat(release().testsFailed(), is(false));
        assertThat(run.cluster.started, contains("ping"));
    }

    @Test
    public void testThatFailsLeavesTheCanaryAndIsRecordedUntilItPasses() {
        run.deploy("1.0", false);

        CrashRun.Running test = run.start("tester", testing(command("false"), command("ping")));
        boolean passed = run.end(test);

        assertThat(passed, is(false));
        assertThat(run.cluster.started, contains("false"));
        assertThat(release().phase(), is(Phase.CANARY_READY));
        assertThat(release().testsFailed(), is(true));
        assertThat(
                last(release()).text(),
                startsWith("test 'false' failed: The test 'false' failed in pod addressbook-canary-"));
        assertThat(run.cluster.get(Kind.DEPLOYMENT, CANARY).isPresent(), is(true));
    }

    @Test
    public void testWithoutAReleaseIsRefused() {
        assertThat(run.step("tester", testing(command("ping"))), is(false));

        assertThat(run.report.toString(), containsString("is in canary: run canaryDeploy first."));
    }

    @Test
    public void testWithoutTestsIsRefused() {
        run.deploy("1.0", false);

        assertThrows(UserException.class, () -> run.step("tester", testing()));
    }

    @Test
    public void canaryThatIsStillStartingIsRefused() {
        CrashRun.Running deployment = run.start("deploy", CrashRun.deployment("1.0-never-ready", false));
        run.pass(Duration.ofSeconds(5));

        assertThat(run.step("tester", testing(command("ping"))), is(false));

        assertThat(
                run.report.toString(),
                containsString("is still being brought up by shop/release #1 (started by deploy): wait for it"));
        assertThat(run.cluster.started, is(empty()));
        run.end(deployment);
    }

    @Test
    public void releaseThatFailedIsRefused() {
        run.deploy("1.0-pull-fail", false);

        assertThat(run.step("tester", testing(command("ping"))), is(false));

        assertThat(run.report.toString(), containsString("has failed, so its canary is not tested"));
    }

    @Test
    public void whoeverTakesTheReleaseOverEndsTheTestAtOnce() {
        run.deploy("1.0", false);
        CrashRun.Running test = run.start("tester", testing(command("hang")));
        run.pass(Duration.ofSeconds(5));
        run.rollback("bob");
        Instant over = run.time.instant();

        assertThat(run.end(test), is(false));

        assertThat(run.report.toString(), containsString("stops and changes nothing more"));
        assertThat(run.time.instant(), is(lessThanOrEqualTo(over.plusSeconds(1))));
        assertThat(release().phase(), is(Phase.ROLLED_BACK));
        assertThat(release().testsFailed(), is(false));
    }

    @Test
    public void testIsGoneOnWithAfterARestartWithoutRepeatingWhatPassed() {
        run.deploy("1.0", false);
        int begun = run.requests.size();
        CrashRun.Running probe = run.start("probe", testing(command("one"), command("two")));
        run.end(probe);
        int second = nth(run.requests, begun, "exec ", 1);
        run = new CrashRun(null, Map.of(second, Fault.DEATH_AFTER));
        run.deploy("1.0", false);

        boolean passed = run.step("tester", testing(command("one"), command("two")));

        assertThat(run.report.toString(), passed, is(true));
        assertThat(run.cluster.started, contains("one", "two", "two"));
        assertThat(run.report.lines, hasItem("resumed: 'one' has passed before"));
    }

    @Test
    public void testInAllPodsRunsInEachOnce() {
        run.deploy("1.0", false);
        run.cluster.edit(Kind.DEPLOYMENT, CANARY, 3, "spec", "replicas");
        run.pass(Duration.ofSeconds(5));

        boolean passed = run.step(
                "tester", testing(new CommandTest(List.of("ping"), "", Pods.ALL, Duration.ofSeconds(9), false)));

        assertThat(run.report.toString(), passed, is(true));
        assertThat(run.cluster.started, contains("ping", "ping", "ping"));
        assertThat(run.cluster.execs.size(), is(3));
    }

    @Test
    public void commandThatDoesNotEndFailsAfterItsTimeout() {
        run.deploy("1.0", false);
        Instant begun = run.time.instant();

        assertThat(run.step("tester", testing(command("hang"))), is(false));

        assertThat(run.report.toString(), containsString("did not end within 30.0 s."));
        assertThat(run.time.instant(), is(lessThanOrEqualTo(begun.plusSeconds(32))));
    }

    @Test
    public void containerThatThePodDoesNotHaveIsNamed() {
        run.deploy("1.0", false);

        assertThat(
                run.step("tester", testing(new CommandTest(List.of("ping"), "web", Duration.ofSeconds(9)))), is(false));

        assertThat(run.report.toString(), containsString("is for the container 'web', but the pod has addressbook."));
    }

    @Test
    public void httpTestFindsThePortAndPasses() {
        run.deploy("1.0", false);

        assertThat(run.step("tester", testing(get("/ping", "http", "hello"))), is(true));

        assertThat(run.cluster.asked.size(), is(1));
        assertThat(run.cluster.asked.get(0), startsWith("http://addressbook-canary-"));
        assertThat(run.cluster.asked.get(0), containsString(":3000/ping"));
    }

    @Test
    public void httpTestIsTriedAgainAndFails() {
        run.deploy("1.0", false);
        Instant begun = run.time.instant();

        assertThat(run.step("tester", testing(get("/fail", "", ""))), is(false));

        assertThat(run.cluster.asked.size(), is(3));
        // three answers of a second each, and two times the interval
        assertThat(Duration.between(begun, run.time.instant()).toSeconds(), is(13L));
        assertThat(run.report.toString(), containsString("status 500, expected 200-399 (3 attempts)."));
        assertThat(run.report.lines, hasItem("| hello"));
        assertThat(release().testsFailed(), is(true));
    }

    @Test
    public void httpTestWithoutAnAnswerOrWithAnotherBodyFails() {
        run.deploy("1.0", false);

        run.step("tester", testing(get("/slow", "", "")));
        run.step("tester", testing(get("/", "", "goodbye")));
        run.step("tester", testing(get("/", "grpc", "")));

        assertThat(run.report.toString(), containsString("no answer within 4.0 s (3 attempts)."));
        assertThat(run.report.toString(), containsString("status 200, but the body does not contain 'goodbye'"));
        assertThat(
                run.report.toString(), containsString("is for the port 'grpc', but no container of the pod has one"));
    }

    @Test
    public void migrationIsRunOncePerRelease() {
        assertThat(run.step("deploy", deployment(migration("migrate"))), is(true));
        assertThat(release().hasMigrated(), is(true));

        assertThat(run.step("tester", testing(migration("migrate"), command("ping"))), is(true));

        assertThat(run.cluster.started, contains("migrate", "ping"));
        assertThat(run.report.toString(), containsString("'migrate' is not run: this release was migrated at "));
    }

    @Test
    public void migrationThatFailedIsNotRunAgain() {
        run.deploy("1.0", false);
        run.step("tester", testing(migration("false")));

        assertThat(run.step("tester", testing(migration("false"))), is(false));

        assertThat(run.cluster.started, contains("false"));
        assertThat(run.report.toString(), containsString("before, and failed with exit code 1 at "));
        assertThat(release().tested().migrations().get(0).exitCode(), is(1));
    }

    @Test
    public void migrationWhoseConnectionIsLostIsNotRunAgain() {
        run.deploy("1.0", false);
        CrashRun.Running test = run.start("tester", testing(migration("hang")));
        run.pass(Duration.ofSeconds(5));
        run.cluster.execs.values().forEach(code -> code.completeExceptionally(new IllegalStateException("cut")));

        assertThat(run.end(test), is(false));

        assertThat(run.report.toString(), containsString("was lost, so it is not known how it ended: cut"));
        assertThat(release().hasMigrated(), is(true));
        assertThat(run.step("tester", testing(migration("hang"))), is(false));
        assertThat(run.report.toString(), containsString("and it is not known how it ended, so it is not run again"));
        assertThat(run.cluster.started, contains("hang"));
    }

    @Test
    public void migrationWhoseStartWasRefusedHasNotBegun() {
        run.deploy("1.0", false);
        run.cluster.execRefusal = new ClusterException(Reason.FORBIDDEN, "cannot create resource pods/exec", null);
        assertThat(run.step("tester", testing(migration("migrate"))), is(false));
        assertThat(release().hasMigrated(), is(false));
        run.cluster.execRefusal = null;

        assertThat(run.step("tester", testing(migration("migrate"))), is(true));

        assertThat(run.cluster.started, contains("migrate"));
        assertThat(release().testsFailed(), is(false));
    }

    @Test
    public void migrationWhoseStartHadNoAnswerMayHaveBegun() {
        run.deploy("1.0", false);
        run.cluster.execRefusal = new ClusterException(Reason.UNAVAILABLE, "no answer", null);

        assertThat(run.step("tester", testing(migration("migrate"))), is(false));

        assertThat(release().hasMigrated(), is(true));
        assertThat(run.report.toString(), containsString("was lost, so it is not known how it ended: no answer"));
    }

    /** Whatever befalls any request of the release. */
    @Test
    public void migrationIsNeverRunTwiceAndNeverForgotten() {
        CrashRun plain = new CrashRun(null, Map.of());
        plain.step("deploy", deployment(migration("migrate")));
        int requests = plain.requests.size();
        int runs = 0;
        for (int request = 1; request <= requests; request++) {
            for (Fault fault : Fault.values()) {
                run = new CrashRun(null, Map.of(request, fault));
                boolean passed = run.step("deploy", deployment(migration("migrate")));
                String what = fault + " at " + plain.requests.get(request - 1) + "\n" + run.report;

                int started = run.cluster.started.size();
                assertThat(what, started, is(lessThanOrEqualTo(1)));
                if (passed) {
                    assertThat(what, started, is(1));
                }
                if (started > 0) {
                    assertThat(what, release().hasMigrated(), is(true));
                }
                runs++;
            }
        }
        assertThat(runs, is(not(0)));
    }

    private static BiFunction<Session, Boolean, Operation> testing(CanaryCheck... checks) {
        return (session, resumed) -> new TestCanary(session, 0, List.of(checks));
    }

    private static BiFunction<Session, Boolean, Operation> deployment(CommandTest test) {
        return CrashRun.deployment("1.0", false, List.of(test));
    }

    private static CommandTest command(String name) {
        return new CommandTest(List.of(name), "", Duration.ofSeconds(30));
    }

    private static CommandTest migration(String name) {
        return new CommandTest(List.of(name), "", Pods.ONE, Duration.ofSeconds(30), true);
    }

    private static HttpTest get(String path, String port, String body) {
        return new HttpTest(
                path, port, "http", "200-399", body, 3, Duration.ofSeconds(5), Duration.ofSeconds(4), Pods.ONE);
    }

    private static int nth(List<String> requests, int from, String beginning, int nth) {
        int seen = 0;
        for (int i = from; i < requests.size(); i++) {
            if (requests.get(i).startsWith(beginning) && seen++ == nth) {
                return i + 1;
            }
        }
        throw new AssertionError(beginning + " is not among " + requests);
    }

    private Claim.State claim() {
        return new Claim(run.cluster, "addressbook").look();
    }

    private Release release() {
        return new ReleaseStore(run.cluster, "addressbook").get(1).orElseThrow();
    }

    private static Release.Entry last(Release release) {
        return release.history().get(release.history().size() - 1);
    }
}
