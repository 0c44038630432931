package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The controllers of a {@link SimulatedCluster}: Deployments with rolling updates (25 % surge, 25 % unavailable, as the real
 * one rounds them), ReplicaSets, Pods by the words in their image ({@code pull-fail}, {@code crash}, {@code never-ready}), the
 * garbage collector and Endpoints. It leaves out proportional scaling in the midst of a rollout.
 */
final class SimulatedController {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    private final SimulatedCluster cluster;

    SimulatedController(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** One turn of all controllers. */
    void run() {
        collectGarbage();
        List.copyOf(cluster.all(Kind.POD)).forEach(this::pod);
        for (KubeObject deployment : List.copyOf(cluster.all(Kind.DEPLOYMENT))) {
            deployment(deployment);
        }
        for (KubeObject replicaSet : List.copyOf(cluster.all(Kind.REPLICA_SET))) {
            replicaSet(replicaSet);
        }
        endpoints();
        List.copyOf(cluster.all(Kind.DEPLOYMENT)).forEach(this::status);
    }

    private void collectGarbage() {
        for (Kind kind : List.of(Kind.REPLICA_SET, Kind.POD)) {
            Kind owner = kind.equals(Kind.POD) ? Kind.REPLICA_SET : Kind.DEPLOYMENT;
            for (KubeObject object : List.copyOf(cluster.all(kind))) {
                if (cluster.all(owner).stream().noneMatch(o -> o.uid().equals(object.controllerUid()))) {
                    cluster.remove(object);
                }
            }
        }
    }

    private void deployment(KubeObject deployment) {
        List<KubeObject> owned = owned(Kind.REPLICA_SET, deployment);
        Object template = deployment.get("spec", "template");
        int latest =
                owned.stream().mapToInt(SimulatedController::revision).max().orElse(0);
        KubeObject current = owned.stream()
                .filter(replicaSet -> template.equals(replicaSet.get("spec", "template")))
                .findFirst()
                .orElse(null);
        if (current == null) {
            latest++;
            String name = deployment.name() + "-" + Integer.toHexString(template.hashCode());
            current = cluster.put(dependent(Kind.REPLICA_SET, name, deployment)
                    .with(Map.of("replicas", 0, "template", template), "spec")
                    .with(Integer.toString(latest), "metadata", "annotations", REVISION));
        } else if (revision(current) < latest) {
            latest++;
            current = cluster.put(current.with(Integer.toString(latest), "metadata", "annotations", REVISION));
        }
        if (revision(deployment) != latest) {
            cluster.put(deployment.with(Integer.toString(latest), "metadata", "annotations", REVISION));
        }
        String uid = current.uid();
        scale(
                deployment.integer(1, "spec", "replicas"),
                current,
                owned.stream()
                        .filter(replicaSet -> !replicaSet.uid().equals(uid) && size(replicaSet) > 0)
                        .toList());
    }

    private void scale(int wanted, KubeObject current, List<KubeObject> old) {
        int oldSize = old.stream().mapToInt(SimulatedController::size).sum();
        int surge = (wanted + 3) / 4;
        int unavailable = wanted / 4;
        int size = size(current);
        int grown = oldSize == 0 ? wanted : Math.min(wanted, size + Math.max(0, wanted + surge - size - oldSize));
        if (grown != size) {
            cluster.put(current.with(grown, "spec", "replicas"));
            return;
        }
        int available = ready(current);
        int spare = size + oldSize - (wanted - unavailable) - (size - available);
        List<KubeObject> sorted = new ArrayList<>(old);
        sorted.sort(Comparator.comparingInt(SimulatedController::revision));
        for (KubeObject replicaSet : sorted) {
            int less = Math.min(spare, size(replicaSet));
            if (less > 0) {
                spare -= less;
                cluster.put(replicaSet.with(size(replicaSet) - less, "spec", "replicas"));
            }
        }
    }

    private void replicaSet(KubeObject replicaSet) {
        List<KubeObject> pods = new ArrayList<>(owned(Kind.POD, replicaSet));
        pods.sort(Comparator.comparing(SimulatedCluster::isReady));
        for (int i = 0; i < pods.size() - size(replicaSet); i++) {
            cluster.remove(pods.get(i));
        }
        for (int i = pods.size(); i < size(replicaSet); i++) {
            KubeObject template = KubeObject.of(replicaSet.map("spec", "template"));
            KubeObject pod = dependent(Kind.POD, replicaSet.name() + "-" + cluster.nextNumber(), replicaSet)
                    .with(template.get("metadata", "labels"), "metadata", "labels")
                    .with(template.get("spec"), "spec")
                    .with(cluster.now().toString(), "metadata", "creationTimestamp");
            cluster.put(pod);
            cluster.changedIn(cluster.start);
        }
    }

    private void pod(KubeObject pod) {
        if (SimulatedCluster.isReady(pod)
                || cluster.now()
                        .isBefore(Instant.parse(pod.string("metadata", "creationTimestamp"))
                                .plus(cluster.start))) {
            return;
        }
        KubeObject spec = pod.list("spec", "containers").get(0);
        String tag = spec.string("image");
        String image = cluster.pushed.getOrDefault(tag, tag);
        Map<String, Object> container =
                new LinkedHashMap<>(Map.of("name", spec.string("name"), "image", tag, "restartCount", 0));
        if (image.contains("pull-fail")) {
            container.put("state", Map.of("waiting", Map.of("reason", "ErrImagePull", "message", "not found")));
        } else {
            container.put("imageID", "docker-pullable://" + digest(image));
        }
        if (image.contains("crash")) {
            container.put("restartCount", 3);
            container.put("state", Map.of("waiting", Map.of("reason", "CrashLoopBackOff")));
            container.put("lastState", Map.of("terminated", Map.of("exitCode", 1, "reason", "Error")));
        }
        boolean ready = !image.matches(".*(pull-fail|crash|never-ready).*");
        status(
                pod,
                Map.of(
                        "conditions", List.of(Map.of("type", "Ready", "status", ready ? "True" : "False")),
                        "containerStatuses", List.of(container)));
    }

    /** {@code repository@sha256:…}, the same for the same image. */
    static String digest(String image) {
        return image.replaceFirst(":[^:/]*$", "") + "@sha256:" + String.format("%064x", image.hashCode() & 0xffffffffL);
    }

    private void endpoints() {
        for (KubeObject service : cluster.all(Kind.SERVICE)) {
            List<Map<String, Object>> endpoints = cluster.all(Kind.POD).stream()
                    .filter(SimulatedCluster::isReady)
                    .filter(pod -> KubeObject.selects(service.map("spec", "selector"), pod.map("metadata", "labels")))
                    .<Map<String, Object>>map(pod -> Map.of(
                            "conditions", Map.of("ready", true),
                            "targetRef", Map.of("kind", "Pod", "name", pod.name(), "uid", pod.uid())))
                    .toList();
            KubeObject existing = cluster.get(Kind.ENDPOINT_SLICE, service.name())
                    .orElseGet(() -> KubeObject.of(Map.of(
                            "apiVersion",
                            Kind.ENDPOINT_SLICE.apiVersion(),
                            "kind",
                            Kind.ENDPOINT_SLICE.kind(),
                            "metadata",
                            Map.of("name", service.name(), "labels", Map.of(Kind.SERVICE_OF_SLICE, service.name())))));
            if (!endpoints.equals(existing.get("endpoints"))) {
                cluster.put(existing.with(endpoints, "endpoints"));
            }
        }
    }

    private void status(KubeObject deployment) {
        int replicas = 0;
        int updated = 0;
        int available = 0;
        for (KubeObject replicaSet : owned(Kind.REPLICA_SET, deployment)) {
            int pods = owned(Kind.POD, replicaSet).size();
            replicas += pods;
            updated += deployment.get("spec", "template").equals(replicaSet.get("spec", "template")) ? pods : 0;
            available += ready(replicaSet);
        }
        status(
                deployment,
                Map.of(
                        "observedGeneration", (int) deployment.generation(),
                        "replicas", replicas,
                        "updatedReplicas", updated,
                        "availableReplicas", available));
    }

    private void status(KubeObject object, Map<String, Object> status) {
        if (!status.equals(object.get("status"))) {
            cluster.put(object.with(status, "status"));
        }
    }

    private List<KubeObject> owned(Kind kind, KubeObject owner) {
        return cluster.all(kind).stream()
                .filter(object -> object.controllerUid().equals(owner.uid()))
                .toList();
    }

    private int ready(KubeObject replicaSet) {
        return (int) owned(Kind.POD, replicaSet).stream()
                .filter(SimulatedCluster::isReady)
                .count();
    }

    private static KubeObject dependent(Kind kind, String name, KubeObject owner) {
        return KubeObject.of(Map.of(
                "apiVersion",
                kind.apiVersion(),
                "kind",
                kind.kind(),
                "metadata",
                Map.of("name", name, "ownerReferences", List.of(Map.of("uid", owner.uid(), "controller", true)))));
    }

    private static int size(KubeObject replicaSet) {
        return replicaSet.integer(0, "spec", "replicas");
    }

    private static int revision(KubeObject object) {
        String revision = object.annotation(REVISION);
        return revision == null ? 0 : Integer.parseInt(revision);
    }
}
