package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The size that stable begins with when a HorizontalPodAutoscaler will decide it, on a simulated cluster without one at work. */
public class AutoscaledSizeTest {

    private static final String STABLE = "addressbook-stable";
    private static final String MANIFEST = """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: load
            spec:
              minReplicas: 1
              maxReplicas: 6
              scaleTargetRef:
                kind: Deployment
                name: addressbook-stable
            """;
    static final KubeObject AUTOSCALER = KubeObject.of(Map.of(
            "apiVersion",
            Kind.AUTOSCALER.apiVersion(),
            "kind",
            Kind.AUTOSCALER.kind(),
            "metadata",
            Map.of("name", "load"),
            "spec",
            Map.of(
                    "minReplicas",
                    1,
                    "maxReplicas",
                    6,
                    "scaleTargetRef",
                    Map.of("kind", Kind.DEPLOYMENT.kind(), "name", STABLE))));

    @Test
    public void firstRelease_isAsBigAsAskedForBeforeItsCanaryGoes() {
        assertAllServeBeforeTheCanaryGoes(Map.of());
    }

    @Test
    public void firstRelease_resumedBetweenMakingStableAndSizingIt_isAsBigAsAskedForToo() {
        List<String> requests = promotedFirst(Map.of()).requests;

        assertAllServeBeforeTheCanaryGoes(
                Map.of(requests.indexOf("apply Deployment " + STABLE) + 1, Fault.DEATH_AFTER));
    }

    private static void assertAllServeBeforeTheCanaryGoes(Map<Integer, Fault> faults) {
        CrashRun run = promotedFirst(faults);

        int canaryGone = run.report.lines.indexOf("canary: removed: stable serves");
        List<String> before = run.report.lines.subList(0, canaryGone);
        assertThat(run.report.toString(), before.contains("stable: resized from 1 to 3"), is(true));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
        run.atRest();
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    private static CrashRun promotedFirst(Map<Integer, Fault> faults) {
        CrashRun run = new CrashRun(null, faults);
        run.cluster.put(AUTOSCALER);
        run.deploy("1.0", false);
        assertThat(run.report.toString(), run.promote(3), is(true));
        return run;
    }

    @Test
    public void rollback_stableThatSomebodyDeleted_isAsBigAsBeforeWhenTheCanaryGoes() {
        CrashRun run = promotedFirst(Map.of());
        run.deploy("1.1", false);
        run.cluster.get(Kind.DEPLOYMENT, STABLE).ifPresent(run.cluster::remove);

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.report.toString(), containsString("was deleted; made again by release 1"));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
    }

    @Test
    public void release_ofWhatTheAutoscalerHasSized_leavesThatToIt() {
        CrashRun run = promotedFirst(Map.of());
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, 5, "spec", "replicas");
        run.pass(java.time.Duration.ofSeconds(5));
        run.deploy("1.1", false);

        assertThat(run.report.toString(), run.promote(2), is(true));

        assertThat(run.cluster.serving(STABLE).size(), is(5));
    }

    @Test
    public void release_thatBringsAnAutoscaler_leavesTheSizeToIt() {
        CrashRun run = new CrashRun(null, Map.of());
        run.deploy("1.0", false);
        run.promote(3);
        String autoscaler = "{apiVersion: " + Kind.AUTOSCALER.apiVersion()
                + ", kind: HorizontalPodAutoscaler, metadata: {name: load},"
                + " spec: {maxReplicas: 6, scaleTargetRef: {kind: Deployment, name: " + STABLE + "}}}";

        assertThat(
                run.report.toString(),
                run.step("deploy", CrashRun.deployment("1.1", "load.yml", autoscaler)),
                is(true));

        assertThat(run.report.lines, hasItem("stable: left at 3: HorizontalPodAutoscaler load decides its size"));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
    }

    @Test
    public void promotion_whileSomebodyChangesTheMinimum_leavesThatToThem() {
        CrashRun run = promotedFirst(Map.of());
        run.deploy("1.1", false);
        run.before("delete Deployment addressbook-canary", () -> minimum(run, 5));

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(
                run.report.lines,
                hasItem("autoscaler: HorizontalPodAutoscaler load: minimum left at 5: somebody changed it from 3"));
        assertEnded(run, 5);
    }

    @Test
    public void rollback_ofAPromotionWhileSomebodyChangesTheMinimum_leavesThatToThem() {
        CrashRun run = promotedFirst(Map.of());
        run.deploy("1.1", false);
        run.cluster.pushed.put("registry.example.com/addressbook:1.1", "pull-fail");
        assertThat(run.promote(null), is(false));
        assertThat(autoscaler(run).annotation(Names.MIN_REPLICAS), is("1>3"));
        minimum(run, 5);

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(
                run.report.lines,
                hasItem("autoscaler: HorizontalPodAutoscaler load: minimum left at 5: somebody changed it from 3"));
        assertEnded(run, 5);
    }

    @Test
    public void promotion_thatSawAnEarlierVersionRaiseTheMinimum_givesItBackAllTheSame() {
        CrashRun run = promotedFirst(Map.of());
        run.deploy("1.1", false);
        minimum(run, 4);
        run.cluster.edit(Kind.AUTOSCALER, "load", "2", "metadata", "annotations", Names.MIN_REPLICAS);

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(run.report.lines, hasItem("autoscaler: HorizontalPodAutoscaler load: minimum is 2 again"));
        assertEnded(run, 2);
    }

    @Test
    public void promotion_takenUpAgain_raisesTheMinimumThatTheManifestSetsAgain() {
        CrashRun run = promotedFirst(Map.of());
        run.step("deploy", CrashRun.deployment("1.1", "autoscaler.yml", MANIFEST));
        CrashRun.Running promotion = run.hold("promote", CrashRun.promotion(null));
        int[] meanwhile = new int[1];
        run.after("merge HorizontalPodAutoscaler load", () -> {
            promotion.die();
            run.before(
                    "delete Deployment addressbook-canary",
                    () -> meanwhile[0] = autoscaler(run).integer(1, "spec", "minReplicas"));
        });

        run.go(promotion);

        assertThat(run.report.toString(), run.end(promotion), is(true));
        assertThat(run.report.toString(), meanwhile[0], is(3));
        assertEnded(run, 1);
    }

    private static KubeObject autoscaler(CrashRun run) {
        return run.cluster.get(Kind.AUTOSCALER, "load").orElseThrow();
    }

    private static void minimum(CrashRun run, int replicas) {
        run.cluster.edit(Kind.AUTOSCALER, "load", replicas, "spec", "minReplicas");
    }

    private static void assertEnded(CrashRun run, int minimum) {
        assertThat(run.report.toString(), autoscaler(run).integer(0, "spec", "minReplicas"), is(minimum));
        assertThat(autoscaler(run).annotation(Names.MIN_REPLICAS), is(nullValue()));
    }
}
