package io.jenkins.plugins.safedeployments.engine.manifest;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is wrong with an object before any cluster is asked, said in the words of the file. */
final class ManifestChecks {

    /** Maps whose values the API wants as text, wherever they are. */
    private static final Set<String> TEXT_MAPS = Set.of("labels", "annotations", "matchLabels", "nodeSelector");

    private static final Set<String> REMOVED_VERSIONS = Set.of("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2");

    private static final Map<String, String> KNOWN_KINDS = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        for (String kind : new String[] {
            "Deployment",
            "Service",
            "ConfigMap",
            "Secret",
            "Namespace",
            "Ingress",
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "HorizontalPodAutoscaler",
            "PodDisruptionBudget",
            "NetworkPolicy",
            "StatefulSet",
            "DaemonSet",
            "Job",
            "CronJob"
        }) {
            KNOWN_KINDS.put(kind, kind);
        }
    }

    private ManifestChecks() {}

    static void check(String where, KubeObject object) {
        String kind = object.kind().kind();
        String apiVersion = object.kind().apiVersion();
        if (kind.isEmpty() || apiVersion.isEmpty()) {
            throw new UserException(where + ": the document has no '" + (kind.isEmpty() ? "kind" : "apiVersion")
                    + "', so it is no Kubernetes object.");
        }
        String meant = KNOWN_KINDS.get(kind);
        if (meant != null && !meant.equals(kind)) {
            throw new UserException(where + ": there is no kind '" + kind + "': write '" + meant + "'.");
        }
        if (REMOVED_VERSIONS.contains(apiVersion)) {
            throw new UserException(where + ": " + apiVersion + " was removed from Kubernetes: write 'apps/v1'"
                    + (kind.equals("Ingress") ? " (for an Ingress 'networking.k8s.io/v1')" : "") + ".");
        }
        if (kind.equals("List")) {
            return;
        }
        if (object.name().isEmpty()) {
            throw new UserException(where + ": the " + kind + " has no metadata.name"
                    + (object.string("metadata", "generateName").isEmpty()
                            ? "."
                            : "; generateName would make a new object with each release: give it a name."));
        }
        textMaps(where + ": " + object, "", object.toMap());
        if (kind.equals("Service")) {
            textMap(where + ": " + object, "spec.selector", object.map("spec", "selector"));
        }
        if (kind.equals("ConfigMap") || kind.equals("Secret")) {
            textMap(where + ": " + object, "data", object.map("data"));
            textMap(where + ": " + object, "stringData", object.map("stringData"));
        }
    }

    private static void textMaps(String where, String path, Map<?, ?> map) {
        map.forEach((key, value) -> {
            String field = path.isEmpty() ? String.valueOf(key) : path + "." + key;
            if (value instanceof Map<?, ?> child) {
                if (TEXT_MAPS.contains(key)) {
                    textMap(where, field, child);
                } else {
                    textMaps(where, field, child);
                }
            } else if (value instanceof Iterable<?> items) {
                items.forEach(item -> {
                    if (item instanceof Map<?, ?> child) {
                        textMaps(where, field + "[]", child);
                    }
                });
            }
        });
    }

    private static void textMap(String where, String path, Map<?, ?> map) {
        map.forEach((key, value) -> {
            if (value instanceof Number || value instanceof Boolean) {
                throw new UserException(where + ": " + path + "." + key + " must be text, but YAML reads it as the "
                        + (value instanceof Boolean ? "truth value " : "number ")
                        + value.toString().toLowerCase(Locale.ROOT) + ": put it in quotes.");
            }
        });
    }
}
