package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.LabelSelector;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What follows from a stable Deployment that is there and was not made from these manifests. Its selector cannot be changed,
 * and often it does not tell the tracks apart: then it selects the canary's pods as well. The two Deployments do not take
 * each other's pods, which have owners; but whatever counts pods by that selector counts both tracks.
 */
final class Adoption {

    private Adoption() {}

    /** @throws UserException if the tracks cannot be told apart where that matters */
    @NonNull
    static Rendered of(Rendered rendered, KubeObject stable, Cluster cluster) {
        Map<String, Object> selector = stable.map("spec", "selector");
        Rendered result = rendered;
        if (!selector.equals(rendered.stable().map("spec", "selector"))) {
            Map<String, Object> labels = labels(rendered.stable());
            if (stable.get("spec", "selector", "matchExpressions") != null
                    || !KubeObject.selects(stable.map("spec", "selector", "matchLabels"), labels)) {
                throw new UserException("The selector of " + stable + " is "
                        + stable.map("spec", "selector", "matchLabels")
                        + " and cannot be changed, but the pods of the manifest"
                        + " have the labels " + labels + ": give them the labels of that selector as well.");
            }
            result = rendered.withStable(rendered.stable().with(selector, "spec", "selector"));
        }
        if (!LabelSelector.of(stable).selects(labels(rendered.canary()))) {
            return result;
        }
        refuseWhoCountsBoth(rendered, stable, cluster);
        List<String> warnings = new ArrayList<>(result.warnings());
        warnings.add("The selector of " + stable + ", " + stable.map("spec", "selector", "matchLabels")
                + ", selects the canary's pods, too, and cannot be changed: 'kubectl logs deployment/…' and the like show both"
                + " tracks. A Deployment that is made anew from this manifest has one that tells them apart.");
        return result.withWarnings(warnings);
    }

    private static void refuseWhoCountsBoth(Rendered rendered, KubeObject stable, Cluster cluster) {
        String autoscaler = new Autoscaler(cluster, stable.name(), fence -> {}).name();
        if (!autoscaler.isEmpty()) {
            throw both("HorizontalPodAutoscaler " + autoscaler + " would count", stable);
        }
        for (KubeObject budget : budgets(cluster)) {
            LabelSelector selector = LabelSelector.of(budget);
            if (selector.selects(labels(rendered.canary())) && selector.selects(labels(stable))) {
                throw both(budget + " would protect", stable);
            }
        }
    }

    private static List<KubeObject> budgets(Cluster cluster) {
        try {
            return cluster.list(Kind.DISRUPTION_BUDGET);
        } catch (ClusterException e) {
            if (e.reason() == Reason.FORBIDDEN || e.reason() == Reason.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private static UserException both(String who, KubeObject stable) {
        return new UserException(who + " the pods of both tracks together, since the selector of " + stable + ", "
                + stable.map("spec", "selector", "matchLabels")
                + ", does not tell them apart: make that Deployment anew with a selector that has 'track: stable', or"
                + " remove what counts by it for the time of the release.");
    }

    private static Map<String, Object> labels(KubeObject deployment) {
        return deployment.map("spec", "template", "metadata", "labels");
    }
}
