package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;

/** What an API server has that no other does, or has in a moment only: custom resources, and namespaces that go. */
public class UnusualObjectsClusterTest {

    private static final String APP = "addressbook";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Kind DEFINITION = new Kind("apiextensions.k8s.io/v1", "CustomResourceDefinition");

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    /** A group of its own, since definitions belong to the whole cluster. */
    private final String group = "g" + UUID.randomUUID().toString().substring(0, 8) + ".example.com";

    private final Kind widget = new Kind(group + "/v1", "Widget");

    @After
    public void removeDefinition() {
        String name = "widgets." + group;
        TestCluster.insist(() -> target.cluster().get(DEFINITION, name).ifPresent(target.cluster()::delete));
    }

    @Test
    public void k27_customResourceIsAppliedWithWhatNobodyKnowsInIt_andRestored() throws Exception {
        define(Map.of("type", "object", "x-kubernetes-preserve-unknown-fields", true));
        deploy("1.0", "{size: 3, parts: [{name: a, weird: {deep: [1, null, 'x']}}], colour: 'yes'}");
        promote(3);
        Object first = spec();

        assertThat(
                first,
                is(Map.of(
                        "size",
                        3,
                        "colour",
                        "yes",
                        "parts",
                        List.of(Map.of("name", "a", "weird", Map.of("deep", deep()))))));

        deploy("1.1", "{size: 4, other: true}");
        assertThat(spec(), is(Map.of("size", 4, "other", true)));
        rollback();

        assertThat(engine.report.toString(), spec(), is(first));
    }

    private static List<Object> deep() {
        return java.util.Arrays.asList(1, null, "x");
    }

    @Test
    public void k27_fieldThatTheDefinitionDoesNotHave_isRefusedBeforeAnythingIsWritten() {
        define(Map.of(
                "type",
                "object",
                "properties",
                Map.of("spec", Map.of("type", "object", "properties", Map.of("size", Map.of("type", "integer"))))));

        UserException refused = assertThrows(UserException.class, () -> deploy("1.0", "{size: 3, sise: 4}"));

        assertThat(
                refused.getMessage(),
                allOf(startsWith("The API server refuses Widget w: "), containsString(".spec.sise")));
        assertNothingIsWritten(target.cluster());
    }

    @Test
    public void k27_definitionThatIsMissing_isNamedBeforeAnythingIsWritten() {
        UserException refused = assertThrows(UserException.class, () -> deploy("1.0", "{size: 3}"));

        assertThat(
                refused.getMessage(),
                is("The cluster has no Widget (" + group + "/v1): install what brings it (such as a"
                        + " CustomResourceDefinition), or correct 'apiVersion' and 'kind'."));
        assertNothingIsWritten(target.cluster());
    }

    @Test
    public void k28_namespaceThatIsBeingDeleted_isNamedBeforeAnythingIsWritten() throws Exception {
        String name = target.namespace() + "-goes";
        KubeObject held = KubeObject.of(Map.of(
                "apiVersion", "v1",
                "kind", "ConfigMap",
                "metadata", Map.of("name", "held", "finalizers", List.of("example.com/held"))));
        try (KubernetesConnection connection = KubernetesConnection.open(TestCluster.access())) {
            Cluster going = connection.namespace(name);
            going.create(
                    KubeObject.of(Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", name))));
            going.create(held);
            TestCluster.insist(
                    () -> going.delete(going.get(Kind.NAMESPACE, name).orElseThrow()));
            Awaitility.await()
                    .until(() -> going.get(Kind.NAMESPACE, name)
                            .orElseThrow()
                            .string("status", "phase")
                            .equals("Terminating"));
            Session session = engine.session(going, APP, MINUTE);

            UserException refused = assertThrows(
                    UserException.class,
                    () -> engine.run(
                            session,
                            new CanaryDeploy(session, AskedCanary.ofTag("1.0").request())));

            assertThat(
                    refused.getMessage(), containsString("in namespace " + name + " because it is being terminated"));
            assertNothingIsWritten(going);
            TestCluster.insist(() -> going.get(Kind.CONFIG_MAP, "held")
                    .ifPresent(now -> going.update(now.with(null, "metadata", "finalizers"))));
        }
    }

    /** Nothing can be checked in it before it is there. */
    @Test
    public void namespaceThatIsMissing_isAllThatARefusedReleaseMakes() throws Exception {
        String name = target.namespace() + "-new";
        Map<String, String> files = TestEngine.example(APP);
        files.put("namespace.yml", "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}\n");
        files.computeIfPresent("service.yml", (file, text) -> text.replace("port: 80", "port: 70000"));
        try (KubernetesConnection connection = KubernetesConnection.open(TestCluster.access())) {
            Cluster made = connection.namespace(name);
            Session session = engine.session(made, APP, MINUTE);
            try {
                UserException refused = assertThrows(
                        UserException.class,
                        () -> engine.run(
                                session,
                                new CanaryDeploy(
                                        session,
                                        AskedCanary.ofTag("1.0").files(files).request())));

                assertThat(refused.getMessage(), startsWith("The API server refuses Service addressbook-lb: "));
                assertThat(
                        engine.report.toString(),
                        containsString(
                                "applied: Namespace " + name + " (created, so that the rest can be checked in it)"));
                assertNothingIsWritten(made);
            } finally {
                TestCluster.insist(() -> made.get(Kind.NAMESPACE, name).ifPresent(made::delete));
            }
        }
    }

    private static void assertNothingIsWritten(Cluster cluster) {
        for (Kind kind : List.of(Kind.DEPLOYMENT, Kind.SERVICE, Kind.SECRET, Kind.LEASE)) {
            assertThat(
                    cluster.list(kind).stream()
                            .filter(object -> !object.name().startsWith("default-token-")) // of older API servers
                            .toList(),
                    is(List.of()));
        }
    }

    private void define(Map<String, Object> schema) {
        target.cluster()
                .create(KubeObject.of(Map.of(
                        "apiVersion",
                        DEFINITION.apiVersion(),
                        "kind",
                        DEFINITION.kind(),
                        "metadata",
                        Map.of("name", "widgets." + group),
                        "spec",
                        Map.of(
                                "group",
                                group,
                                "scope",
                                "Namespaced",
                                "names",
                                Map.of(
                                        "plural",
                                        "widgets",
                                        "singular",
                                        "widget",
                                        "kind",
                                        "Widget",
                                        "listKind",
                                        "Widgets"),
                                "versions",
                                List.of(Map.of(
                                        "name",
                                        "v1",
                                        "served",
                                        true,
                                        "storage",
                                        true,
                                        "schema",
                                        Map.of("openAPIV3Schema", schema)))))));
        Awaitility.await().ignoreExceptions().until(() -> {
            KubeObject probe = KubeObject.of(Map.of(
                    "apiVersion", widget.apiVersion(), "kind", widget.kind(), "metadata", Map.of("name", "probe")));
            return target.cluster().apply(probe, true, false) != null;
        });
    }

    private Object spec() {
        return target.cluster().get(widget, "w").orElseThrow().get("spec");
    }

    private void deploy(String tag, String spec) throws Exception {
        Map<String, String> files = TestEngine.example(APP);
        files.put(
                "widget.yml",
                "{apiVersion: " + widget.apiVersion() + ", kind: Widget, metadata: {name: w}, spec: " + spec + "}\n");
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(
                session,
                new CanaryDeploy(session, AskedCanary.ofTag(tag).files(files).request()));
    }

    private void promote(int replicas) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(
                session, new PromoteStable(session, new PromoteRequest(0, replicas, Duration.ZERO, false, Force.NONE)));
    }

    private void rollback() throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED));
    }
}
