package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.Rule;
import org.junit.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The Role of {@code docs/cluster.md} is enough for all that the plugin does, and nothing more is. */
public class RightsClusterTest {

    private static final Kind ROLE = new Kind("rbac.authorization.k8s.io/v1", "Role");

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    @Test
    public void documentedRoleIsEnough() throws Exception {
        try (KubernetesConnection limited = KubernetesConnection.open(serviceAccount(documentedRole()))) {
            Cluster cluster = limited.namespace(target.namespace());

            deploy(cluster, "1.0");
            run(cluster, session -> new TestCanary(session, 0, List.of(unreachable())));
            run(
                    cluster,
                    session -> new PromoteStable(session, new PromoteRequest(0, 2, Duration.ZERO, false, Force.NONE)));
            deploy(cluster, "1.1");
            run(
                    cluster,
                    session ->
                            new PromoteStable(session, new PromoteRequest(0, null, Duration.ZERO, false, Force.NONE)));
            deploy(cluster, "1.2");
            Outcome outcome = run(
                    cluster,
                    session -> new RollbackCanary(session, RollbackRequest.undo("", true), Approval.NOT_NEEDED));

            assertThat(outcome.release().phase(), is(Phase.ROLLED_BACK));
            assertThat(
                    engine.report.files.get("post-mortem/addressbook-3/cause.txt"),
                    org.hamcrest.Matchers.not(containsString("Could not be had")));
        }
    }

    @Test
    public void missingRightIsNamedBeforeAnythingIsWritten() throws Exception {
        KubeObject role = KubeObject.of(Map.of(
                "apiVersion", ROLE.apiVersion(),
                "kind", ROLE.kind(),
                "metadata", Map.of("name", "safe-deployments", "namespace", target.namespace()),
                "rules",
                        List.of(
                                Map.of(
                                        "apiGroups",
                                        List.of(""),
                                        "resources",
                                        List.of("secrets"),
                                        "verbs",
                                        List.of("list")),
                                Map.of(
                                        "apiGroups",
                                        List.of("apps"),
                                        "resources",
                                        List.of("deployments"),
                                        "verbs",
                                        List.of("get")),
                                Map.of(
                                        "apiGroups", List.of("coordination.k8s.io"),
                                        "resources", List.of("leases"),
                                        "verbs", List.of("get")))));
        try (KubernetesConnection limited = KubernetesConnection.open(serviceAccount(role))) {
            Cluster cluster = limited.namespace(target.namespace());

            UserException refused = assertThrows(UserException.class, () -> deploy(cluster, "1.0"));

            assertThat(
                    refused.getMessage(),
                    is("The credentials do not allow all that a release needs in namespace '" + target.namespace()
                            + "'. Missing: get, create, update, delete Secret; list, watch, create, update Lease; list, watch,"
                            + " create, patch, update, delete Deployment; list, watch ReplicaSet; list, watch Pod; list, watch"
                            + " EndpointSlice; get, create, patch, update Service; get, create Pod/exec. The Role in docs/cluster.md has all of"
                            + " it."));
            assertThat(target.cluster().list(Kind.LEASE), is(List.of()));
        }
    }

    @Test
    public void httpTestWithoutItsRightSaysSo() throws Exception {
        KubeObject role = documentedRole();
        List<Map<String, Object>> rules = role.list("rules").stream()
                .map(KubeObject::toMap)
                .filter(rule -> !rule.toString().contains("pods/proxy"))
                .toList();
        try (KubernetesConnection limited = KubernetesConnection.open(serviceAccount(role.with(rules, "rules")))) {
            Cluster cluster = limited.namespace(target.namespace());
            deploy(cluster, "1.0");

            UserException refused = assertThrows(
                    UserException.class,
                    () -> run(cluster, session -> new TestCanary(session, 0, List.of(unreachable()))));

            assertThat(refused.getMessage(), containsString("The API server does not let a test ask the pod: "));
            assertThat(refused.getMessage(), containsString("cannot get resource \"pods/proxy\""));
        }
    }

    /** Nobody answers at a pod's address, but whoever says so is asked only with the right to it. */
    private static HttpTest unreachable() {
        return new HttpTest(
                "/", "", "http", "200-599", "", 1, Duration.ofSeconds(1), Duration.ofSeconds(60), CanaryCheck.Pods.ONE);
    }

    private void deploy(Cluster cluster, String tag) throws Exception {
        run(
                cluster,
                session -> new CanaryDeploy(
                        session,
                        AskedCanary.ofTag(tag)
                                .tests(List.of(new CommandTest(List.of("true"), "", Duration.ofSeconds(20))))
                                .request()));
    }

    private Outcome run(Cluster cluster, java.util.function.Function<Session, Operation> operation) throws Exception {
        Session session = engine.session(cluster, "addressbook", Duration.ofMinutes(1));
        return engine.run(session, operation.apply(session));
    }

    private KubeObject documentedRole() throws Exception {
        String page = Files.readString(Path.of("docs/cluster.md"));
        Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat("docs/cluster.md shows a Role", block.find(), is(true));
        Map<String, Object> role = new Yaml(new SafeConstructor(new LoaderOptions())).load(block.group(1));
        return KubeObject.of(role).with(target.namespace(), "metadata", "namespace");
    }

    /** A service account with a role and nothing else. */
    private ClusterAccess serviceAccount(KubeObject role) throws Exception {
        Cluster cluster = target.cluster();
        cluster.create(role);
        cluster.create(object("v1", "ServiceAccount", "limited", Map.of()));
        cluster.create(object(
                ROLE.apiVersion(),
                "RoleBinding",
                "limited",
                Map.of(
                        "roleRef", Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "Role", "name", role.name()),
                        "subjects",
                                List.of(Map.of(
                                        "kind",
                                        "ServiceAccount",
                                        "name",
                                        "limited",
                                        "namespace",
                                        target.namespace())))));
        cluster.create(object("v1", "Secret", "limited-token", Map.of("type", "kubernetes.io/service-account-token"))
                .with("limited", "metadata", "annotations", "kubernetes.io/service-account.name"));
        Awaitility.await().until(() -> !token().isEmpty());
        ClusterAccess admin = TestCluster.access();
        String token = new String(Base64.getDecoder().decode(token()), StandardCharsets.UTF_8);
        return new ClusterAccess(admin.url(), admin.caCertificate(), token, "", "", false);
    }

    private String token() {
        return target.cluster().get(Kind.SECRET, "limited-token").orElseThrow().string("data", "token");
    }

    private KubeObject object(String apiVersion, String kind, String name, Map<String, Object> more) {
        KubeObject object = KubeObject.of(Map.of(
                "apiVersion", apiVersion,
                "kind", kind,
                "metadata", Map.of("name", name, "namespace", target.namespace())));
        for (Map.Entry<String, Object> field : more.entrySet()) {
            object = object.with(field.getValue(), field.getKey());
        }
        return object;
    }
}
