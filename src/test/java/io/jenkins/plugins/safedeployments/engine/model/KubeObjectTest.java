package io.jenkins.plugins.safedeployments.engine.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class KubeObjectTest {

    private static final KubeObject OBJECT = KubeObject.of(Map.of(
            "apiVersion", "apps/v1",
            "kind", "Deployment",
            "metadata",
                    Map.of(
                            "name",
                            "shop",
                            "generation",
                            3,
                            "annotations",
                            Map.of("a", "1", "b", 2),
                            "ownerReferences",
                            List.of(Map.of("uid", "u1"), Map.of("uid", "u2", "controller", true))),
            "spec", Map.of("replicas", 3_000_000_000L, "list", Arrays.asList(Map.of("x", 1), "text", null)),
            "status", Map.of("conditions", List.of(Map.of("type", "Available", "status", "True")))));

    @Test
    public void accessors_whatIsThere_isAnswered() {
        assertThat(OBJECT.kind(), is(Kind.DEPLOYMENT));
        assertThat(OBJECT.toString(), is("Deployment shop"));
        assertThat(OBJECT.generation(), is(3L));
        assertThat(OBJECT.annotation("a"), is("1"));
        assertThat(OBJECT.controllerUid(), is("u2"));
        assertThat(OBJECT.condition("Available").string("status"), is("True"));
        assertThat(OBJECT.list("spec", "list"), contains(KubeObject.of(Map.of("x", 1))));
    }

    @Test
    public void accessors_whatIsNotThereOrOfAnotherType_isEmpty() {
        assertThat(OBJECT.get("spec", "replicas", "deeper"), is(nullValue()));
        assertThat(OBJECT.string("spec", "none"), is(""));
        assertThat(OBJECT.integer(7, "metadata", "name"), is(7));
        assertThat(OBJECT.map("metadata", "name"), is(Map.of()));
        assertThat(OBJECT.list("metadata"), is(empty()));
        assertThat(OBJECT.annotation("b"), is(nullValue()));
        assertThat(OBJECT.condition("Progressing"), is(nullValue()));
        assertThat(KubeObject.of(Map.of()).controllerUid(), is(""));
        assertThat(KubeObject.of(Map.of()).kind(), is(new Kind("", "")));
    }

    @Test
    public void with_value_isInTheCopyOnly() {
        KubeObject copy = OBJECT.with("v", "metadata", "labels", "l");

        assertThat(copy.map("metadata", "labels"), is(Map.of("l", "v")));
        assertThat(copy.name(), is("shop"));
        assertThat(OBJECT.map("metadata", "labels"), is(Map.of()));
    }

    @Test
    public void with_null_removesTheField() {
        assertThat(
                OBJECT.with(null, "metadata", "annotations", "a").map("metadata", "annotations"), is(Map.of("b", 2)));
        assertThat(OBJECT.with(null, "metadata", "absent"), is(OBJECT));
    }

    @Test
    public void of_laterChangesOfTheArgument_doNotShow() {
        List<Object> list = new ArrayList<>(List.of("a"));
        Map<String, Object> tree = new LinkedHashMap<>(Map.of("list", list));
        KubeObject object = KubeObject.of(tree);

        list.add("b");
        tree.put("more", 1);

        assertThat(object.toMap(), is(Map.of("list", List.of("a"))));
    }

    @Test
    @SuppressWarnings("unchecked")
    public void toMap_changesOfTheResult_doNotShow() {
        KubeObject before = KubeObject.of(OBJECT.toMap());

        ((Map<String, Object>) OBJECT.toMap().get("metadata")).clear();

        assertThat(OBJECT, is(before));
        assertThat(OBJECT, is(not(OBJECT.with(1, "x"))));
    }

    @Test
    public void selects_allOfTheSelectorAmongTheLabels() {
        assertThat(KubeObject.selects(Map.of("a", "1"), Map.of("a", "1", "b", "2")), is(true));
        assertThat(KubeObject.selects(Map.of("a", "1", "b", "2"), Map.of("a", "1")), is(false));
        assertThat(KubeObject.selects(Map.of("a", "2"), Map.of("a", "1")), is(false));
        assertThat(KubeObject.selects(Map.of(), Map.of("a", "1")), is(false));
    }
}
