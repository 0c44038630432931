package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The HorizontalPodAutoscaler that decides about the size of a Deployment, if there is one. That size is left to it; but
 * while pods are exchanged, whose load says nothing, its minimum is raised to the present size. The minimum of before is kept
 * in an annotation, written together with the new one, so that whoever ends the exchange can restore it.
 */
final class Autoscaler {

    private static final int ATTEMPTS = 5;

    private final Cluster cluster;
    private final String deployment;
    private Optional<KubeObject> found;

    Autoscaler(Cluster cluster, String deployment) {
        this.cluster = cluster;
        this.deployment = deployment;
    }

    /** Its name, or an empty string if there is none. It is looked for once. */
    @NonNull
    String name() {
        if (found == null) {
            found = find();
        }
        return found.map(KubeObject::name).orElse("");
    }

    private Optional<KubeObject> find() {
        try {
            return cluster.list(Kind.AUTOSCALER).stream()
                    .filter(autoscaler ->
                            autoscaler.string("spec", "scaleTargetRef", "kind").equals(Kind.DEPLOYMENT.kind())
                                    && autoscaler
                                            .string("spec", "scaleTargetRef", "name")
                                            .equals(deployment))
                    .findFirst();
        } catch (ClusterException e) {
            if (e.reason() != Reason.FORBIDDEN && e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            // who may not see autoscalers is not kept from releasing; the documented rights include it
            return Optional.empty();
        }
    }

    /**
     * Keeps it from making the Deployment smaller than it is.
     *
     * @param size of the Deployment
     * @return what was done, for people; empty if nothing
     */
    @NonNull
    String pin(int size) {
        return change(seen -> {
            int minimum = seen.integer(1, "spec", "minReplicas");
            int wanted = Math.min(size, seen.integer(size, "spec", "maxReplicas"));
            return seen.annotation(Names.MIN_REPLICAS) != null || wanted <= minimum
                    ? null
                    : new Change(wanted, Integer.toString(minimum), "minimum raised from " + minimum + " to " + wanted);
        });
    }

    /** Gives it its minimum of before back. */
    @NonNull
    String unpin() {
        return change(seen -> {
            String before = seen.annotation(Names.MIN_REPLICAS);
            return before == null || !before.matches("[0-9]{1,9}")
                    ? null
                    : new Change(Integer.parseInt(before), null, "minimum is " + before + " again");
        });
    }

    private record Change(int minimum, String annotation, String text) {}

    private interface Decision {
        Change of(KubeObject seen);
    }

    private String change(Decision decision) {
        if (name().isEmpty()) {
            return "";
        }
        for (int attempt = 1; ; attempt++) {
            Optional<KubeObject> seen = cluster.get(Kind.AUTOSCALER, name());
            Change change = seen.map(decision::of).orElse(null);
            if (change == null) {
                return "";
            }
            Map<String, Object> annotations = new HashMap<>();
            annotations.put(Names.MIN_REPLICAS, change.annotation());
            try {
                cluster.merge(
                        seen.get(),
                        KubeObject.of(Map.of(
                                "metadata", Map.of("annotations", annotations),
                                "spec", Map.of("minReplicas", change.minimum()))));
                return "HorizontalPodAutoscaler " + name() + ": " + change.text();
            } catch (ClusterException e) {
                if (e.reason() == Reason.FORBIDDEN) {
                    return "HorizontalPodAutoscaler " + name() + ": its minimum could not be changed: "
                            + e.getMessage();
                }
                if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
