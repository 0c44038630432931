package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.Before;
import org.junit.Test;

/** Canaries that are left in the traffic for a time, on a simulated cluster. */
public class SoakTest {

    /** Longer than the step may take to bring the canary up. */
    private static final Duration SOAK = Duration.ofMinutes(30);

    private CrashRun run;
    private CrashRun.Running step;
    private Instant begun;

    @Before
    public void soak() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
        begun = run.now();
        step = run.start("soak", soaking(SOAK, true));
        run.pass(Duration.ofMinutes(1));
        assertThat(run.report.toString(), containsString("soak: the canary has to stay well until "));
    }

    static BiFunction<Session, Boolean, Operation> soaking(Duration soak, boolean rollback) {
        return (session, resumed) -> new CanaryDeploy(
                session,
                AskedCanary.ofTag("1.1")
                        .rollbackOnFailure(rollback)
                        .soak(soak)
                        .resumed(resumed)
                        .request());
    }

    @Test
    public void canaryThatStaysWellIsReadyWhenItsTimeIsOver() {
        run.pass(SOAK.minusMinutes(2));
        assertThat(run.phase(2), is(Phase.CANARY_STARTING));
        int requests = run.requests.size();

        assertThat(run.report.toString(), run.end(step, SOAK), is(true));

        assertThat(run.phase(2), is(Phase.CANARY_READY));
        assertThat(Duration.between(begun, run.now()), is(greaterThan(SOAK)));
        assertThat(Duration.between(begun, run.now()), is(lessThan(SOAK.plusMinutes(1))));
        assertThat(requests, is(lessThan(run.requests.size())));
        assertThat(run.broken, is(empty()));
    }

    /** The watches say how it is. */
    @Test
    public void nothingIsAskedMeanwhile() {
        run.pass(Duration.ofMinutes(2));
        int requests = run.requests.size();

        run.pass(Duration.ofMinutes(20));

        assertThat(run.requests.size(), is(requests));
    }

    @Test
    public void canaryThatIsRestartedIsTakenBackAtOnce() {
        restart();

        assertThat(run.end(step, SOAK), is(false));

        assertThat(
                run.report.toString(),
                containsString(
                        "The canary was restarted while it was watched: addressbook of pod " + "addressbook-canary-"));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(Duration.between(begun, run.now()), is(lessThan(Duration.ofMinutes(3))));
        assertThat(run.broken, is(empty()));
    }

    @Test
    public void podThatIsReplacedInTimeDoesNoHarm() {
        run.cluster.remove(canaryPod());

        assertThat(run.report.toString(), run.end(step, SOAK), is(true));

        assertThat(run.report.toString(), containsString("soak: the canary does not serve at this moment ("));
        assertThat(run.phase(2), is(Phase.CANARY_READY));
    }

    @Test
    public void canaryThatDoesNotComeBackFails() {
        run.cluster.pushed.put("registry.example.com/addressbook:1.1", "never-ready");
        run.cluster.remove(canaryPod());

        assertThat(run.end(step, SOAK), is(false));

        assertThat(run.report.toString(), containsString("The canary has not served for 2 minutes ("));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
    }

    @Test
    public void canaryThatSomebodyDeletesFails() {
        run.cluster.remove(
                run.cluster.get(Kind.DEPLOYMENT, "addressbook-canary").orElseThrow());

        assertThat(run.end(step, SOAK), is(false));

        assertThat(run.report.toString(), containsString("is gone: somebody deleted it while it was watched."));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
    }

    /** Neither does it begin anew, nor is what happened meanwhile forgotten. */
    @Test
    public void restartOfTheControllerDoesNotProlongIt() {
        run.pass(Duration.ofMinutes(15));
        step.die();
        run.pass(Duration.ofSeconds(1));

        assertThat(run.report.toString(), run.end(step, SOAK), is(true));

        assertThat(run.report.toString(), containsString("was begun before: going on with it"));
        assertThat(Duration.between(begun, run.now()), is(lessThan(SOAK.plusMinutes(1))));
        assertThat(run.phase(2), is(Phase.CANARY_READY));
    }

    @Test
    public void restartOfTheCanaryWhileTheControllerIsDownIsSeen() {
        step.die();
        restart();

        assertThat(run.end(step, SOAK), is(false));

        assertThat(run.report.toString(), containsString("The canary was restarted while it was watched"));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
    }

    @Test
    public void itIsNotTestedOrPromotedMeanwhile() {
        assertThat(run.promote(null), is(false));

        assertThat(run.report.toString(), containsString("is still being brought up and tested by"));
        assertThat(run.report.toString(), run.end(step, SOAK), is(true));
        assertThat(run.report.toString(), run.promote(null), is(true));
        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    @Test
    public void timeThatMakesNoSenseIsRefused() {
        for (Duration wrong : List.of(Duration.ofMinutes(-1), Duration.ofDays(8))) {
            UserException refusal =
                    assertThrows(UserException.class, () -> soaking(wrong, true).apply(null, false));
            assertThat(
                    refusal.getMessage(),
                    is("'soakMinutes' is " + wrong.toMinutes() + ": it must be 0 to 10080 (a week)."));
        }
        assertThat(run.report.toString(), not(containsString("soakMinutes")));
    }

    private KubeObject canaryPod() {
        return run.cluster.all(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-canary-"))
                .findFirst()
                .orElseThrow();
    }

    private void restart() {
        KubeObject pod = canaryPod();
        KubeObject container = pod.list("status", "containerStatuses").get(0).with(1, "restartCount");
        run.cluster.edit(Kind.POD, pod.name(), List.of(container.toMap()), "status", "containerStatuses");
    }
}
