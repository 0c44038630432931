package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.InMemoryCluster;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What is refused before anything is written, with the numbers of the catalogue of bad inputs. */
public class CanaryPlannerTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop}
            spec:
              selector:
                matchLabels: {app: shop}
              template:
                metadata:
                  labels: {app: shop}
                spec:
                  containers:
                  - {name: main, image: shop:1}
            """;
    private static final String SERVICE =
            "---\n{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {selector: {%s}}}\n";

    private static final String AUTOSCALER = """
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: %s}
            spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}}
            """;

    private final InMemoryCluster cluster = new InMemoryCluster("test");
    private final CollectedReport report = new CollectedReport();
    private Map<String, String> secrets = Map.of();

    @Test
    public void renderAndCheck_kindThatTheClusterDoesNotHave_isRefused() { // 21
        refused(
                "---\n{apiVersion: foo.example.com/v1, kind: Widget, metadata: {name: w}}\n",
                "The cluster has no Widget (foo.example.com/v1).");
    }

    @Test
    public void renderAndCheck_kindOfTheWholeCluster_isRefused() { // 41
        refused(
                "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: admin}}\n",
                "ClusterRoleBinding admin belongs to the whole cluster, not to test: a release changes its own namespace"
                        + " only. Apply it by other means.");
    }

    @Test
    public void plan_noServiceForThePods_hasNone() { // 38
        CanaryPlanner planner = planner(DEPLOYMENT + SERVICE.formatted("other", "app: other"), 1, null);

        planner.renderAndCheck();
        Plan plan = planner.plan(false);

        assertThat(plan.service(), is(""));
    }

    @Test
    public void renderAndCheck_serviceForStableOnly_isRefused() { // 38
        refused(
                SERVICE.formatted("lb", "app: shop, track: stable"),
                "The selector of Service lb reaches only one of the two tracks, so the canary would get no traffic or stable"
                        + " would lose it: leave out the label that tells them apart.");
    }

    @Test
    public void renderAndCheck_configMapThatMayNotBeRemovedAgain_isRefused() {
        cluster.denied.add("delete ConfigMap");

        refused(
                "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n",
                "The credentials do not allow all that a release needs in namespace 'test'. Missing: delete ConfigMap. The"
                        + " Role in docs/cluster.md has all of it.");
    }

    @Test
    public void renderAndCheck_oneNameForTwoContents_isRefused() {
        refused(
                AUTOSCALER.formatted("load", "$deployment"),
                "HorizontalPodAutoscaler load has the same name for both tracks, but not the same content, so that the canary"
                        + " would change what stable uses: give it a name for each, with $deployment or $track in it, or the same"
                        + " content.");
    }

    @Test
    public void renderAndCheck_autoscalerOfAnotherDeployment_warns() {
        String manifest = DEPLOYMENT + SERVICE.formatted("web", "app: shop");

        assertThat(
                planner(manifest + AUTOSCALER.formatted("load", "shop"), 1, null)
                        .renderAndCheck()
                        .warnings(),
                hasItem(
                        "HorizontalPodAutoscaler load scales Deployment shop, which is neither of the two of this release: it"
                                + " has to name shop-stable to scale stable."));
        assertThat(
                planner(manifest + AUTOSCALER.formatted("load", "shop-stable"), 1, null)
                        .renderAndCheck()
                        .warnings(),
                not(hasItem(startsWith("HorizontalPodAutoscaler"))));
    }

    @Test
    public void renderAndCheck_firstReleaseBesideWhatServesByAnotherName_isRefused() {
        cluster.create(stable(3, Map.of("app", "shop")).with("shop", "metadata", "name"));

        refused(
                SERVICE.formatted("web", "app: shop"),
                "Service web brings the traffic to the pods of Deployment shop as well, which this first release of shop in test"
                        + " would neither take over nor remove: it takes over a Deployment of the name shop-stable. Make that one"
                        + " from it and remove shop, or release beside it with 'force' and a 'reason'.");
    }

    @Test
    public void renderAndCheck_laterReleaseBesideAnotherDeployment_isNotHeldUp() {
        cluster.create(stable(3));
        cluster.create(stable(3, Map.of("app", "shop")).with("shop", "metadata", "name"));

        assertThat(
                planner(DEPLOYMENT + SERVICE.formatted("web", "app: shop"), 1, null)
                        .renderAndCheck()
                        .warnings(),
                not(hasItem(startsWith("Service"))));
    }

    @Test
    public void renderAndCheck_secretInTheOpen_warnsAndNamesNoValue() { // 46
        secrets = Map.of("PASSWORD", "opensesame", "SHORT", "web", "UNUSED", "somewhere", "KEPT", "in-a-secret");
        String manifest = DEPLOYMENT.replace("image: shop:1", "image: shop:1, args: ['--word=opensesame']")
                + SERVICE.formatted("web", "app: shop")
                + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: 'x opensesame y'}}\n"
                + "---\n{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: opensesame, b: in-a-secret}}\n";

        List<String> warnings = planner(manifest, 1, null).renderAndCheck().warnings();

        assertThat(
                warnings,
                hasItem(
                        "The value of PASSWORD is a secret, and will be in plain text in Deployment shop-canary, Deployment"
                                + " shop-stable, ConfigMap c: put it into a Secret, and let the pods refer to that."));
        assertThat(warnings.toString(), not(containsString("opensesame")));
        assertThat(warnings.stream().filter(w -> w.startsWith("The value of")).count(), is(1L));
    }

    @Test
    public void renderAndCheck_quotaTooSmallForThePromotion_warns() {
        cluster.create(stable(8));
        cluster.create(KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ResourceQuota",
                "metadata",
                Map.of("name", "small"),
                "status",
                Map.of("hard", Map.of("pods", "10"), "used", Map.of("pods", "8")))));
        String manifest = DEPLOYMENT + SERVICE.formatted("web", "app: shop");

        assertThat(
                planner(manifest, 1, null).renderAndCheck().warnings(),
                hasItem(
                        "ResourceQuota small leaves room for the canary, but not for its promotion: of 10 pods, 8 are used, the"
                                + " canary needs 1, and while stable rolls 2 pods need 2 more. Raise the quota until then."));
    }

    @Test
    public void renderAndCheck_severalServices_asksWhichOne() {
        refused(
                SERVICE.formatted("a", "app: shop") + SERVICE.formatted("b", "app: shop"),
                "The Services a, b all reach both tracks: say with 'service' which one brings the traffic.");
    }

    @Test
    public void renderAndCheck_stableOfNothing_isRefused() { // 62
        cluster.create(stable(0));

        refused(
                "",
                "Deployment shop-stable has 0 replicas, so there is nothing that the canary could be compared with or that a"
                        + " rollback could return to: scale it up first.");
    }

    @Test
    public void renderAndCheck_stableBiggerThanItIs_isRefused() {
        cluster.create(stable(3));

        UserException refusal = assertThrows(
                UserException.class, () -> planner(DEPLOYMENT, 1, 4).renderAndCheck());

        assertThat(
                refusal.getMessage(),
                is("'stableReplicas' is 4, but Deployment shop-stable has 3: a canary does not make stable bigger."));
    }

    @Test
    public void canaryIsNobodysElse_foreignCanary_isRefused() {
        cluster.create(stable(3).with("shop-canary", "metadata", "name"));
        CanaryPlanner planner = planner(DEPLOYMENT, 1, null);

        UserException refusal = assertThrows(UserException.class, planner::canaryIsNobodysElse);

        assertThat(
                refusal.getMessage(),
                is("Deployment shop-canary exists in test although no release is in progress: delete it, then run this"
                        + " again."));
    }

    @Test
    public void plan_stableThatSelectsBothTracks_keepsItsSelectorAndWarns() {
        cluster.create(stable(3, Map.of("app", "shop")));
        CanaryPlanner planner = planner(DEPLOYMENT, 1, null);

        Rendered rendered = planner.renderAndCheck();

        assertThat(rendered.stable().map("spec", "selector", "matchLabels"), is(Map.of("app", "shop")));
        assertThat(
                rendered.canary().map("spec", "selector", "matchLabels"), is(Map.of("app", "shop", "track", "canary")));
        assertThat(
                rendered.warnings(),
                hasItem(startsWith(
                        "The selector of Deployment shop-stable, {app=shop}, selects the canary's pods, too")));
    }

    @Test
    public void renderAndCheck_autoscalerThatWouldCountBothTracks_isRefused() {
        cluster.create(stable(3, Map.of("app", "shop")));
        cluster.create(KubeObject.of(Map.of(
                "apiVersion",
                Kind.AUTOSCALER.apiVersion(),
                "kind",
                Kind.AUTOSCALER.kind(),
                "metadata",
                Map.of("name", "load"),
                "spec",
                Map.of("scaleTargetRef", Map.of("kind", "Deployment", "name", "shop-stable")))));

        refused(
                "",
                "HorizontalPodAutoscaler load would count the pods of both tracks together, since the selector of Deployment"
                        + " shop-stable, {app=shop}, does not tell them apart: make that Deployment anew with a selector that"
                        + " has 'track: stable', or remove what counts by it for the time of the release.");
    }

    @Test
    public void renderAndCheck_stableWithForeignSelector_isRefused() {
        cluster.create(stable(3, Map.of("run", "shop")));

        refused(
                "",
                "The selector of Deployment shop-stable is {run=shop} and cannot be changed, but the pods of the manifest have"
                        + " the labels {app=shop, track=stable}: give them the labels of that selector as well.");
    }

    @Test
    public void plan_objectsThatAreChangedOrNew_areKnownForTheRollback() {
        cluster.create(stable(3));
        cluster.create(configMap("old", "1"));
        CanaryPlanner planner = planner(
                DEPLOYMENT + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: old}, data: {a: '2'}}\n"
                        + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: '2'}}\n"
                        + SERVICE.formatted("lb", "app: shop"),
                1,
                null);

        planner.renderAndCheck();
        Plan plan = planner.plan(false);

        assertThat(
                plan.supportBefore().stream()
                        .map(KubeObject::of)
                        .map(KubeObject::toString)
                        .toList(),
                is(List.of("ConfigMap old")));
        assertThat(KubeObject.of(plan.supportBefore().get(0)).string("data", "a"), is("1"));
        assertThat(
                plan.supportMade().stream()
                        .map(KubeObject::of)
                        .map(KubeObject::toString)
                        .toList(),
                is(List.of("ConfigMap new")));
    }

    @Test
    public void renderAndCheck_configMapThatIsChangedUnderStable_warns() {
        cluster.create(stable(3)
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "envFrom",
                                List.of(
                                        Map.of("configMapRef", Map.of("name", "old")),
                                        Map.of("configMapRef", Map.of("name", "same"))))),
                        "spec",
                        "template",
                        "spec",
                        "containers"));
        cluster.create(configMap("old", "1"));
        cluster.create(configMap("same", "1"));
        cluster.create(configMap("unused", "1"));
        String manifests = DEPLOYMENT;
        for (String map : List.of("old, 2", "same, 1", "unused, 2", "new, 2")) {
            manifests += "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: " + map.split(", ")[0]
                    + "}, data: {a: '" + map.split(", ")[1] + "'}}\n";
        }

        Rendered rendered = planner(manifests, 1, null).renderAndCheck();

        assertThat(
                rendered.warnings().stream()
                        .filter(warning -> warning.startsWith("ConfigMap"))
                        .toList(),
                is(List.of(
                        "ConfigMap old is changed with the canary, and the pods of Deployment shop-stable use it as well:"
                                + " they get the new content, at their next restart at the latest, although they were never tested"
                                + " with it. Give it another name for each version.")));
    }

    private static KubeObject configMap(String name, String value) {
        return KubeObject.of(Map.of(
                "apiVersion", "v1", "kind", "ConfigMap", "metadata", Map.of("name", name), "data", Map.of("a", value)));
    }

    @Test
    public void renderAndCheck_anything_writesNothing() {
        planner(DEPLOYMENT + SERVICE.formatted("lb", "app: shop"), 1, null).renderAndCheck();

        assertThat(cluster.version(), is(0));
        assertThat(report.lines, hasItem("checked: 3 objects by the API server (dry run)"));
    }

    @Test
    public void plan_besideStable_keepsTheTotal() {
        cluster.create(stable(3));

        Plan plan = plan(1, null);

        assertThat(plan.originalReplicas(), is(3));
        assertThat(plan.canaryStableReplicas(), is(2));
        assertThat(plan.service(), is("lb"));
        assertThat(KubeObject.of(plan.before()).integer(0, "spec", "replicas"), is(3));
    }

    @Test
    public void plan_canaryAsBigAsStable_leavesOneOfStable() {
        cluster.create(stable(3));

        assertThat(plan(5, null).canaryStableReplicas(), is(1));
        assertThat(plan(5, 3).canaryStableReplicas(), is(3));
    }

    @Test
    public void plan_firstRelease_hasNoStable() {
        Plan plan = plan(1, null);

        assertThat(plan.originalReplicas(), is(nullValue()));
        assertThat(plan.canaryStableReplicas(), is(nullValue()));
        assertThat(plan.before(), is(nullValue()));
    }

    @Test
    public void plan_stableThatWasScaledSinceTheCheck_isRenderedAndCheckedForItsNewSize() {
        cluster.create(stable(4));
        CanaryPlanner planner = planner(DEPLOYMENT, new CanarySize(null, 50, null));
        planner.renderAndCheck();
        cluster.get(Kind.DEPLOYMENT, "shop-stable").ifPresent(now -> cluster.update(now.with(10, "spec", "replicas")));

        Plan plan = planner.plan(false);

        assertThat(plan.canaryReplicas(), is(5));
        assertThat(plan.canaryStableReplicas(), is(5));
        assertThat(KubeObject.of(plan.canary()).integer(0, "spec", "replicas"), is(5));
        assertThat(report.lines.stream().filter(l -> l.startsWith("checked:")).count(), is(2L));
    }

    @Test
    public void plan_stableAsItWasChecked_isNotCheckedAgain() {
        cluster.create(stable(4));

        plan(1, null);

        assertThat(report.lines.stream().filter(l -> l.startsWith("checked:")).count(), is(1L));
    }

    private Plan plan(int replicas, Integer stableReplicas) {
        CanaryPlanner planner = planner(DEPLOYMENT + SERVICE.formatted("lb", "app: shop"), replicas, stableReplicas);
        planner.renderAndCheck();
        return planner.plan(false);
    }

    private void refused(String more, String message) {
        int version = cluster.version();

        UserException refusal = assertThrows(
                UserException.class, () -> planner(DEPLOYMENT + more, 1, null).renderAndCheck());

        assertThat(refusal.getMessage(), is(message));
        assertThat("nothing is written", cluster.version(), is(version));
    }

    private CanaryPlanner planner(String manifest, int replicas, Integer stableReplicas) {
        return planner(manifest, new CanarySize(replicas, null, stableReplicas));
    }

    private CanaryPlanner planner(String manifest, CanarySize size) {
        Session session = new Session(
                new Target("", "test", "shop"),
                cluster,
                new Actor("a", "shop #1", "", ""),
                Clock.fixed(NOW, ZoneOffset.UTC),
                report,
                NOW.plusSeconds(60),
                Duration.ofMinutes(1),
                new Wake(),
                Runs.UNKNOWN);
        Applying applying = new Applying(cluster, report);
        return new CanaryPlanner(
                session,
                AskedCanary.of("shop:2")
                        .files(Map.of("app.yml", manifest))
                        .secrets(secrets)
                        .size(size)
                        .rollbackOnFailure()
                        .request(),
                new Workloads(cluster, session.target(), new Claim(cluster, "shop"), applying),
                applying);
    }

    private static KubeObject stable(int replicas) {
        return stable(replicas, Map.of("app", "shop", "track", "stable"));
    }

    private static KubeObject stable(int replicas, Map<String, Object> selector) {
        return KubeObject.of(Map.of(
                "apiVersion",
                "apps/v1",
                "kind",
                "Deployment",
                "metadata",
                Map.of("name", "shop-stable"),
                "spec",
                Map.of(
                        "replicas",
                        replicas,
                        "selector",
                        Map.of("matchLabels", selector),
                        "template",
                        Map.of("metadata", Map.of("labels", selector)))));
    }
}
