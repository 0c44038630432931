package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds secret values in objects that are no Secrets: who may look at a Deployment need not be let in on passwords. */
final class OpenSecrets {

    /** Shorter ones are in many texts by chance. */
    private static final int MIN_LENGTH = 4;

    private OpenSecrets() {}

    /**
     * @param secrets values by the names of their variables
     * @return a sentence for each variable whose value is in the open, without the value
     */
    @NonNull
    static List<String> warnings(Rendered rendered, Map<String, String> secrets) {
        Set<KubeObject> objects = new LinkedHashSet<>();
        objects.add(rendered.canary());
        objects.add(rendered.stable());
        objects.addAll(rendered.canarySupport());
        objects.addAll(rendered.stableSupport());
        objects.removeIf(object -> object.kind().equals(Kind.SECRET));
        List<String> warnings = new ArrayList<>();
        new TreeMap<>(secrets).forEach((name, value) -> {
            String found = value.length() < MIN_LENGTH
                    ? ""
                    : objects.stream()
                            .filter(object -> contains(object.toMap(), value))
                            .map(KubeObject::toString)
                            .collect(Collectors.joining(", "));
            if (!found.isEmpty()) {
                warnings.add("The value of " + name + " is a secret, and will be in plain text in " + found
                        + ": put it into a Secret, and let the pods refer to that.");
            }
        });
        return warnings;
    }

    private static boolean contains(@CheckForNull Object tree, String value) {
        if (tree instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .anyMatch(entry -> contains(entry.getKey(), value) || contains(entry.getValue(), value));
        }
        if (tree instanceof List<?> list) {
            return list.stream().anyMatch(element -> contains(element, value));
        }
        return tree != null && tree.toString().contains(value);
    }
}
