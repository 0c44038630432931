package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is kept as evidence. First it is shown all objects, from which it learns the values of Secrets
 * and of settings whose name says that they are secret; then it masks these wherever they turn up.
 */
final class Masking {

    static final String MASK = "****";

    /** Shorter ones are no secrets, and masking them everywhere would only make the evidence unreadable. */
    private static final int MIN_VALUE = 8;

    private static final int MIN_LINE = 16;

    /** Tools keep whole manifests in annotations, with all that is secret in them. */
    static final int MAX_ANNOTATION = 512;

    private static final String WORDS =
            "(?:passw|pwd|passphrase|token|secret|key|credential|auth|private|signature|cookie|session|dsn"
                    + "|connection_?string)";
    private static final Pattern SECRET_NAME = Pattern.compile(WORDS, Pattern.CASE_INSENSITIVE);

    /** {@code --db-password=x}, {@code password: x}, {@code "token": "x"}. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("([\\w.-]*" + WORDS + "[\\w.-]*[\"']?\\s*[=:]\\s*)\\S+", Pattern.CASE_INSENSITIVE);

    private static final Pattern OPTION = Pattern.compile("--?[\\w.-]*" + WORDS + "[\\w.-]*", Pattern.CASE_INSENSITIVE);

    private static final Pattern USER_INFO = Pattern.compile("(://[^\\s/:@]{0,100}:)[^\\s/@]{1,200}@");

    private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s{1,3})[a-z0-9._~+/-]{16,}=*");

    private final List<String> values;

    private Masking(List<String> values) {
        this.values = values;
    }

    /**
     * @param names what must stay readable although somebody may have made a secret of it, such as the application's name
     */
    static Masking of(Collection<KubeObject> objects, Collection<String> names) {
        Set<String> found =
                new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        objects.forEach(object -> {
            if (object.kind().equals(Kind.SECRET)) {
                learn(object, found);
            } else {
                literals(object.toMap(), found);
            }
        });
        found.removeIf(value -> value.length() < MIN_VALUE || names.stream().anyMatch(name -> name.contains(value)));
        return new Masking(List.copyOf(found));
    }

    private static void learn(KubeObject secret, Set<String> found) {
        secret.map("stringData").values().forEach(value -> learn(String.valueOf(value), found));
        for (Object encoded : secret.map("data").values()) {
            String text = String.valueOf(encoded);
            found.add(text);
            try {
                learn(new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8), found);
            } catch (IllegalArgumentException e) {
                // it is no Base64, so there is nothing more to learn from it
            }
        }
    }

    private static void learn(String value, Set<String> found) {
        found.add(value.strip());
        if (value.strip().indexOf('\n') >= 0) { // a key, whose lines may be indented elsewhere
            value.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= MIN_LINE && !line.startsWith("-----"))
                    .forEach(found::add);
        }
    }

    private static void literals(Object node, Set<String> found) {
        if (node instanceof Map<?, ?> map) {
            if (isSecretPair(map)) {
                learn(map.get("value").toString(), found);
            }
            map.values().forEach(value -> literals(value, found));
        } else if (node instanceof List<?> list) {
            list.forEach(item -> literals(item, found));
        }
    }

    /** An environment variable, or a header of a probe. */
    private static boolean isSecretPair(Map<?, ?> map) {
        return map.get("name") instanceof String name
                && map.get("value") instanceof String
                && isSecretName(name)
                && !map.get("value").equals(MASK);
    }

    static boolean isSecretName(String name) {
        return SECRET_NAME.matcher(name).find();
    }

    /** The object without its secrets, and without what only machines read in it. */
    KubeObject object(KubeObject object) {
        KubeObject bare = object.with(null, "metadata", "managedFields");
        if (!object.map("metadata", "annotations").isEmpty()) {
            bare = bare.with(annotations(object), "metadata", "annotations");
        }
        if (object.kind().equals(Kind.SECRET)) {
            for (String field : List.of("data", "stringData")) {
                if (!object.map(field).isEmpty()) {
                    bare = bare.with(lengths(object.map(field), field.equals("data")), field);
                }
            }
            return bare;
        }
        for (String field : List.of("data", "binaryData")) { // of a ConfigMap
            if (!object.map(field).isEmpty()) {
                bare = bare.with(settings(object.map(field)), field);
            }
        }
        return KubeObject.of(masked(bare.toMap()));
    }

    private static Map<String, Object> annotations(KubeObject object) {
        Map<String, Object> kept = new LinkedHashMap<>();
        object.map("metadata", "annotations").forEach((key, value) -> {
            String text = String.valueOf(value);
            boolean secret = isSecretName(key);
            kept.put(
                    key,
                    key.endsWith("/last-applied-configuration") || text.length() > MAX_ANNOTATION
                            ? "left out (" + text.length() + " characters)"
                            : secret ? MASK : text);
        });
        return kept;
    }

    private static Map<String, Object> lengths(Map<String, Object> data, boolean encoded) {
        Map<String, Object> lengths = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            String text = String.valueOf(value);
            int length = text.length();
            try {
                length = encoded ? Base64.getDecoder().decode(text).length : length;
            } catch (IllegalArgumentException e) {
                // its own length, then
            }
            lengths.put(key, MASK + " (" + length + " bytes)");
        });
        return lengths;
    }

    private static Map<String, Object> settings(Map<String, Object> data) {
        Map<String, Object> kept = new LinkedHashMap<>();
        data.forEach((key, value) -> kept.put(
                key,
                isSecretName(key)
                        ? MASK
                        : ASSIGNMENT.matcher(String.valueOf(value)).replaceAll("$1" + MASK)));
        return kept;
    }

    private Map<String, Object> masked(Map<?, ?> map) {
        boolean secret = isSecretPair(map);
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String field = String.valueOf(key);
            if (secret && field.equals("value")) {
                copy.put(field, MASK);
            } else if ((field.equals("args") || field.equals("command")) && value instanceof List<?> words) {
                copy.put(field, arguments(words));
            } else {
                copy.put(field, value(value));
            }
        });
        return copy;
    }

    private Object value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return masked(map);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(value(item)));
            return copy;
        }
        return value instanceof String text ? text(text) : value;
    }

    private List<Object> arguments(List<?> words) {
        List<Object> copy = new ArrayList<>();
        boolean next = false;
        for (Object word : words) {
            String text = String.valueOf(word);
            copy.add(
                    next && !text.startsWith("-")
                            ? MASK
                            : text(ASSIGNMENT.matcher(text).replaceAll("$1" + MASK)));
            next = OPTION.matcher(text).matches();
        }
        return copy;
    }

    /** Any text without the secrets that are known, the passwords in addresses, and bearer tokens. */
    String text(String text) {
        String result = text;
        for (String value : values) {
            result = result.replace(value, MASK);
        }
        result = USER_INFO.matcher(result).replaceAll("$1" + MASK + "@");
        return BEARER.matcher(result).replaceAll("$1" + MASK);
    }
}
