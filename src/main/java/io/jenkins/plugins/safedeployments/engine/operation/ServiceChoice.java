package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Service that brings the traffic to both tracks, and to nobody else. */
final class ServiceChoice {

    private ServiceChoice() {}

    /**
     * @param applied those that come with the release, as they will be
     * @param asked which one; empty if nobody has said
     * @return its name; empty if there is none
     * @throws UserException if it does not reach both tracks, or can't be told
     */
    @NonNull
    static String of(Cluster cluster, List<KubeObject> applied, Rendered rendered, String asked) {
        Map<String, Object> canary = rendered.canary().map("spec", "template", "metadata", "labels");
        Map<String, Object> stable = rendered.stable().map("spec", "template", "metadata", "labels");
        Set<String> both = new LinkedHashSet<>();
        Set<String> one = new LinkedHashSet<>();
        List<KubeObject> candidates = new ArrayList<>(applied);
        if (candidates.isEmpty() || !asked.isEmpty()) {
            candidates.addAll(ofNamespace(cluster));
        }
        for (KubeObject service : candidates) {
            Map<String, Object> selector = service.map("spec", "selector");
            boolean ofCanary = KubeObject.selects(selector, canary);
            boolean ofStable = KubeObject.selects(selector, stable);
            if (ofCanary && ofStable) {
                both.add(service.name());
            } else if (ofCanary || ofStable) {
                one.add(service.name());
            }
        }
        return chosen(both, one, asked);
    }

    private static String chosen(Set<String> both, Set<String> one, String asked) {
        if (!asked.isEmpty()) {
            if (both.contains(asked)) {
                return asked;
            }
            throw new UserException("'service' is '" + asked + "', but "
                    + (one.contains(asked)
                            ? "its selector reaches only one of the two tracks: leave out the label that tells them apart."
                            : "there is no Service of that name which selects the pods."));
        }
        if (both.size() == 1) {
            return both.iterator().next();
        }
        if (both.size() > 1) {
            throw new UserException("The Services " + String.join(", ", both)
                    + " all reach both tracks: say with 'service' which one brings the traffic.");
        }
        if (!one.isEmpty()) {
            throw new UserException("The selector of Service " + String.join(", ", one) + " reaches only one of the two"
                    + " tracks, so the canary would get no traffic or stable would lose it: leave out the label that tells"
                    + " them apart.");
        }
        return "";
    }

    private static List<KubeObject> ofNamespace(Cluster cluster) {
        try {
            return cluster.list(Kind.SERVICE);
        } catch (ClusterException e) {
            if (e.reason() == Reason.FORBIDDEN) {
                return List.of();
            }
            throw e;
        }
    }

    /** A first release does not replace what serves by another name already, and nothing would ever remove that. */
    static void checkNobodyElseServes(Cluster cluster, List<KubeObject> applied, String service, Target target) {
        if (service.isEmpty()) {
            return;
        }
        Map<String, Object> selector = applied.stream()
                .filter(one -> one.name().equals(service))
                .findFirst()
                .or(() -> cluster.get(Kind.SERVICE, service))
                .map(found -> found.map("spec", "selector"))
                .orElse(Map.of());
        cluster.list(Kind.DEPLOYMENT).stream()
                .filter(other -> !other.name().equals(target.deployment(Track.CANARY)))
                .filter(other -> KubeObject.selects(selector, other.map("spec", "template", "metadata", "labels")))
                .findFirst()
                .ifPresent(other -> {
                    throw new UserException("Service " + service + " brings the traffic to the pods of " + other
                            + " as well, which this first release of " + target
                            + " would neither take over nor remove: it takes"
                            + " over a Deployment of the name " + target.deployment(Track.STABLE)
                            + ". Make that one from it and remove " + other.name()
                            + ", or release beside it with 'force' and a 'reason'.");
                });
    }
}
