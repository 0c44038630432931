package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A Deployment with what its rollout shows in, seen at about the same time.
 *
 * @param deployment null if there is none
 * @param newPods the pods of the Deployment's current template, and no others
 * @param servingPods names of those new pods that the Service sends traffic to
 */
public record Observation(@CheckForNull KubeObject deployment, List<KubeObject> newPods, Set<String> servingPods) {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    /**
     * @param service the Service that brings the traffic; empty if there is none
     */
    @NonNull
    public static Observation of(ClusterReader reader, String deploymentName, String service) {
        KubeObject deployment = reader.get(Kind.DEPLOYMENT, deploymentName).orElse(null);
        if (deployment == null) {
            return new Observation(null, List.of(), Set.of());
        }
        List<KubeObject> pods = newPods(reader, deployment);
        Set<String> serving = new HashSet<>();
        if (!service.isEmpty()) {
            Set<String> uids = new HashSet<>();
            pods.forEach(pod -> uids.add(pod.uid()));
            reader.get(Kind.ENDPOINTS, service).ifPresent(endpoints -> {
                for (KubeObject subset : endpoints.list("subsets")) {
                    for (KubeObject address : subset.list("addresses")) {
                        if (uids.contains(address.string("targetRef", "uid"))) {
                            serving.add(address.string("targetRef", "name"));
                        }
                    }
                }
            });
        }
        return new Observation(deployment, pods, serving);
    }

    private static List<KubeObject> newPods(ClusterReader reader, KubeObject deployment) {
        String revision = deployment.annotation(REVISION);
        Set<String> replicaSets = new HashSet<>();
        for (KubeObject replicaSet : reader.list(Kind.REPLICA_SET)) {
            // The controller gives the Deployment and the ReplicaSet of its current template the same revision.
            if (replicaSet.controllerUid().equals(deployment.uid())
                    && revision != null
                    && revision.equals(replicaSet.annotation(REVISION))) {
                replicaSets.add(replicaSet.uid());
            }
        }
        List<KubeObject> pods = new ArrayList<>();
        for (KubeObject pod : reader.list(Kind.POD)) {
            if (replicaSets.contains(pod.controllerUid())
                    && pod.string("metadata", "deletionTimestamp").isEmpty()) {
                pods.add(pod);
            }
        }
        return pods;
    }

    /** New pods whose condition {@code Ready} is true. */
    @NonNull
    public List<KubeObject> readyPods() {
        return newPods.stream()
                .filter(pod -> {
                    KubeObject ready = pod.condition("Ready");
                    return ready != null && ready.string("status").equals("True");
                })
                .toList();
    }
}
