package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.junit.Assume.assumeTrue;

import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.Kubeconfig;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.rules.ExternalResource;

/**
 * A namespace of its own on a real API server, given by the kubeconfig that the environment variable {@code
 * SAFE_DEPLOYMENTS_KUBECONFIG} names; without it the tests are skipped.
 */
public final class TestCluster extends ExternalResource {

    private static final Kind SERVICE_ACCOUNT = new Kind("v1", "ServiceAccount");

    private KubernetesConnection connection;
    private String namespace;

    /** The kubeconfig's text; skips the test if there is none. */
    public static String kubeconfig() throws IOException {
        String file = System.getenv("SAFE_DEPLOYMENTS_KUBECONFIG");
        assumeTrue("SAFE_DEPLOYMENTS_KUBECONFIG names no kubeconfig", file != null && !file.isEmpty());
        return Files.readString(Path.of(file));
    }

    public static ClusterAccess access() throws IOException {
        return Kubeconfig.read(kubeconfig());
    }

    @Override
    protected void before() throws IOException {
        connection = KubernetesConnection.open(access());
        namespace = "test-" + UUID.randomUUID().toString().substring(0, 8);
        cluster()
                .create(KubeObject.of(
                        Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", namespace))));
        // made by a controller, a moment later; without it the API server takes no pods
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster().get(SERVICE_ACCOUNT, "default").isPresent());
    }

    /**
     * Looks and writes, again if need be: the cluster writes the status of what it works on several times a second, and what
     * was seen before cannot be written any more then.
     */
    public static void insist(Runnable lookAndWrite) {
        Awaitility.await().ignoreExceptionsInstanceOf(ClusterException.class).until(() -> {
            lookAndWrite.run();
            return true;
        });
    }

    public Cluster cluster() {
        return connection.namespace(namespace);
    }

    public String namespace() {
        return namespace;
    }

    /** Writes as another program does, under the name of its field manager. */
    public void writeAs(String manager, String method, String path, Map<String, Object> object) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig()))
                .build()) {
            client.raw(path.replace("NAMESPACE", namespace) + "?fieldManager=" + manager, method, object);
        }
    }

    /**
     * Gives a pod an address where somebody listens. The kubelets that are played leave it as it is until they have something
     * to say about the pod; the API server refuses to ask loopback addresses.
     */
    public void address(String pod, String ip) throws IOException {
        Config config = Config.fromKubeconfig(kubeconfig());
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            client.pods().inNamespace(namespace).withName(pod).editStatus(seen -> {
                seen.getStatus().setPodIP(ip);
                seen.getStatus().setPodIPs(List.of(new PodIP(ip)));
                return seen;
            });
        }
    }

    @Override
    protected void after() {
        if (connection != null) {
            cluster().get(Kind.NAMESPACE, namespace).ifPresent(cluster()::delete);
            connection.close();
        }
    }
}
