package io.jenkins.plugins.safedeployments.engine.manifest;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of <code>${name}</code> and {@code $name} in a manifest. A dollar sign that is meant as such before a name
 * is written twice; one before anything else, as in Kubernetes' own {@code $(NAME)}, is left alone.
 */
final class Variables {

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";
    private static final Pattern PLACEHOLDER = Pattern.compile("(\\$?)\\$(?:\\{(" + NAME + ")\\}|(" + NAME + "))");

    private final Map<String, String> values;
    private final Set<String> used = new LinkedHashSet<>();
    private final Set<String> undefined = new TreeSet<>();

    Variables(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    /** The text with its placeholders filled in; those without a value stay, and are remembered. */
    String fill(String text) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        Matcher matcher = PLACEHOLDER.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(filled, Matcher.quoteReplacement(replacement(matcher)));
        }
        return matcher.appendTail(filled).toString();
    }

    private String replacement(Matcher placeholder) {
        if (!placeholder.group(1).isEmpty()) {
            return placeholder.group().substring(1);
        }
        String name = placeholder.group(2) != null ? placeholder.group(2) : placeholder.group(3);
        String value = values.get(name);
        if (value == null) {
            undefined.add(name);
            return placeholder.group();
        }
        used.add(name);
        return value;
    }

    /** A text that comes out of {@link #fill} as this one is. */
    static String literal(String text) {
        return PLACEHOLDER.matcher(text).replaceAll("\\$$0");
    }

    /** Whether the text is one placeholder and nothing else, so that its value may be a number or a truth value. */
    static boolean isPlaceholder(String text) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        return matcher.matches() && matcher.group(1).isEmpty();
    }

    /** Names that were asked for and have no value. */
    Set<String> undefined() {
        return undefined;
    }

    /** Names that have been filled in somewhere. */
    Set<String> used() {
        return used;
    }

    Set<String> known() {
        return values.keySet();
    }
}
