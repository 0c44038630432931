package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.ResourceType;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.Served;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The port to a cluster, by the fabric8 client. */
final class KubernetesCluster implements Cluster {

    /** A megabyte of a container's log is more than anybody reads, and fits in memory for many at a time. */
    private static final int LOG_BYTES = 1024 * 1024;

    private final KubernetesClient client;
    private final Rest rest;
    private final ResourceTypes types;
    private final String namespace;
    private final Supplier<NamespaceWatch> watch;
    private final AccessReviews rights;

    KubernetesCluster(
            KubernetesClient client,
            Rest rest,
            ResourceTypes types,
            AccessReviews rights,
            String namespace,
            Supplier<NamespaceWatch> watch) {
        this.rights = rights;
        this.client = client;
        this.rest = rest;
        this.types = types;
        this.namespace = namespace;
        this.watch = watch;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public boolean isNamespaced(Kind kind) {
        return types.of(kind).namespaced();
    }

    @Override
    public boolean isAllowed(String verb, Kind kind, String subresource) {
        Served type = types.served(kind);
        int slash = type.kind().apiVersion().indexOf('/');
        String group = slash < 0 ? "" : type.kind().apiVersion().substring(0, slash);
        return rights.isAllowed(
                namespace, verb, group, type.type().plural() + (subresource.isEmpty() ? "" : "/" + subresource));
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        try {
            Served type = types.served(kind);
            String path = path(type.kind(), type.type(), namespace, name);
            return Optional.of(type.form(rest.send(type.kind().kind(), "GET", path, null, null)));
        } catch (ClusterException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return items(kind, "");
    }

    @Override
    public List<KubeObject> list(Kind kind, String label, String value) {
        return items(kind, "?labelSelector=" + encoded(label + "=" + value));
    }

    private List<KubeObject> items(Kind kind, String query) {
        Served type = types.served(kind);
        String path = path(type.kind(), type.type(), namespace, "");
        try {
            return rest.send(type.kind().kind() + "List", "GET", path + query, null, null).list("items").stream()
                    .map(type::form)
                    .toList();
        } catch (ClusterException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                types.forget(kind);
            }
            throw e;
        }
    }

    @Override
    public KubeObject create(KubeObject object) {
        String query = "?fieldManager=" + FIELD_MANAGER;
        return rest.send(object.kind().kind(), "POST", path(object.kind(), "") + query, Rest.JSON, object.toMap());
    }

    @Override
    public KubeObject update(KubeObject object) {
        if (object.resourceVersion().isEmpty()) {
            throw new IllegalArgumentException(object + " has no resource version: it would be overwritten blindly");
        }
        String query = "?fieldManager=" + FIELD_MANAGER;
        return rest.send(
                object.kind().kind(), "PUT", path(object.kind(), object.name()) + query, Rest.JSON, object.toMap());
    }

    @Override
    public KubeObject apply(KubeObject object, boolean dryRun, boolean force) {
        String query = "?fieldManager=" + FIELD_MANAGER + "&fieldValidation=Strict" + (dryRun ? "&dryRun=All" : "")
                + (force ? "&force=true" : "");
        return rest.send(
                object.kind().kind(),
                "PATCH",
                path(object.kind(), object.name()) + query,
                Rest.APPLY_PATCH,
                object.toMap());
    }

    @Override
    public KubeObject merge(KubeObject seen, KubeObject patch) {
        KubeObject bound =
                patch.with(seen.uid(), "metadata", "uid").with(seen.resourceVersion(), "metadata", "resourceVersion");
        String query = "?fieldManager=" + FIELD_MANAGER;
        return rest.send(
                seen.kind().kind(), "PATCH", path(seen.kind(), seen.name()) + query, Rest.MERGE_PATCH, bound.toMap());
    }

    @Override
    public void delete(KubeObject seen) {
        try {
            rest.text(
                    "DELETE",
                    path(seen.kind(), seen.name()),
                    Rest.JSON,
                    Map.of(
                            "apiVersion", "v1",
                            "kind", "DeleteOptions",
                            "propagationPolicy", "Background",
                            "preconditions", Map.of("uid", seen.uid(), "resourceVersion", seen.resourceVersion())));
        } catch (ClusterException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public String log(String pod, String container, boolean previous, int maxLines) {
        return rest.text(
                "GET",
                path(Kind.POD, pod) + "/log?container=" + encoded(container) + "&previous=" + previous + "&tailLines="
                        + maxLines + "&limitBytes=" + LOG_BYTES,
                null,
                null);
    }

    @Override
    public Execution exec(String pod, String container, List<String> command, Consumer<String> lines) {
        LineSplitter output = new LineSplitter(lines);
        try {
            ExecWatch exec = client.pods()
                    .inNamespace(namespace)
                    .withName(pod)
                    .inContainer(container)
                    .writingOutput(output)
                    .writingError(output)
                    .exec(command.toArray(new String[0]));
            return new Running(exec, output);
        } catch (KubernetesClientException e) {
            if (isUnknown(e)) {
                return new Lost(e);
            }
            throw notStarted(pod, e);
        }
    }

    /** No answer came, and the request may have: then the command may run all the same. */
    private static boolean isUnknown(KubernetesClientException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof SSLException) {
                return false;
            }
        }
        // the client library reads the pod before it connects, and says so; then nothing has been started
        return answered(e) == 0
                && !String.valueOf(e.getMessage()).startsWith("Operation: [get]")
                && !String.valueOf(e.getMessage()).startsWith("Operation: [list]");
    }

    /** The HTTP status that a command was refused with; 0 if there was no answer. */
    private static int answered(KubernetesClientException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
                return refused.getResponse().code();
            }
        }
        return Math.max(0, e.getCode());
    }

    private static ClusterException notStarted(String pod, KubernetesClientException e) {
        int code = answered(e);
        Reason reason =
                switch (code) {
                    case 401 -> Reason.UNAUTHORIZED;
                    case 403 -> Reason.FORBIDDEN;
                    case 404 -> Reason.NOT_FOUND;
                    case 400, 422 -> Reason.INVALID;
                    default -> Reason.UNAVAILABLE;
                };
        String said =
                Rest.inert(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        return new ClusterException(
                reason,
                "The command could not be started in pod " + pod + (code == 0 ? "" : " (HTTP " + code + ")") + ": "
                        + said,
                e);
    }

    @Override
    public CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout) {
        String proxied = path(Kind.POD, scheme + ":" + pod + ":" + port) + "/proxy" + path;
        return new PodProxy(client.getHttpClient(), client.getConfiguration().getMasterUrl()).get(proxied, timeout);
    }

    @Override
    public View watch(Runnable changed) {
        return watch.get().open(changed);
    }

    private String path(Kind kind, String name) {
        return path(kind, types.of(kind), namespace, name);
    }

    /** @param name of an object; empty for all of the namespace */
    static String path(Kind kind, ResourceType type, String namespace, String name) {
        return ResourceTypes.root(kind)
                + (type.namespaced() ? "/namespaces/" + encoded(namespace) : "")
                + "/" + type.plural()
                + (name.isEmpty() ? "" : "/" + encoded(name));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static final class Running implements Execution {
        private final ExecWatch exec;
        private final CompletableFuture<Integer> code;

        Running(ExecWatch exec, LineSplitter output) {
            this.exec = exec;
            this.code = exec.exitCode().thenApply(exitCode -> {
                output.close();
                if (exitCode == null || exitCode < 0) {
                    throw new IllegalStateException("the connection was closed before there was an exit code");
                }
                return exitCode;
            });
        }

        @Override
        public CompletableFuture<Integer> exitCode() {
            return code;
        }

        @Override
        public void close() {
            exec.close();
        }
    }

    /** A command of which it is not known whether it was started. */
    private record Lost(KubernetesClientException cause) implements Execution {

        @Override
        public CompletableFuture<Integer> exitCode() {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "the connection broke while it was being started ("
                            + Rest.inert((cause.getCause() == null ? cause : cause.getCause()).getMessage()) + ")",
                    cause));
        }

        @Override
        public void close() {
            // there is nothing left
        }
    }
}
