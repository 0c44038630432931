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
 * one rounds them; who is resized in the midst of one gets its pods in proportion), ReplicaSets, Pods by the words in their image
 * ({@code pull-fail}, {@code crash}, {@code never-ready}), the garbage collector and Endpoints.
 */
final class SimulatedController {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    /** On a ReplicaSet: the size of its Deployment that it was last scaled for. */
    private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";

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
                if (!object.controllerUid().isEmpty()
                        && cluster.all(owner).stream().noneMatch(o -> o.uid().equals(object.controllerUid()))) {
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
        int wanted = deployment.integer(1, "spec", "replicas");
        String uid = current.uid();
        List<KubeObject> active = owned(Kind.REPLICA_SET, deployment).stream()
                .filter(replicaSet -> size(replicaSet) > 0)
                .toList();
        if (active.stream().anyMatch(replicaSet -> desired(replicaSet) != wanted)) {
            resize(wanted, active);
        } else {
            roll(
                    wanted,
                    current,
                    active.stream()
                            .filter(replicaSet -> !replicaSet.uid().equals(uid))
                            .toList());
        }
    }

    /** A change of size comes before the rollout goes on, and is for all in proportion to their size. */
    private void resize(int wanted, List<KubeObject> active) {
        int toAdd = wanted
                + surge(wanted)
                - active.stream().mapToInt(SimulatedController::size).sum();
        List<KubeObject> sorted = new ArrayList<>(active);
        sorted.sort(Comparator.comparingInt(SimulatedController::size)
                .thenComparingInt(toAdd > 0 ? SimulatedController::revision : replicaSet -> -revision(replicaSet))
                .reversed());
        int[] more = new int[sorted.size()];
        int added = 0;
        for (int i = 0; i < more.length; i++) {
            int before = desired(sorted.get(i));
            int share = (int)
                    Math.round(size(sorted.get(i)) * (double) (wanted + surge(wanted)) / (before + surge(before)));
            more[i] = Math.max(
                    Math.min(share - size(sorted.get(i)), Math.max(0, toAdd - added)), Math.min(0, toAdd - added));
            added += more[i];
        }
        more[0] += toAdd - added;
        for (int i = 0; i < more.length; i++) {
            int size = more.length == 1 ? wanted : Math.max(0, size(sorted.get(i)) + more[i]);
            cluster.put(sorted.get(i)
                    .with(size, "spec", "replicas")
                    .with(Integer.toString(wanted), "metadata", "annotations", DESIRED));
        }
    }

    private void roll(int wanted, KubeObject current, List<KubeObject> old) {
        int oldSize = old.stream().mapToInt(SimulatedController::size).sum();
        int surge = surge(wanted);
        int unavailable = wanted / 4;
        int size = size(current);
        int grown = oldSize == 0 ? wanted : Math.min(wanted, size + Math.max(0, wanted + surge - size - oldSize));
        if (grown != size) {
            cluster.put(current.with(grown, "spec", "replicas")
                    .with(Integer.toString(wanted), "metadata", "annotations", DESIRED));
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
        String named = cluster.pushed.getOrDefault(tag, tag);
        String image = cluster.turned.getOrDefault(named, named);
        Map<String, Object> container =
                new LinkedHashMap<>(Map.of("name", spec.string("name"), "image", tag, "restartCount", 0));
        if (image.contains("pull-fail")) {
            container.put("state", Map.of("waiting", Map.of("reason", "ErrImagePull", "message", "not found")));
        } else {
            container.put("imageID", "docker-pullable://" + digest(named));
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

    /** A quarter, rounded up. */
    private static int surge(int wanted) {
        return (wanted + 3) / 4;
    }

    private static int desired(KubeObject replicaSet) {
        String desired = replicaSet.annotation(DESIRED);
        return desired == null ? size(replicaSet) : Integer.parseInt(desired);
    }

    private static int size(KubeObject replicaSet) {
        return replicaSet.integer(0, "spec", "replicas");
    }

    private static int revision(KubeObject object) {
        String revision = object.annotation(REVISION);
        return revision == null ? 0 : Integer.parseInt(revision);
    }
}
