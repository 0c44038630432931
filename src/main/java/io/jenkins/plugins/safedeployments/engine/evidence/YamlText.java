package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes objects as {@code kubectl get -o yaml} does: block style, fields in the order of their names. */
final class YamlText {

    private YamlText() {}

    static String of(KubeObject object) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setIndicatorIndent(0);
        return new Yaml(new Lines(options), options).dump(sorted(object.toMap()));
    }

    /** Fresh copies, so that nothing is written as an alias of something else. */
    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new TreeMap<>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), sorted(item)));
            return copy;
        }
        return value instanceof List<?> list
                ? list.stream().map(YamlText::sorted).collect(java.util.ArrayList::new, List::add, List::addAll)
                : value instanceof String text ? whole(text) : value;
    }

    /** Halves of characters, which JSON may hold, are no text to a writer of YAML. */
    private static String whole(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Text of several lines stays readable. */
    private static final class Lines extends Representer {
        Lines(DumperOptions options) {
            super(options);
        }

        @Override
        protected Node representScalar(Tag tag, String value, ScalarStyle style) {
            return super.representScalar(
                    tag, value, tag.equals(Tag.STR) && value.indexOf('\n') >= 0 ? ScalarStyle.LITERAL : style);
        }
    }
}
