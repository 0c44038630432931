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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Pods that no scheduler and no kubelet looks at: they are what the bench says, at the moment when it says so. Its client
 * is another than the plugin's, with a name of its own.
 */
final class HandPlayedPods implements AutoCloseable {

    final KubernetesClient client;

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

    /**
     * Puts a pod on a node that does not exist; without one it becomes no endpoint. A controller deletes such pods after
     * some 40 s.
     */
    void bind(Pod pod) throws Exception {
        send(pod, "POST", "binding", "application/json", """
                {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
                 "target": {"apiVersion": "v1", "kind": "Node", "name": "nobody"}}
                """.formatted(
                        pod.getMetadata().getName()));
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
        send(pod, "PATCH", "status", "application/merge-patch+json", patch);
    }

    /** One request and no other: the client's own methods read first. */
    private void send(Pod pod, String method, String subresource, String type, String body) throws Exception {
        String url =
                client.getMasterUrl() + "api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                        + pod.getMetadata().getName() + "/" + subresource;
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
        client.close();
    }
}
