package io.jenkins.plugins.safedeployments.engine.rollout;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Deployment {@code shop} with all that belongs to its rollout, as a cluster shows it. */
final class Cast implements ClusterReader {

    private final List<KubeObject> objects = new ArrayList<>();

    Cast(KubeObject... objects) {
        this.objects.addAll(Arrays.asList(objects));
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        return list(kind).stream().filter(object -> object.name().equals(name)).findFirst();
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return objects.stream().filter(object -> object.kind().equals(kind)).toList();
    }

    /** @param status {@code updated, available, total} */
    static KubeObject deployment(int wanted, int... status) {
        return object(Kind.DEPLOYMENT, "shop", "shop-uid", "")
                .with(2, "metadata", "generation")
                .with("7", "spec", "template", "metadata", "labels", "version")
                .with(wanted, "spec", "replicas")
                .with(2, "status", "observedGeneration")
                .with(status[0], "status", "updatedReplicas")
                .with(status[1], "status", "availableReplicas")
                .with(status[2], "status", "replicas");
    }

    /** @param version in its template; that of the Deployment has {@code 7} */
    static KubeObject replicaSet(String name, String version, String owner) {
        return object(Kind.REPLICA_SET, name, name + "-uid", owner)
                .with(Map.of("version", version, "pod-template-hash", name), "spec", "template", "metadata", "labels");
    }

    static KubeObject pod(String name, String replicaSet) {
        return object(Kind.POD, name, name + "-uid", replicaSet + "-uid");
    }

    /** What is seen of a Deployment whose ReplicaSet and pods that leave do not matter. */
    static Observation observation(KubeObject deployment, List<KubeObject> pods, Set<String> serving) {
        return new Observation(deployment, null, pods, serving, 0);
    }

    static KubeObject ready(KubeObject pod, String status) {
        return pod.with(List.of(Map.of("type", "Ready", "status", status)), "status", "conditions");
    }

    /** @param pods names of the ready ones */
    static KubeObject endpoints(String... pods) {
        return slice(Arrays.stream(pods)
                .<Map<String, ?>>map(pod -> endpoint(pod, Map.of("ready", true)))
                .toList());
    }

    static Map<String, ?> endpoint(String pod, Map<String, ?> conditions) {
        return Map.of("conditions", conditions, "targetRef", Map.of("name", pod, "uid", pod + "-uid"));
    }

    static KubeObject slice(List<Map<String, ?>> endpoints) {
        return object(Kind.ENDPOINT_SLICE, "shop-lb-x7f3b", "", "")
                .with("shop-lb", "metadata", "labels", Kind.SERVICE_OF_SLICE)
                .with(endpoints, "endpoints");
    }

    private static KubeObject object(Kind kind, String name, String uid, String owner) {
        return KubeObject.of(Map.of(
                "apiVersion", kind.apiVersion(),
                "kind", kind.kind(),
                "metadata",
                        Map.of(
                                "name", name,
                                "uid", uid,
                                "ownerReferences", List.of(Map.of("uid", owner, "controller", true)))));
    }
}
