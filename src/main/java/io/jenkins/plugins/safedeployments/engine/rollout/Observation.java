package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Deployment with what its rollout shows in, seen at about the same time.
 *
 * @param deployment null if there is none
 * @param newReplicaSet that of the Deployment's current template; null if there is none yet
 * @param newPods the pods of the Deployment's current template that are not being removed, and no others
 * @param servingPods names of those new pods that the Service sends traffic to
 * @param leaving how many pods of the Deployment, of whatever template, are being removed
 */
public record Observation(
        @CheckForNull KubeObject deployment,
        @CheckForNull KubeObject newReplicaSet,
        List<KubeObject> newPods,
        Set<String> servingPods,
        int leaving) {

    /** What the controller adds to the labels of a template when it makes a ReplicaSet of it. */
    private static final String TEMPLATE_HASH = "pod-template-hash";

    /**
     * @param service the Service that brings the traffic; empty if there is none
     */
    @NonNull
    public static Observation of(ClusterReader reader, String deploymentName, String service) {
        KubeObject deployment = reader.get(Kind.DEPLOYMENT, deploymentName).orElse(null);
        return of(deployment, reader, reader, service);
    }

    /**
     * What the API server itself says of what watches have shown: Deployment and endpoints are asked for. Its pods and ReplicaSets are
     * taken as they were seen, unless the Deployment was seen otherwise: which of them there are is in what it says of
     * itself, and which of the pods serve is in the endpoints.
     */
    @NonNull
    public static Observation confirmed(
            ClusterReader asked, ClusterReader seen, String deploymentName, String service) {
        KubeObject deployment = asked.get(Kind.DEPLOYMENT, deploymentName).orElse(null);
        boolean same = deployment != null
                && seen.get(Kind.DEPLOYMENT, deploymentName)
                        .filter(before ->
                                before.uid().equals(deployment.uid()) && before.generation() == deployment.generation())
                        .isPresent();
        return of(deployment, same ? seen : asked, asked, service);
    }

    private static Observation of(
            @CheckForNull KubeObject deployment, ClusterReader reader, ClusterReader ofEndpoints, String service) {
        if (deployment == null) {
            return new Observation(null, null, List.of(), Set.of(), 0);
        }
        Map<String, KubeObject> replicaSets = new HashMap<>();
        for (KubeObject replicaSet : reader.list(Kind.REPLICA_SET)) {
            if (replicaSet.controllerUid().equals(deployment.uid())) {
                replicaSets.put(replicaSet.uid(), replicaSet);
            }
        }
        KubeObject current = current(deployment, replicaSets.values());
        List<KubeObject> pods = new ArrayList<>();
        int leaving = 0;
        for (KubeObject pod : reader.list(Kind.POD)) {
            boolean stays = pod.string("metadata", "deletionTimestamp").isEmpty();
            if (!stays && replicaSets.containsKey(pod.controllerUid())) {
                leaving++;
            }
            if (stays && current != null && pod.controllerUid().equals(current.uid())) {
                pods.add(pod);
            }
        }
        return new Observation(deployment, current, pods, serving(ofEndpoints, service, pods), leaving);
    }

    /**
     * The one whose template is the Deployment's, the oldest of several: that is how the controller itself finds it. Their revisions do
     * not tell: for a moment after a return to an earlier template the Deployment bears that of the later one still, although its
     * status is about the earlier one already.
     */
    @CheckForNull
    private static KubeObject current(KubeObject deployment, Collection<KubeObject> replicaSets) {
        Map<String, Object> template = deployment.map("spec", "template");
        return replicaSets.stream()
                .filter(replicaSet -> template.equals(replicaSet
                        .with(null, "spec", "template", "metadata", "labels", TEMPLATE_HASH)
                        .map("spec", "template")))
                .min(Comparator.comparing((KubeObject replicaSet) -> replicaSet.string("metadata", "creationTimestamp"))
                        .thenComparing(KubeObject::name))
                .orElse(null);
    }

    private static Set<String> serving(ClusterReader reader, String service, List<KubeObject> pods) {
        Set<String> serving = new HashSet<>();
        if (service.isEmpty()) {
            return serving;
        }
        Set<String> uids = new HashSet<>();
        pods.forEach(pod -> uids.add(pod.uid()));
        for (KubeObject slice : reader.list(Kind.ENDPOINT_SLICE)) {
            if (service.equals(slice.map("metadata", "labels").get(Kind.SERVICE_OF_SLICE))) {
                for (KubeObject endpoint : slice.list("endpoints")) {
                    // where it is not said, an endpoint counts as ready
                    boolean ready = !Boolean.FALSE.equals(endpoint.get("conditions", "ready"))
                            && !Boolean.TRUE.equals(endpoint.get("conditions", "terminating"));
                    if (ready && uids.contains(endpoint.string("targetRef", "uid"))) {
                        serving.add(endpoint.string("targetRef", "name"));
                    }
                }
            }
        }
        return serving;
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
