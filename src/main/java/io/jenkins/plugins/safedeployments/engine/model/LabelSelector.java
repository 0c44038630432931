package io.jenkins.plugins.safedeployments.engine.model;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.Map;

/**
 * Which pods a Deployment or a PodDisruptionBudget selects, by labels and by expressions, all of which must hold; as Kubernetes
 * defines it in "Labels and Selectors" and in the reference of {@code LabelSelector}. The selector of a Service is another one,
 * of labels only: {@link KubeObject#selects}.
 */
public final class LabelSelector {

    private final KubeObject spec;

    private LabelSelector(KubeObject spec) {
        this.spec = spec;
    }

    /** The one in {@code spec.selector}. */
    @NonNull
    public static LabelSelector of(KubeObject object) {
        return new LabelSelector(KubeObject.of(object.map("spec")));
    }

    /** Whether there are no labels and no expressions in it, so that it selects all pods, or none if it is missing. */
    public boolean isEmpty() {
        return spec.map("selector", "matchLabels").isEmpty()
                && spec.list("selector", "matchExpressions").isEmpty();
    }

    public boolean selects(@NonNull Map<String, ?> labels) {
        return spec.get("selector") instanceof Map
                && labels.entrySet()
                        .containsAll(spec.map("selector", "matchLabels").entrySet())
                && spec.list("selector", "matchExpressions").stream()
                        .allMatch(expression -> holds(expression, labels.get(expression.string("key"))));
    }

    /** @param label null if there is none of that key, which then is in no list */
    private static boolean holds(KubeObject expression, Object label) {
        boolean listed = label != null && expression.get("values") instanceof List<?> values && values.contains(label);
        return switch (expression.string("operator")) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "Exists" -> label != null;
            case "DoesNotExist" -> label == null;
            default -> false; // which the API server refuses
        };
    }

    /** As its YAML says it, for people. */
    @Override
    public String toString() {
        return spec.get("selector", "matchExpressions") == null
                ? spec.map("selector", "matchLabels").toString()
                : spec.map("selector").toString();
    }
}
