package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.Before;
import org.junit.Test;

/** Others write to stable, or take the release over, while it is promoted, on a simulated cluster. */
public class ChangedWhilePromotedTest {

    private static final String STABLE = "addressbook-stable";
    private static final String CANARY = "addressbook-canary";

    private CrashRun run;

    @Before
    public void promoteOnce() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void stableThatIsUndoneByHandWhileTheCanaryDrains_isNotPromoted() {
        KubeObject before = stable();
        CrashRun.Running promotion = draining(false);
        KubeObject undone = stable().with(before.get("metadata", "annotations"), "metadata", "annotations");
        run.cluster.put(undone.with(before.get("spec", "template"), "spec", "template"));

        assertThat(run.report.toString(), run.end(promotion), is(false));

        assertThat(
                run.report.toString(),
                containsString("Somebody has changed Deployment addressbook-stable since it was rolled to release 2"
                        + " (registry.example.com/addressbook:1.1), so what serves is not what is promoted. Take it back with"
                        + " rollbackCanary, or promote it with 'force' and a 'reason'."));
        assertThat(run.phase(2), is(Phase.FAILED));
        assertThat(run.cluster.serving(CANARY).size(), is(1));
    }

    @Test
    public void stableWhoseImageIsSetByHandWhileTheCanaryDrains_isTakenBackIfThatWasAskedFor() {
        CrashRun.Running promotion = draining(true);
        setImage("registry.example.com/addressbook:hotfix");

        assertThat(run.report.toString(), run.end(promotion), is(false));

        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void stableThatIsRestartedAndScaledWhileTheCanaryDrains_isPromoted() {
        CrashRun.Running promotion = draining(false);
        String restarted = "kubectl.kubernetes.io/restartedAt";
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, "now", "spec", "template", "metadata", "annotations", restarted);
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, 4, "spec", "replicas");

        assertThat(run.report.toString(), run.end(promotion), is(true));

        assertThat(run.phase(2), is(Phase.PROMOTED));
        assertThat(run.cluster.serving(STABLE).size(), is(4));
    }

    /** It must not be kept from taking the canary away; but neither may it be said that all is as it was. */
    @Test
    public void stableWhoseImageIsSetByHandWhileItIsRolledBack_isTold() {
        CrashRun.Running promotion = draining(false);
        run.stop(promotion, "Aborted by alice");
        run.end(promotion);
        CrashRun.Running rollback = run.start("b", CrashRun.taking());
        run.pass(Duration.ofSeconds(1));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        setImage("registry.example.com/addressbook:hotfix");

        assertThat(run.report.toString(), run.end(rollback), is(true));

        String told =
                "Somebody has changed Deployment addressbook-stable while it was rolled back, so it is not what it"
                        + " was before the release: look at it by hand, or return to an earlier release with rollbackCanary and"
                        + " 'to'";
        assertThat(run.report.toString(), containsString("warning: " + told));
        assertThat(run.cause(2), containsString(told));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.cluster.get(Kind.DEPLOYMENT, CANARY).isEmpty(), is(true));
    }

    /** What it has made serves by then, whatever becomes of who made it. */
    @Test
    public void firstStable_isLeftByAPromotionThatIsTakenOver() {
        run = new CrashRun(null, Map.of());
        run.deploy("1.0", false);
        CrashRun.Running late = run.start("promote", promotion(false, Duration.ofMinutes(1), 3, Force.NONE));
        run.pass(Duration.ofSeconds(30));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
        run.before(
                "apply Service",
                () -> run.pass(Duration.ofMinutes(1))); // so the other's time to drain is over meanwhile

        boolean promoted = run.step("b", promotion(false, Duration.ZERO, 3, new Force(true, "it takes too long")));

        assertThat(run.report.toString(), promoted, is(true));
        assertThat(run.report.toString(), run.endLater(late), is(false));
        assertThat(
                run.requests.stream()
                        .filter(request -> request.equals("delete Deployment " + STABLE))
                        .toList(),
                is(empty()));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
    }

    private CrashRun.Running draining(boolean rollback) {
        run.deploy("1.1", false);
        CrashRun.Running promotion = run.start("promote", promotion(rollback, Duration.ofMinutes(1), null, Force.NONE));
        run.pass(Duration.ofSeconds(30));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
        return promotion;
    }

    private static BiFunction<Session, Boolean, Operation> promotion(
            boolean rollback, Duration drain, Integer replicas, Force force) {
        return (session, resumed) ->
                new PromoteStable(session, new PromoteRequest(0, replicas, drain, rollback, force));
    }

    private KubeObject stable() {
        return run.cluster.get(Kind.DEPLOYMENT, STABLE).orElseThrow();
    }

    private void setImage(String image) {
        KubeObject container =
                stable().list("spec", "template", "spec", "containers").get(0);
        run.cluster.edit(
                Kind.DEPLOYMENT,
                STABLE,
                List.of(container.with(image, "image").toMap()),
                "spec",
                "template",
                "spec",
                "containers");
    }
}
