package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.kubernetes.FastTime;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

/** Rollouts on a real API server that do not get done, each for a reason of its own. */
public class RolloutClusterTest {

    private static final String APP = "addressbook";

    /** By the engine's clock; longer than any of these takes. */
    private static final Duration LIMIT = FastTime.of(Duration.ofMinutes(2));

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = TestEngine.fast();

    @Test
    public void progressIsATableThatGrowsOnlyOnChange() throws Exception {
        deploy("1.0-slow", LIMIT);

        List<String> table = engine.report.lines.stream()
                .filter(line -> line.startsWith("canary: ") && line.matches(".*(desired|\\d  ).*"))
                .toList();
        assertThat(table.get(0), is("canary: desired  updated  ready  available  in Service"));
        assertThat(table.size(), greaterThan(2));
        assertThat(
                table.get(table.size() - 1),
                matchesPattern("canary: {7}1 {8}1 {6}1 {10}1 {11}1  serves after [0-9.]+ s"));
        assertThat("each row once", table.stream().distinct().count(), is((long) table.size()));
    }

    @Test
    public void probeThatNeverPassesIsNamedWithItsLastMessage() {
        UserException failure = failure("1.0-never-ready", Duration.ofSeconds(20));

        assertThat(failure.getMessage(), containsString("was not ready in time (1/1 updated, 0/1 available"));
        assertThat(failure.getMessage(), containsString("container addressbook runs, but its readiness probe (GET /"));
        assertThat(
                failure.getMessage(),
                containsString(
                        " has not passed yet: Readiness probe failed: HTTP probe failed with statuscode: 503. See the"));
        assertThat(failure.getMessage(), endsWith("Raise 'timeout' if it only needs longer."));
        assertThat(engine.report.lines, hasItem(startsWith("canary: still waiting: Pod addressbook-canary-")));
    }

    @Test
    public void containerOutOfMemoryIsNamedAndItsLastLinesAreShown() {
        UserException failure = failure("1.0-oom", LIMIT);

        assertThat(
                failure.getMessage(),
                allOf(
                        containsString("it keeps crashing (3 restarts, last exit code 137, OOMKilled)"),
                        containsString("raise the limit")));
        assertThat(engine.report.toString(), engine.report.lines, hasItem(startsWith("| ")));
    }

    @Test
    public void missingConfigurationIsNamed() {
        UserException failure = failure("1.0-config-fail", LIMIT);

        assertThat(failure.getMessage(), containsString("it cannot be created (CreateContainerConfigError"));
        assertThat(engine.report.lines, hasItem(startsWith("canary: still waiting: Pod addressbook-canary-")));
    }

    @Test
    public void limitRangeIsNamed() {
        target.cluster()
                .create(object(
                        "v1",
                        "LimitRange",
                        "small",
                        Map.of("limits", List.of(Map.of("type", "Container", "max", Map.of("memory", "1Mi"))))));

        UserException failure = failure("1.0", LIMIT);

        assertThat(failure.getMessage(), startsWith("No pod of Deployment addressbook-canary can be created"));
        assertThat(
                failure.getMessage(),
                allOf(containsString("maximum memory usage per Container"), containsString("LimitRange forbids it")));
    }

    @Test
    public void silentAdmissionWebhookIsNamed() {
        KubeObject namespace =
                target.cluster().get(Kind.NAMESPACE, target.namespace()).orElseThrow();
        target.cluster()
                .merge(
                        namespace,
                        KubeObject.of(Map.of("metadata", Map.of("labels", Map.of("webhook-of", target.namespace())))));
        KubeObject webhook = target.cluster().create(webhook());
        try {
            UserException failure = failure("1.0", LIMIT);

            assertThat(
                    failure.getMessage(),
                    allOf(
                            startsWith("No pod of Deployment addressbook-canary can be created"),
                            containsString("failed calling webhook \"silent.example.com\""),
                            containsString("does not answer")));
        } finally {
            target.cluster().delete(webhook);
        }
    }

    @Test
    public void deploymentMadeAnewBySomebodyIsNotWaitedFor() throws Exception {
        Session session = engine.session(target.cluster(), APP, LIMIT);
        OperationRun run = engine.start(session, new CanaryDeploy(session, request("1.0-never-ready")));
        org.awaitility.Awaitility.await()
                .until(() -> engine.report.lines.stream().anyMatch(line -> line.contains("desired")));
        TestCluster.insist(() -> {
            KubeObject canary =
                    target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").orElseThrow();
            target.cluster().delete(canary);
            target.cluster()
                    .create(canary.with(null, "metadata", "uid")
                            .with(null, "metadata", "resourceVersion")
                            .with(null, "status"));
        });

        UserException failure = assertThrows(UserException.class, () -> TestEngine.await(run));

        assertThat(
                failure.getMessage(),
                matchesPattern("Deployment addressbook-canary (was deleted and made anew|is gone).*"));
    }

    /** It is ready, and fails in the traffic. */
    @Test
    public void canaryThatCrashesWhileItSoaksIsNamed() {
        UserException failure = assertThrows(
                UserException.class,
                () -> deploy(
                        AskedCanary.ofTag("1.0-late-crash")
                                .soak(Duration.ofMinutes(2))
                                .request(),
                        LIMIT));

        assertThat(
                failure.getMessage(),
                startsWith("The canary was restarted while it was watched: addressbook of pod addressbook-canary-"));
        assertThat(engine.report.lines, hasItem(startsWith("soak: the canary has to stay well until ")));
    }

    @Test
    public void canaryThatStaysWellForItsTimeIsReady() throws Exception {
        deploy(AskedCanary.ofTag("1.0").soak(Duration.ofSeconds(10)).request(), LIMIT);

        assertThat(engine.report.lines, hasItem("soak: passed"));
    }

    private UserException failure(String tag, Duration timeout) {
        return assertThrows(UserException.class, () -> deploy(tag, timeout));
    }

    private void deploy(String tag, Duration timeout) throws Exception {
        deploy(request(tag), timeout);
    }

    private void deploy(CanaryRequest request, Duration timeout) throws Exception {
        Session session = engine.session(target.cluster(), APP, timeout);
        engine.run(session, new CanaryDeploy(session, request));
    }

    private static CanaryRequest request(String tag) {
        return AskedCanary.ofTag(tag).request();
    }

    private static KubeObject object(String apiVersion, String kind, String name, Map<String, ?> spec) {
        return KubeObject.of(
                Map.of("apiVersion", apiVersion, "kind", kind, "metadata", Map.of("name", name), "spec", spec));
    }

    /** One that nobody listens to, asked for the pods of this test's namespace only. */
    private KubeObject webhook() {
        return KubeObject.of(Map.of(
                "apiVersion",
                "admissionregistration.k8s.io/v1",
                "kind",
                "ValidatingWebhookConfiguration",
                "metadata",
                Map.of("name", target.namespace()),
                "webhooks",
                List.of(Map.of(
                        "name", "silent.example.com",
                        "clientConfig", Map.of("url", "https://127.0.0.1:1/"),
                        "namespaceSelector", Map.of("matchLabels", Map.of("webhook-of", target.namespace())),
                        "rules",
                                List.of(Map.of(
                                        "apiGroups", List.of(""),
                                        "apiVersions", List.of("v1"),
                                        "operations", List.of("CREATE"),
                                        "resources", List.of("pods"))),
                        "sideEffects", "None",
                        "timeoutSeconds", 1,
                        "admissionReviewVersions", List.of("v1")))));
    }
}
