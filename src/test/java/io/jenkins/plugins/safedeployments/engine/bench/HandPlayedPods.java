package io.jenkins.plugins.safedeployments.engine.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Pods that no scheduler and no kubelet looks at: they are what the bench says, at the moment when it says so. Its client
 * is another than the plugin's, with a name of its own.
 */
final class HandPlayedPods implements AutoCloseable {

    final KubernetesClient client;

    private static final String NODE = "played-by-hand";

    private boolean made;

    HandPlayedPods(Path kubeconfig) throws IOException {
        Config config = new ConfigBuilder(Config.fromKubeconfig(Files.readString(kubeconfig)))
                .withUserAgent("bench")
                .withOnlyHttpWatches(true)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Manifests of an application whose pods are such. */
    static Map<String, String> manifests(String app) {
        return Map.of("app.yml", """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s}
                spec:
                  selector: {app: %1$s}
                  ports: [{name: http, protocol: TCP, port: 80, targetPort: 8080}]
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: $deployment}
                spec:
                  replicas: $replicas
                  selector: {matchLabels: {app: %1$s, deployment: $deployment}}
                  template:
                    metadata: {labels: {app: %1$s, deployment: $deployment}}
                    spec:
                      schedulerName: nobody
                      containers:
                        - name: main
                          image: $img
                          ports: [{containerPort: 8080}]
                """.formatted(app));
    }

    List<Pod> of(String namespace, String app) {
        return client.pods().inNamespace(namespace).withLabel("app", app).list().getItems();
    }

    /** Puts a pod on a node that seems to live; without one it becomes no endpoint, and is deleted after some 40 s. */
    void bind(Pod pod) throws Exception {
        heartbeat();
        send(pods(pod) + "/binding", "POST", "application/json", """
                {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
                 "target": {"apiVersion": "v1", "kind": "Node", "name": "%s"}}
                """.formatted(
                        pod.getMetadata().getName(), NODE));
    }

    private void heartbeat() throws Exception {
        if (!made) {
            client.nodes().withName(NODE).delete(); // of a bench that was killed
            send("nodes", "POST", "application/json", """
                    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%s"}, "spec": {"unschedulable": true}}
                    """.formatted(NODE));
            made = true;
        }
        send("nodes/" + NODE + "/status", "PATCH", "application/merge-patch+json", """
                {"status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Played", "message": "by hand",
                  "lastHeartbeatTime": "%1$s", "lastTransitionTime": "%1$s"}]}}
                """.formatted(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    /** @param number of the pod's address */
    void ready(Pod pod, int number) throws Exception {
        String address = "198.18." + number / 250 + "." + (number % 250 + 1);
        status(pod, """
                {"status": {"phase": "Running", "podIP": "%1$s", "podIPs": [{"ip": "%1$s"}],
                 "conditions": [{"type": "Ready", "status": "True"}, {"type": "ContainersReady", "status": "True"}],
                 "containerStatuses": [{"name": "main", "image": "i", "imageID": "i", "restartCount": 0, "ready": true,
                   "state": {"running": {}}}]}}
                """.formatted(address));
    }

    void invalidImageName(Pod pod) throws Exception {
        status(pod, """
                {"status": {"containerStatuses": [{"name": "main", "image": "i", "imageID": "", "restartCount": 0,
                   "ready": false, "state": {"waiting": {"reason": "InvalidImageName", "message": "as played"}}}]}}
                """);
    }

    private void status(Pod pod, String patch) throws Exception {
        send(pods(pod) + "/status", "PATCH", "application/merge-patch+json", patch);
    }

    private static String pods(Pod pod) {
        return "namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                + pod.getMetadata().getName();
    }

    /** One request and no other: the client's own methods read first. */
    private void send(String path, String method, String type, String body) throws Exception {
        String url = client.getMasterUrl() + "api/v1/" + path;
        HttpClient http = client.getHttpClient();
        HttpResponse<String> response = http.sendAsync(
                        http.newHttpRequestBuilder()
                                .uri(url)
                                .method(method, type, body)
                                .build(),
                        String.class)
                .get(30, TimeUnit.SECONDS);
        if (!response.isSuccessful()) {
            throw new IOException(method + " " + url + ": " + response.code() + " " + response.body());
        }
    }

    @Override
    public void close() {
        if (made) {
            client.nodes().withName(NODE).delete();
        }
        client.close();
    }
}
