package io.jenkins.plugins.safedeployments.engine.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The rules are those of "Labels and Selectors" in the documentation of Kubernetes. */
public class LabelSelectorTest {

    private static final Map<String, String> CANARY = Map.of("app", "shop", "track", "canary");
    private static final Map<String, String> STABLE = Map.of("app", "shop", "track", "stable");
    private static final Map<String, String> OTHER = Map.of("app", "shop");

    @Test
    public void selects_labels_haveToBeThereAllOfThem() {
        LabelSelector selector = selector(Map.of("matchLabels", CANARY));

        assertSelects(selector, true, false, false);
    }

    @Test
    public void selects_in_needsTheLabelWithOneOfTheValues() {
        assertSelects(expressions(expression("track", "In", "canary", "beta")), true, false, false);
        assertSelects(expressions(expression("track", "In", "canary", "stable")), true, true, false);
        assertSelects(expressions(expression("track", "In")), false, false, false);
    }

    @Test
    public void selects_notIn_takesWhatHasNoSuchLabelAsWell() {
        assertSelects(expressions(expression("track", "NotIn", "canary", "beta")), false, true, true);
    }

    @Test
    public void selects_existsAndDoesNotExist_lookAtTheKeyOnly() {
        assertSelects(expressions(expression("track", "Exists")), true, true, false);
        assertSelects(expressions(expression("track", "DoesNotExist")), false, false, true);
    }

    @Test
    public void selects_labelsAndExpressions_haveToHoldTogether() {
        assertSelects(
                selector(Map.of(
                        "matchLabels",
                        Map.of("app", "shop"),
                        "matchExpressions",
                        List.of(expression("track", "Exists"), expression("track", "NotIn", "stable")))),
                true,
                false,
                false);
        assertSelects(
                selector(Map.of(
                        "matchLabels",
                        Map.of("app", "other"),
                        "matchExpressions",
                        List.of(expression("track", "Exists")))),
                false,
                false,
                false);
    }

    @Test
    public void selects_emptySelector_takesAllAndMissingOneNone() {
        assertSelects(selector(Map.of()), true, true, true);
        assertSelects(selector(Map.of("matchLabels", Map.of(), "matchExpressions", List.of())), true, true, true);
        assertSelects(LabelSelector.of(KubeObject.of(Map.of("spec", Map.of()))), false, false, false);
    }

    @Test
    public void selects_operatorThatIsNone_takesNothing() {
        assertSelects(expressions(expression("track", "Near", "canary")), false, false, false);
    }

    @Test
    public void isEmpty_neitherLabelsNorExpressions() {
        assertThat(selector(Map.of("matchLabels", Map.of())).isEmpty(), is(true));
        assertThat(selector(Map.of("matchLabels", OTHER)).isEmpty(), is(false));
        assertThat(expressions(expression("track", "Exists")).isEmpty(), is(false));
    }

    private static LabelSelector selector(Map<String, ?> selector) {
        return LabelSelector.of(KubeObject.of(Map.of("spec", Map.of("selector", selector))));
    }

    @SafeVarargs
    private static LabelSelector expressions(Map<String, ?>... expressions) {
        return selector(Map.of("matchExpressions", Arrays.asList(expressions)));
    }

    private static Map<String, ?> expression(String key, String operator, String... values) {
        return values.length == 0
                ? Map.of("key", key, "operator", operator)
                : Map.of("key", key, "operator", operator, "values", List.of(values));
    }

    private static void assertSelects(LabelSelector selector, boolean canary, boolean stable, boolean other) {
        assertThat(
                selector.toString(),
                List.of(selector.selects(CANARY), selector.selects(STABLE), selector.selects(OTHER)),
                is(List.of(canary, stable, other)));
    }
}
