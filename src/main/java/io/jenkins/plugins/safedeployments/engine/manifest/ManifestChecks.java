package io.jenkins.plugins.safedeployments.engine.manifest;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What is wrong with an object before any cluster is asked, said in the words of the file. */
final class ManifestChecks {

    /** Maps whose values the API wants as text, wherever they are. */
    private static final Set<String> TEXT_MAPS = Set.of("labels", "annotations", "matchLabels", "nodeSelector");

    private static final Set<String> REMOVED_VERSIONS = Set.of("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2");

    private static final Pattern API_VERSION =
            Pattern.compile("(?:[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?/)?[a-z][-a-z0-9]{0,62}");

    /** What all kinds of objects have in common: their names become a part of a path. */
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/%\\s\\p{Cntrl}]{1,253}");

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
        if (!API_VERSION.matcher(apiVersion).matches()) {
            throw new UserException(where + ": the 'apiVersion' of the " + kind
                    + " is no API version: write it like 'apps/v1', or 'v1' for what is part of the core.");
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
        if (!NAME.matcher(object.name()).matches()) {
            throw new UserException(where + ": the metadata.name of the " + kind
                    + " is not one that the API allows: it has control characters, blanks, '/' or '%', or more than 253"
                    + " characters.");
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
            if (value == null || value instanceof Number || value instanceof Boolean) {
                // without the value: it may be a Secret's
                throw new UserException(where + ": " + path + "." + key + " must be text, but YAML reads it as "
                        + (value == null ? "nothing" : value instanceof Boolean ? "a truth value" : "a number")
                        + ": put it in quotes.");
            }
        });
    }
}
