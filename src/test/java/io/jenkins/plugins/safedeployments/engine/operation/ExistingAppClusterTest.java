package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.Rule;
import org.junit.Test;

/** What was there before the plugin came, or belongs to others, on a real API server. */
public class ExistingAppClusterTest {

    private static final String APP = "addressbook";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Kind CONFIG_MAP = new Kind("v1", "ConfigMap");
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/NAMESPACE/deployments";

    @Rule
    public final TestCluster target = new TestCluster();

    @Rule
    public final TestEngine engine = new TestEngine();

    @Test
    public void appThatKubectlAppliedIsTakenOverWithoutLosingItsSize() throws Exception {
        kubectlApplied("kubectl-client-side-apply", Map.of("app", APP));

        deploy("1.1", Map.of());
        promote();

        KubeObject stable = stable();
        assertThat(image(stable), is("registry.example.com/addressbook:1.1"));
        assertThat(stable.integer(0, "spec", "replicas"), is(3));
        assertThat(
                "nobody else owns any of its fields",
                stable.list("metadata", "managedFields").stream()
                        .map(field -> field.string("manager"))
                        .filter(manager -> manager.startsWith("kubectl"))
                        .toList(),
                is(List.of()));
        assertThat("what the manifest does not have any more goes", stable.annotation("made-by-hand"), is(nullValue()));
        assertThat(engine.report.lines, hasItem(containsString("takes over: Deployment addressbook-stable: .spec")));

        deploy("1.2", Map.of());
        promote();
        assertThat(image(stable()), is("registry.example.com/addressbook:1.2"));
        assertThat(stable().integer(0, "spec", "replicas"), is(3));
    }

    @Test
    public void appThatKubectlAppliedIsRestoredByARollbackOfItsPromotion() throws Exception {
        kubectlApplied("kubectl-client-side-apply", Map.of("app", APP));
        KubeObject before = stable();
        deploy("1.1", Map.of());
        Session session = engine.session(target.cluster(), APP, MINUTE);
        OperationRun promotion = engine.start(
                session,
                new PromoteStable(session, new PromoteRequest(0, null, Duration.ofHours(1), false, Force.NONE)));
        org.awaitility.Awaitility.await()
                .atMost(MINUTE)
                .until(() -> promotion.status().equals("letting the canary's connections drain"));
        promotion.stop("Aborted by alice"); // so that it comes to nothing
        assertThrows(UserException.class, () -> TestEngine.await(promotion));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.1"));
        assertThat("it is in no manifest", stable().annotation("made-by-hand"), is(nullValue()));

        rollback(RollbackRequest.undo("", false));

        assertThat(image(stable()), is("registry.example.com/addressbook:1.0"));
        assertThat(stable().map("spec"), is(before.map("spec")));
        assertThat(stable().annotation("made-by-hand"), is("yes"));
    }

    @Test
    public void fieldsOfAnotherControllerAreLeftUnlessForced() throws Exception {
        kubectlApplied("argocd-controller", Map.of("app", APP, "track", "stable"));

        UserException refused = assertThrows(UserException.class, () -> deploy("1.1", Map.of()));
        assertThat(
                refused.getMessage(),
                containsString("Deployment addressbook-stable has fields that somebody else manages"));
        assertThat(refused.getMessage(), containsString("(by 'argocd-controller')"));
        assertThat(refused.getMessage(), containsString("or take them over with 'force' and a 'reason'."));

        run(request("1.1", files(Map.of()), new Force(true, "argo is switched off")));
        promote();
        assertThat(image(stable()), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void configThatCameWithAReleaseGoesBackWithIt() throws Exception {
        Map<String, Object> before = Map.of("greeting", "hello");
        deploy("1.0", before);
        promote();

        deploy("1.1", Map.of("greeting", "bonjour", "farewell", "adieu"));
        assertThat(config("settings").string("data", "greeting"), is("bonjour"));
        rollback(RollbackRequest.undo("too french", false));

        assertThat(config("settings").map("data"), is(before));
        assertThat(engine.report.lines, hasItem("restored: ConfigMap settings is as it was before the release"));

        deploy("1.2", Map.of("greeting", "ciao"));
        promote();
        rollback(new RollbackRequest("previous", "too italian", false, false, false, Force.NONE));

        assertThat(config("settings").map("data"), is(before));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void configThatSomebodyChangedSinceTheReleaseIsLeftToThem() throws Exception {
        deploy("1.0", Map.of("greeting", "hello"));
        promote();
        deploy("1.1", Map.of("greeting", "hallo"));
        Instant later = Instant.now().plusSeconds(1); // the API server notes whole seconds
        org.awaitility.Awaitility.await().until(() -> Instant.now().isAfter(later));
        target.writeAs(
                "kubectl-edit",
                "PUT",
                "/api/v1/namespaces/NAMESPACE/configmaps/settings",
                config("settings").with("salut", "data", "greeting").toMap());

        rollback(RollbackRequest.undo("", false));

        assertThat(config("settings").map("data"), is(Map.of("greeting", "salut")));
        assertThat(
                engine.report.lines,
                hasItem(containsString("ConfigMap settings IS LEFT AS IT IS, not as it was before the release:"
                        + " 'kubectl-edit' has changed it since")));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void configThatKubectlAppliedLosesWhatTheManifestLeavesOut() throws Exception {
        Map<String, Object> before = Map.of("greeting", "hello", "farewell", "bye");
        target.writeAs(
                "kubectl-client-side-apply",
                "POST",
                "/api/v1/namespaces/NAMESPACE/configmaps",
                Map.of("metadata", Map.of("name", "settings"), "data", before));
        target.writeAs(
                "kubectl-edit",
                "PUT",
                "/api/v1/namespaces/NAMESPACE/configmaps/settings",
                config("settings").with("yes", "data", "byHand").toMap());
        deploy("1.0", Map.of("greeting", "hallo"));

        assertThat(config("settings").map("data"), is(Map.of("greeting", "hallo", "byHand", "yes")));

        rollback(RollbackRequest.undo("", false));

        assertThat(config("settings").map("data"), is(Map.of("greeting", "hello", "farewell", "bye", "byHand", "yes")));
    }

    @Test
    public void canaryThatSomebodyChangedIsNotPromotedUnlessForced() throws Exception {
        deploy("1.0", Map.of());
        promote();
        deploy("1.1", Map.of());
        changeCanary("kubectl-scale", canary -> canary.with(2, "spec", "replicas"));
        String image = "registry.example.com/addressbook:1.2-hotfix";
        changeCanary("kubectl-set", canary -> {
            KubeObject container =
                    canary.list("spec", "template", "spec", "containers").get(0);
            return canary.with(
                    List.of(container.with(image, "image").toMap()), "spec", "template", "spec", "containers");
        });

        UserException refused = assertThrows(UserException.class, this::promote);

        assertThat(
                refused.getMessage(),
                containsString(
                        "'kubectl-set' has changed the canary of release 2 (registry.example.com/addressbook:1.1) since"));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void stableThatSomebodyChangedIsNotOverwrittenUnlessForced() throws Exception {
        kubectlApplied("kubectl-client-side-apply", Map.of("app", APP));
        deploy("1.1", Map.of());
        change("stable", "kubectl-scale", stable -> stable.with(4, "spec", "replicas"));
        change(
                "stable",
                "kubectl-rollout",
                stable -> stable.with(
                        "2026-01-05T10:00:00Z",
                        "spec",
                        "template",
                        "metadata",
                        "annotations",
                        "kubectl.kubernetes.io/restartedAt"));
        promote();
        assertThat(image(stable()), is("registry.example.com/addressbook:1.1"));

        deploy("1.2", Map.of());
        change(
                "stable",
                "kubectl-set",
                stable -> stable.with(7, "spec", "template", "spec", "terminationGracePeriodSeconds"));
        UserException refused = assertThrows(UserException.class, this::promote);

        assertThat(
                refused.getMessage(),
                containsString("'kubectl-set' has changed Deployment addressbook-stable since release 2"));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.1"));
        Session session = engine.session(target.cluster(), APP, MINUTE);
        Force force = new Force(true, "it is in the manifests as well");
        engine.run(session, new PromoteStable(session, new PromoteRequest(0, null, Duration.ZERO, false, force)));
        assertThat(
                engine.report.lines, hasItem("takes over: Deployment addressbook-stable: all fields of 'kubectl-set'"));
    }

    private void changeCanary(String manager, UnaryOperator<KubeObject> change) throws Exception {
        change("canary", manager, change);
    }

    private void change(String track, String manager, UnaryOperator<KubeObject> change) throws Exception {
        Instant later = Instant.now().plusSeconds(1); // the API server notes whole seconds
        org.awaitility.Awaitility.await().until(() -> Instant.now().isAfter(later));
        KubeObject seen =
                target.cluster().get(Kind.DEPLOYMENT, APP + "-" + track).orElseThrow();
        target.writeAs(
                manager,
                "PUT",
                "/apis/apps/v1/namespaces/NAMESPACE/deployments/" + APP + "-" + track,
                change.apply(seen.with(null, "metadata", "resourceVersion")).toMap());
    }

    @Test
    public void configThatAReleaseBroughtGoesAgainWithIt() throws Exception {
        deploy("1.0", Map.of());
        promote();

        deploy("1.1", Map.of("greeting", "hello"));
        rollback(RollbackRequest.undo("", false));

        assertThat(target.cluster().get(CONFIG_MAP, "settings").isPresent(), is(false));
    }

    @Test
    public void autoscalerKeepsItsMinimumRaisedOnlyWhilePodsAreExchanged() throws Exception {
        deploy("1.0", Map.of());
        promote();
        target.cluster()
                .create(KubeObject.of(Map.of(
                        "apiVersion",
                        "autoscaling/v1",
                        "kind",
                        "HorizontalPodAutoscaler",
                        "metadata",
                        Map.of("name", "load", "namespace", target.namespace()),
                        "spec",
                        Map.of(
                                "minReplicas",
                                2,
                                "maxReplicas",
                                6,
                                "scaleTargetRef",
                                Map.of("apiVersion", "apps/v1", "kind", "Deployment", "name", "addressbook-stable")))));

        deploy("1.1", Map.of());
        assertThat("stable is left to its autoscaler", stable().integer(0, "spec", "replicas"), is(3));
        promote();

        assertThat(
                engine.report.lines, hasItem("autoscaler: HorizontalPodAutoscaler load: minimum raised from 2 to 3"));
        assertThat(engine.report.lines, hasItem("autoscaler: HorizontalPodAutoscaler load: minimum is 2 again"));
        KubeObject autoscaler = target.cluster().get(Kind.AUTOSCALER, "load").orElseThrow();
        assertThat(autoscaler.integer(0, "spec", "minReplicas"), is(2));
        assertThat(autoscaler.annotation(Names.MIN_REPLICAS), is(nullValue()));
        assertThat(stable().integer(0, "spec", "replicas"), is(3));
    }

    @Test
    public void sizeThatIsAskedToBeSmallerIsSetWhenTheCanaryIsGone() throws Exception {
        deploy("1.0", Map.of());
        promote();
        deploy("1.1", Map.of());

        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new PromoteStable(session, new PromoteRequest(0, 1, Duration.ZERO, false, Force.NONE)));

        assertThat(stable().integer(0, "spec", "replicas"), is(1));
        int removed = engine.report.lines.lastIndexOf("canary: removed: stable serves");
        assertThat(engine.report.lines.lastIndexOf("stable: resized from 2 to 1"), is(removed + 1));
    }

    @Test
    public void serviceOfBeforeIsRestoredWhenStableIsBackAndNotEarlier() throws Exception {
        run(request("1.0", withService("one", "{app: addressbook, version: one}"), Force.NONE));
        promote();
        run(request("1.1", withService("two", "{app: addressbook}"), Force.NONE));
        assertThat(service().map("spec", "selector"), is(Map.of("app", APP)));

        rollback(RollbackRequest.undo("", false));

        assertThat(service().map("spec", "selector"), is(Map.of("app", APP, "version", "one")));
        int restored = engine.report.lines.lastIndexOf("restored: Service web is as it was before the release");
        assertThat(engine.report.lines.get(restored + 1), is("canary: removed"));
    }

    @Test
    public void returnToPodsThatTheServiceDoesNotFindIsRefused() throws Exception {
        run(request("1.0", withService("one", "{app: addressbook}"), Force.NONE));
        promote();
        run(request("1.1", withService("two", "{app: addressbook}"), Force.NONE));
        promote();
        target.cluster().merge(service(), KubeObject.of(Map.of("spec", Map.of("selector", Map.of("version", "two")))));

        UserException refused = assertThrows(
                UserException.class, () -> rollback(new RollbackRequest("1", "", false, false, false, Force.NONE)));

        assertThat(refused.getMessage(), containsString("so they would get no traffic"));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void serviceWithALabelOfSomebodyElseThatHidesTheCanaryIsRefused() throws Exception {
        deploy("1.0", Map.of());
        promote();
        target.writeAs(
                "somebody",
                "POST",
                "/api/v1/namespaces/NAMESPACE/services",
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Service",
                        "metadata",
                        Map.of("name", "web"),
                        "spec",
                        Map.of(
                                "selector",
                                Map.of("app", APP, "track", "stable"),
                                "ports",
                                List.of(Map.of("port", 80, "protocol", "TCP")))));

        UserException refused = assertThrows(
                UserException.class, () -> run(request("1.1", withService("two", "{app: addressbook}"), Force.NONE)));

        assertThat(refused.getMessage(), containsString("Service web reaches only one of the two tracks"));
    }

    private static Map<String, String> withService(String version, String selector) {
        Map<String, String> files = files(Map.of());
        files.replace(
                "app.yml",
                files.get("app.yml")
                        .replace("labels: {app: addressbook}", "labels: {app: addressbook, version: " + version + "}"));
        files.put(
                "service.yml",
                "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: " + selector
                        + ", ports: [{port: 80, protocol: TCP}]}}");
        return files;
    }

    private KubeObject service() {
        return target.cluster().get(Kind.SERVICE, "web").orElseThrow();
    }

    @Test
    public void quotaWithoutRoomForTheCanaryIsNamedBeforeAnythingIsWritten() throws Exception {
        deploy("1.0", Map.of());
        promote();
        target.cluster()
                .create(KubeObject.of(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "ResourceQuota",
                        "metadata",
                        Map.of("name", "small", "namespace", target.namespace()),
                        "spec",
                        Map.of("hard", Map.of("pods", "3", "requests.cpu", "10")))));
        org.awaitility.Awaitility.await()
                .until(() -> "3"
                        .equals(target.cluster().list(Kind.RESOURCE_QUOTA).stream()
                                .map(quota -> quota.map("status", "used").get("pods"))
                                .findFirst()
                                .orElse(null)));

        UserException refused = assertThrows(UserException.class, () -> deploy("1.1", Map.of()));

        assertThat(
                refused.getMessage(),
                is(
                        "ResourceQuota small leaves no room for the canary: of 3 pods, 3 are used, and 1 pod needs 1 more, since it"
                                + " comes up beside all of stable. Raise the quota, or ask for less."));
    }

    @Test
    public void imageThatIsGoneIsFoundOutBeforeStableReturnsToIt() throws Exception {
        deploy("1.0", Map.of());
        promote();
        deploy("1.1", Map.of());
        promote();

        rollback(new RollbackRequest("1", "", false, false, true, Force.NONE));

        assertThat(
                engine.report.lines,
                hasItem("image: of release 1 (registry.example.com/addressbook:1.0) can be pulled"));
        assertThat(image(stable()), is("registry.example.com/addressbook:1.0"));
        assertThat(
                target.cluster()
                        .get(Kind.POD, "safe-deployments-addressbook-probe")
                        .isPresent(),
                is(false));
    }

    private void kubectlApplied(String manager, Map<String, Object> selector) throws Exception {
        Map<String, Object> labels = new HashMap<>(selector);
        labels.put("app", APP);
        labels.put("deployment", "addressbook-stable");
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", "addressbook");
        container.put("image", "registry.example.com/addressbook:1.0");
        target.writeAs(
                manager,
                "POST",
                DEPLOYMENTS,
                Map.of(
                        "apiVersion",
                        "apps/v1",
                        "kind",
                        "Deployment",
                        "metadata",
                        Map.of("name", "addressbook-stable", "annotations", Map.of("made-by-hand", "yes")),
                        "spec",
                        Map.of(
                                "replicas",
                                3,
                                "selector",
                                Map.of("matchLabels", selector),
                                "template",
                                Map.of(
                                        "metadata",
                                        Map.of("labels", labels),
                                        "spec",
                                        Map.of("containers", List.of(container))))));
    }

    private static Map<String, String> files(Map<String, Object> config) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("app.yml", """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: addressbook
                spec:
                  replicas: 3
                  selector:
                    matchLabels: {app: addressbook}
                  template:
                    metadata:
                      labels: {app: addressbook}
                    spec:
                      containers:
                      - name: addressbook
                        image: registry.example.com/addressbook:0
                        readinessProbe: {httpGet: {path: /, port: 80}}
                """);
        if (!config.isEmpty()) {
            StringBuilder text =
                    new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n");
            config.forEach((key, value) ->
                    text.append("  ").append(key).append(": ").append(value).append('\n'));
            files.put("config.yml", text.toString());
        }
        return files;
    }

    private static CanaryRequest request(String tag, Map<String, String> files, Force force) {
        return AskedCanary.ofTag(tag)
                .files(files)
                .rollbackOnFailure()
                .force(force)
                .request();
    }

    private Outcome deploy(String tag, Map<String, Object> config) throws Exception {
        return run(request(tag, files(config), Force.NONE));
    }

    private Outcome run(CanaryRequest request) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(session, new CanaryDeploy(session, request));
    }

    private Outcome promote() throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(
                session, new PromoteStable(session, new PromoteRequest(0, null, Duration.ZERO, false, Force.NONE)));
    }

    private Outcome rollback(RollbackRequest request) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(session, new RollbackCanary(session, request, Approval.NOT_NEEDED));
    }

    private KubeObject stable() {
        return target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").orElseThrow();
    }

    private KubeObject config(String name) {
        return target.cluster().get(CONFIG_MAP, name).orElseThrow();
    }

    private static String image(KubeObject deployment) {
        return deployment.list("spec", "template", "spec", "containers").get(0).string("image");
    }
}
