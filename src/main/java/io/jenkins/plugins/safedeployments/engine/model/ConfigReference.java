package io.jenkins.plugins.safedeployments.engine.model;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A ConfigMap or Secret that pods refer to.
 *
 * @param kind {@link Kind#CONFIG_MAP} or {@link Kind#SECRET}
 */
public record ConfigReference(Kind kind, String name) {

    /** Those that the pods of a Deployment cannot do without, as variables or volumes. */
    @NonNull
    public static Set<ConfigReference> of(KubeObject deployment) {
        Set<ConfigReference> found = new LinkedHashSet<>();
        add(deployment.get("spec", "template", "spec"), found);
        found.removeIf(reference -> reference.name().isEmpty());
        return found;
    }

    private static void add(Object node, Set<ConfigReference> found) {
        if (node instanceof List<?> list) {
            list.forEach(item -> add(item, found));
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((field, value) -> {
                String name = value instanceof Map<?, ?> reference && !Boolean.TRUE.equals(reference.get("optional"))
                        ? Objects.toString(reference.get("secretName"), Objects.toString(reference.get("name"), ""))
                        : "";
                switch (String.valueOf(field)) {
                    case "secretKeyRef", "secretRef", "secret" -> found.add(new ConfigReference(Kind.SECRET, name));
                    case "configMapKeyRef", "configMapRef", "configMap" ->
                        found.add(new ConfigReference(Kind.CONFIG_MAP, name));
                    default -> add(value, found);
                }
            });
        }
    }
}
