package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.Served;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One client for one cluster and one set of credentials, shared by everything that uses both. Close it to end all. */
public final class KubernetesConnection implements AutoCloseable {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;

    private final KubernetesClient client;
    private final Rest rest;
    private final ResourceTypes types;
    private final AccessReviews rights;
    private final Later later;
    private final Map<String, NamespaceWatch> watches = new ConcurrentHashMap<>();

    private KubernetesConnection(KubernetesClient client, String server, Later later) {
        this.client = client;
        this.later = later;
        this.rest = new Rest(client.getHttpClient(), server);
        this.types = new ResourceTypes(rest);
        rights = new AccessReviews(rest, Clock.systemUTC());
    }

    /** Makes a client with a budget of its own; nothing is sent yet. */
    @NonNull
    public static KubernetesConnection open(ClusterAccess access) {
        return open(access, new RequestBudget(Clock.systemUTC()));
    }

    /**
     * Makes a client; nothing is sent yet.
     *
     * @param budget that its requests are counted against, shared by all clients of one API server
     */
    @NonNull
    public static KubernetesConnection open(ClusterAccess access, RequestBudget budget) {
        return open(access, budget, Later.SHARED);
    }

    /** @param later gives its watches their time */
    @NonNull
    static KubernetesConnection open(ClusterAccess access, RequestBudget budget, Later later) {
        // From an empty one: what is in the environment, ~/.kube or a pod's service account must never be picked up.
        Config config = new ConfigBuilder(Config.empty())
                .withAutoConfigure(false)
                .withMasterUrl(access.url())
                .withCaCertData(base64(access.caCertificate()))
                .withOauthToken(nullIfEmpty(access.token()))
                .withClientCertData(base64(access.clientCertificate()))
                .withClientKeyData(base64(access.clientKey()))
                .withTrustCerts(access.skipTlsVerify())
                .withDisableHostnameVerification(access.skipTlsVerify())
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(ANSWER_MILLIS)
                // what may be repeated is repeated by who knows what it was for
                .withRequestRetryBackoffLimit(0)
                .withUserAgent("jenkins-safe-deployments")
                .build();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new Transport())
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("BUDGET", new Counter(budget)))
                .build();
        return new KubernetesConnection(client, access.url(), later);
    }

    private static String base64(String pem) {
        return pem.isEmpty()
                ? null
                : Base64.getEncoder().encodeToString(pem.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    /** One namespace of the cluster. */
    @NonNull
    public Cluster namespace(String namespace) {
        return new KubernetesCluster(
                client, rest, types, rights, namespace, () -> watches.computeIfAbsent(namespace, this::watch));
    }

    private NamespaceWatch watch(String namespace) {
        return new NamespaceWatch(
                (kind, changed) -> {
                    Served type = types.served(kind);
                    String path = KubernetesCluster.path(type.kind(), type.type(), namespace, "");
                    return new KindWatch(rest, type, path, changed, later);
                },
                later);
    }

    /** Asks the API server who it is: {@code v1.30.2}. */
    @NonNull
    public String version() {
        return rest.version();
    }

    @Override
    public void close() {
        watches.values().forEach(NamespaceWatch::close);
        client.close();
    }

    /** Counts whatever is sent: requests, watches, and commands in containers. */
    private record Counter(RequestBudget budget) implements Interceptor {

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            budget.spend(1);
        }
    }
}
