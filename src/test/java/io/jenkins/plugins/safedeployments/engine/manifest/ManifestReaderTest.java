package io.jenkins.plugins.safedeployments.engine.manifest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What is right in manifests and how it is read; what is wrong is in {@link BadManifestTest}. */
public class ManifestReaderTest {

    private static final Map<String, String> VALUES =
            Map.of("three", "3", "yes", "true", "zeros", "007", "word", "a: b #c", "long", "12345678901234567890123");

    @Test
    public void read_scalars_haveTheTypesThatKubectlGivesThem() {
        assertThat(spec("a: 3"), is(3));
        assertThat(spec("a: -3"), is(-3));
        assertThat(spec("a: +3"), is(3));
        assertThat(spec("a: 12345678901"), is(12345678901L));
        assertThat(spec("a: 0644"), is(420));
        assertThat(spec("a: 1.50"), is(1.5));
        assertThat(spec("a: 08"), is(8.0));
        assertThat(spec("a: 1e3"), is(1000.0));
        assertThat(spec("a: Yes"), is(true));
        assertThat(spec("a: off"), is(false));
        assertThat(spec("a: y"), is("y"));
        assertThat(spec("a: ~"), is(nullValue()));
        assertThat(spec("a: ''"), is(""));
        assertThat(spec("a: \"3\""), is("3"));
        assertThat(spec("a: 'yes'"), is("yes"));
        assertThat(spec("a: !!str 3"), is("3"));
        assertThat(spec("a: 2026-01-02T03:04:05Z"), is("2026-01-02T03:04:05Z"));
        assertThat(spec("a: 12:30:45"), is("12:30:45"));
        assertThat(spec("a: 100m"), is("100m"));
        assertThat(spec("a: |\n    b\n    c\n"), is("b\nc\n"));
    }

    @Test
    public void read_lonePlaceholder_hasTheTypeOfItsValue() {
        assertThat(spec("a: $three"), is(3));
        assertThat(spec("a: ${yes}"), is(true));
        assertThat(spec("a: $zeros"), is("007"));
        assertThat(spec("a: $word"), is("a: b #c"));
        assertThat(spec("a: $long"), instanceOf(String.class));
    }

    @Test
    public void read_placeholderInQuotesOrText_isText() {
        assertThat(spec("a: \"$three\""), is("3"));
        assertThat(spec("a: '$yes'"), is("true"));
        assertThat(spec("a: $three$three"), is("33"));
        assertThat(spec("a: |-\n    $three"), is("3"));
    }

    @Test
    public void read_placeholderInKey_isFilledIn() {
        assertThat(read("k: v\nspec:\n  x-$three: 1").get(0).map("spec"), is(Map.of("x-3", 1)));
    }

    @Test
    public void read_anchorsAndMerges_areExpanded() {
        KubeObject object = read("""
                base: &base {a: 1, b: 2}
                more: &more {b: 3, c: 4}
                spec:
                  <<: [*base, *more]
                  c: 5
                list: [*base, *base]
                """).get(0);

        assertThat(object.map("spec"), is(Map.of("a", 1, "b", 2, "c", 5)));
        assertThat(
                object.list("list"),
                contains(KubeObject.of(Map.of("a", 1, "b", 2)), KubeObject.of(Map.of("a", 1, "b", 2))));
    }

    @Test
    public void read_severalDocuments_areReadInTheirOrder() {
        List<KubeObject> objects = new ManifestReader(new Variables(Map.of())).read("f", """
                # first comes nothing
                ---
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}
                ---
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: b}}
                - {apiVersion: v1, kind: Service, metadata: {name: c}}
                ...
                """);

        assertThat(objects.stream().map(KubeObject::name).toList(), contains("a", "b", "c"));
    }

    private static Object spec(String line) {
        return read("spec:\n  " + line + "\n").get(0).get("spec", "a");
    }

    private static List<KubeObject> read(String text) {
        return new ManifestReader(new Variables(VALUES))
                .read("f", "apiVersion: v1\nkind: Any\nmetadata: {name: any}\n" + text);
    }
}
