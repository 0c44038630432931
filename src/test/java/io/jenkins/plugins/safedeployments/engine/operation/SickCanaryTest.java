package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Canaries that were ready and are well no more when they are to be promoted, on a simulated cluster. */
public class SickCanaryTest {

    private CrashRun run;

    @Before
    public void deploy() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
        run.deploy("1.1", false);
        run.pass(Duration.ofHours(5));
    }

    @Test
    public void promote_canaryThatIsNotReadyAnyMore_needsForce() {
        run.cluster.pushed.put("registry.example.com/addressbook:1.1", "pull-fail");
        run.cluster.remove(canaryPod());
        run.pass(Duration.ofSeconds(5));

        assertThat(run.promote(null), is(false));

        assertThat(
                run.report.toString(),
                containsString(
                        "The canary of release 2 (registry.example.com/addressbook:1.1) does not serve at this moment"
                                + " (1/1 updated, 0/1 available, 0/1 in the Service): "));
        assertThat(run.report.toString(), containsString("cannot be pulled"));
        assertThat(run.phase(2), is(Phase.CANARY_READY));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void promote_canaryThatWasRestartedSinceItWasReady_needsForce() {
        restarted(2);

        assertThat(run.promote(null), is(false));

        assertThat(
                run.report.toString(),
                containsString(
                        "The canary of release 2 (registry.example.com/addressbook:1.1) has been restarted since it"
                                + " was ready: addressbook of pod "
                                + canaryPod().name()
                                + " (2 times, last with exit code 137). Take it back with rollbackCanary, or promote it with"
                                + " 'force' and a 'reason'."));
        assertThat(run.phase(2), is(Phase.CANARY_READY));
        Force force = new Force(true, "its node had no memory left");
        assertThat(run.report.toString(), run.step("b", CrashRun.promotion(null, false, force)), is(true));
        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    @Test
    public void promote_canaryWhosePodWasReplaced_isNotHeldUp() {
        run.cluster.remove(canaryPod());
        run.pass(Duration.ofSeconds(5));

        assertThat(run.report.toString(), run.promote(null), is(true));
    }

    /** When it is repeated, the canary may be gone. */
    @Test
    public void promote_thatIsGoneOnWith_doesNotAskForTheCanary() {
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
        run.pass(Duration.ofMillis(1500));
        assertThat(run.phase(2), is(Phase.PROMOTING));
        restarted(2);
        promotion.die();

        assertThat(run.report.toString(), run.end(promotion), is(true));

        assertThat(run.phase(2), is(Phase.PROMOTED));
    }

    private KubeObject canaryPod() {
        return run.cluster.all(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-canary-"))
                .findFirst()
                .orElseThrow();
    }

    private void restarted(int times) {
        KubeObject pod = canaryPod();
        KubeObject container = pod.list("status", "containerStatuses")
                .get(0)
                .with(times, "restartCount")
                .with(Map.of("exitCode", 137), "lastState", "terminated");
        run.cluster.edit(Kind.POD, pod.name(), List.of(container.toMap()), "status", "containerStatuses");
    }
}
