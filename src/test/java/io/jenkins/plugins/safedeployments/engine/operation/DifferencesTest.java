package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class DifferencesTest {

    @Test
    public void paths_sameTrees_areNone() {
        assertThat(Differences.paths("spec", Map.of("a", List.of(1)), Map.of("a", List.of(1))), empty());
    }

    @Test
    public void paths_nameTheDeepestFieldsOfMaps() {
        assertThat(
                Differences.paths(
                        "spec",
                        Map.of("a", 1, "b", Map.of("c", 1, "d", 1)),
                        Map.of("a", 1, "b", Map.of("c", 2, "e", 1), "f", 1)),
                contains("spec.b.c", "spec.b.d", "spec.b.e", "spec.f"));
    }

    @Test
    public void paths_findItemsByTheirNamesWhateverTheirOrder() {
        Map<String, Object> web = Map.of("name", "web", "image", "a");

        assertThat(
                Differences.paths(
                        "containers",
                        List.of(web, Map.of("name", "log", "image", "a")),
                        List.of(Map.of("name", "proxy"), Map.of("name", "log", "image", "b"), web)),
                contains("containers[log].image", "containers[proxy]"));
    }

    @Test
    public void paths_otherListsAreNamedAsAWhole() {
        assertThat(
                Differences.paths(
                        "c",
                        Map.of("args", List.of("a", "b"), "ports", List.of(Map.of("name", "x"), Map.of("name", "x"))),
                        Map.of("args", List.of("a", "c"), "ports", List.of(Map.of("name", "x")))),
                contains("c.args", "c.ports"));
    }

    @Test
    public void paths_orderAloneIsADifferenceOfTheList() {
        Map<String, Object> a = Map.of("name", "a");
        Map<String, Object> b = Map.of("name", "b");

        assertThat(Differences.paths("env", List.of(a, b), List.of(b, a)), contains("env"));
    }
}
