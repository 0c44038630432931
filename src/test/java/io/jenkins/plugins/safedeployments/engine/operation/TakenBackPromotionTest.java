package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** What a promotion that is taken back leaves of itself in an adopted Deployment: nothing, on a simulated cluster. */
public class TakenBackPromotionTest {

    private static final String STABLE = "addressbook-stable";
    private static final String RELEASED = "registry.example.com/addressbook:1.1";

    private CrashRun run;

    @Before
    public void makeByHand() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        KubeObject stable = first.cluster.get(Kind.DEPLOYMENT, STABLE).orElseThrow();
        first.cluster.put(
                stable.with(Map.of("kubectl.kubernetes.io/last-applied-configuration", "{}"), "metadata", "annotations")
                        .with("web", "metadata", "labels", "team")
                        .with("core", "metadata", "labels", "part-of")
                        .with(Map.of("type", "Recreate"), "spec", "strategy")
                        .with(600, "spec", "progressDeadlineSeconds"));
        run = new CrashRun(first.cluster, Map.of());
        run.pass(java.time.Duration.ofSeconds(5));
    }

    @Test
    public void rollback_restoresAllThatTheReleaseHadChanged() {
        KubeObject before = stable();
        promoteInVain();
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, null, "metadata", "labels", "part-of"); // as adoption does
        run.cluster.edit(
                Kind.DEPLOYMENT,
                STABLE,
                null,
                "metadata",
                "annotations",
                "kubectl.kubernetes.io/last-applied-configuration");

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        KubeObject after = stable();
        assertThat(after.map("spec"), is(before.map("spec")));
        assertThat(after.map("metadata", "labels"), is(before.map("metadata", "labels")));
        assertThat(annotations(after), is(annotations(before)));
        assertThat(run.report.toString(), containsString("rolled back to what it was before the release"));
    }

    @Test
    public void rollback_leavesWhatOthersDidSince() {
        promoteInVain();
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, "night", "metadata", "labels", "team");
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, "yes", "metadata", "annotations", "seen");
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, 5, "spec", "replicas");

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        KubeObject after = stable();
        assertThat(after.map("metadata", "labels").get("team"), is("night"));
        assertThat(after.annotation("seen"), is("yes"));
        assertThat(after.annotation(Names.RELEASE), is(nullValue()));
        assertThat(after.get("spec", "replicas"), is(5));
        assertThat(after.get("spec", "paused"), is(nullValue()));
    }

    @Test
    public void rollback_toAnEarlierRelease_namesWhatHadBeenSetByHandSince() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        KubeObject container = container(first);
        Map<String, Object> debug = Map.of("name", "DEBUG", "value", "s3cret");
        first.cluster.edit(
                Kind.DEPLOYMENT,
                STABLE,
                List.of(container
                        .with(List.of(debug), "env")
                        .with(9, "readinessProbe", "periodSeconds")
                        .toMap()),
                "spec",
                "template",
                "spec",
                "containers");
        run = new CrashRun(first.cluster, Map.of());
        run.pass(java.time.Duration.ofSeconds(9));
        promoteInVain();

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(
                run.report.toString(),
                containsString(
                        "warning: Stable is as release 1 (registry.example.com/addressbook:1.0) made it, and not as"
                                + " it was before this release: it had been changed in between, in"));
        assertThat(
                run.report.toString(),
                containsString(
                        "spec.template.spec.containers[addressbook].env, spec.template.spec.containers[addressbook]"
                                + ".readinessProbe.periodSeconds. What of it is still wanted, set again"));
        assertThat(run.report.toString(), not(containsString("s3cret")));
    }

    @Test
    public void rollback_toAnEarlierReleaseThatNobodyHadChanged_doesNotWarn() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
        run.deploy("1.1", false);
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, 4, "spec", "replicas");
        run.cluster.pushed.put(RELEASED, "pull-fail");
        run.promote(null);

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    private static KubeObject container(CrashRun run) {
        return run.cluster
                .get(Kind.DEPLOYMENT, STABLE)
                .orElseThrow()
                .list("spec", "template", "spec", "containers")
                .get(0);
    }

    private void promoteInVain() {
        Map<String, String> files = new LinkedHashMap<>(TestEngine.example("addressbook"));
        files.computeIfPresent(
                "deployment.yml",
                (name, text) -> text.replaceFirst(
                                "  labels:\n",
                                "  annotations: {owner: shop}\n  labels:\n    team: mobile\n    tier: front\n")
                        .replaceFirst(
                                "spec:\n",
                                "spec:\n  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n"
                                        + "  minReadySeconds: 1\n  progressDeadlineSeconds: 60\n"));
        boolean deployed = run.step(
                "deploy",
                (session, resumed) -> new CanaryDeploy(
                        session,
                        AskedCanary.ofTag("1.1").files(files).resumed(resumed).request()));
        assertThat(run.report.toString(), deployed, is(true));
        run.cluster.pushed.put(RELEASED, "pull-fail");
        assertThat(run.promote(null), is(false));
        assertThat(run.stableImage(), is(RELEASED));
        assertThat(stable().map("metadata", "labels").get("team"), is("mobile"));
        assertThat(stable().get("spec", "minReadySeconds"), is(1));
        assertThat(run.phase(2), is(Phase.FAILED));
    }

    /** Without those that count something. */
    private static Map<String, Object> annotations(KubeObject deployment) {
        return deployment
                .with(null, "metadata", "annotations", Names.FENCE)
                .with(null, "metadata", "annotations", "deployment.kubernetes.io/revision")
                .map("metadata", "annotations");
    }

    private KubeObject stable() {
        return run.cluster.get(Kind.DEPLOYMENT, STABLE).orElseThrow();
    }
}
