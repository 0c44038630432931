package io.jenkins.plugins.safedeployments.engine.manifest;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Turns composed YAML into maps, lists and scalars, filling in variables on the way. It is our own because the values
 * belong into scalars before these get their type, and because what aliases expand to must be counted as it is built.
 */
final class YamlValues {

    private static final int MAX_NODES = 200_000;

    /** Of what is built: the parser's limit knows nothing of aliases, through which a document can become deeper. */
    private static final int MAX_DEPTH = 200;

    private static final Set<Tag> SCALARS = Set.of(Tag.STR, Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT);

    /** As many digits as a field may have; far longer ones would take quadratic time to read. */
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]{0,18})");

    private final String file;
    private final Variables variables;
    private final Map<Node, Boolean> path = new IdentityHashMap<>();
    private int nodes;

    /** @param file its name, for messages */
    YamlValues(String file, Variables variables) {
        this.file = file;
        this.variables = variables;
    }

    Object of(Node node) {
        if (++nodes > MAX_NODES) {
            throw error(node, "the document grows to more than " + MAX_NODES + " values; are its aliases meant so?");
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (path.put(node, true) != null) {
            throw error(node, "an anchor contains its own alias");
        }
        if (path.size() > MAX_DEPTH) {
            throw error(node, "the document is nested more than " + MAX_DEPTH + " deep");
        }
        try {
            if (node instanceof SequenceNode sequence) {
                onlyTag(node, Tag.SEQ);
                List<Object> list = new ArrayList<>();
                sequence.getValue().forEach(item -> list.add(of(item)));
                return list;
            }
            onlyTag(node, Tag.MAP);
            return map((MappingNode) node);
        } finally {
            path.remove(node);
        }
    }

    private Map<String, Object> map(MappingNode node) {
        Map<String, Object> own = new LinkedHashMap<>();
        Map<String, Object> merged = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                throw error(tuple.getKeyNode(), "a key must be text");
            }
            if (Tag.MERGE.equals(keyNode.getTag())) {
                merge(tuple.getValueNode(), merged);
                continue;
            }
            String key = key(keyNode);
            if (!seen.add(key)) {
                throw error(keyNode, "the key '" + key + "' is there twice");
            }
            own.put(key, of(tuple.getValueNode()));
        }
        if (merged.isEmpty()) {
            return own;
        }
        merged.putAll(own);
        return merged;
    }

    private String key(ScalarNode node) {
        String text = node.getValue();
        if (text.indexOf('$') >= 0) {
            return variables.fill(text);
        }
        Object value = scalar(node);
        if (!text.equals(String.valueOf(value))) {
            throw error(node, "the key '" + text + "' is read as '" + value + "': put it in quotes");
        }
        return text;
    }

    /** {@code <<: *anchor}, or a list of them, of which the first that has a key wins. */
    private void merge(Node node, Map<String, Object> into) {
        Object value = of(node);
        List<?> sources = value instanceof List<?> list ? list : List.of(value == null ? "" : value);
        for (Object source : sources) {
            if (!(source instanceof Map<?, ?> map)) {
                throw error(node, "'<<' must name a map, or a list of maps");
            }
            map.forEach((key, item) -> into.putIfAbsent(String.valueOf(key), item));
        }
    }

    private Object scalar(ScalarNode node) {
        Tag tag = node.getTag();
        if (!SCALARS.contains(tag)) {
            throw error(node, "the tag " + tag.getValue() + " is not allowed in a manifest");
        }
        String text = node.getValue();
        boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
        String filled = variables.fill(text);
        if (!filled.equals(text) || text.indexOf('$') >= 0) {
            return plain && Variables.isPlaceholder(text) ? typed(filled) : filled;
        }
        if (Tag.STR.equals(tag)) {
            return text;
        } else if (Tag.NULL.equals(tag)) {
            return null;
        } else if (Tag.BOOL.equals(tag)) {
            return Set.of("yes", "true", "on").contains(text.toLowerCase(Locale.ROOT));
        } else if (Tag.INT.equals(tag)) {
            return integer(node, text);
        }
        return decimal(node, text);
    }

    /** What a lone placeholder stands for: {@code replicas: $replicas} must become a number. */
    private static Object typed(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        if (INTEGER.matcher(value).matches()) {
            return narrowed(new BigInteger(value));
        }
        return value;
    }

    private Object integer(Node node, String text) {
        try {
            String sign = text.startsWith("-") ? "-" : "";
            String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
            if (digits.startsWith("0x")) {
                return narrowed(new BigInteger(sign + digits.substring(2), 16));
            }
            boolean octal = digits.length() > 1 && digits.startsWith("0");
            return narrowed(new BigInteger(sign + digits, octal ? 8 : 10));
        } catch (NumberFormatException e) {
            throw error(
                    node,
                    "this is a number to some parsers and text to others: write its decimal digits only, or put it in"
                            + " quotes");
        }
    }

    private static Object narrowed(BigInteger number) {
        if (number.bitLength() < Integer.SIZE) {
            return number.intValue();
        }
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private Object decimal(Node node, String text) {
        try {
            Double number = Double.valueOf(text);
            if (!number.isInfinite() && !number.isNaN()) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw error(node, "this is no number that JSON can hold");
    }

    private void onlyTag(Node node, Tag tag) {
        if (!tag.equals(node.getTag())) {
            throw error(node, "the tag " + node.getTag().getValue() + " is not allowed in a manifest");
        }
    }

    private UserException error(Node node, String problem) {
        return new UserException(file + ", line " + (node.getStartMark().getLine() + 1) + ": " + problem + ".");
    }

    /**
     * YAML 1.1 as {@code kubectl} reads it: {@code yes} and {@code 0644} have the types that people rely on, but there are
     * neither timestamps nor numbers with colons. What looks like a number that not all parsers know, such as {@code
     * 1_000}, is taken for one here to be refused when it is built.
     */
    static final class KubectlResolver extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, BOOL, "yYnNtTfFoO");
            addImplicitResolver(
                    Tag.INT,
                    Pattern.compile("[-+]?(0|[1-9][0-9_]*|0[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+)"),
                    "-+0123456789");
            addImplicitResolver(
                    Tag.FLOAT,
                    Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
                    "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
