package io.jenkins.plugins.safedeployments.engine.manifest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/**
 * Manifests that are wrong, or that look so, and what is said about them. The numbers are those of the catalogue of bad
 * inputs that the plugin was designed against.
 */
@RunWith(Parameterized.class)
public class BadManifestTest {

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: shop
            spec:
              selector:
                matchLabels:
                  app: shop
              template:
                metadata:
                  labels:
                    app: shop
                spec:
                  containers:
                    - name: main
                      image: registry.example.com/shop:1.0
                      readinessProbe:
                        tcpSocket:
                          port: 80
            """;
    private static final String CONFIG = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
            """;
    private static final String CONFIG_JSON =
            "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"%s\"}}\n";
    private static final String IMAGE = "registry.example.com/shop:1.1";
    private static final String FILE = "app.yml";

    /** Long enough for a slow machine, and far too short for anything that takes quadratic time. */
    @Rule
    public Timeout timeout = Timeout.seconds(10);

    private final Row row;

    public BadManifestTest(Row row) {
        this.row = row;
    }

    private record Row(
            String name,
            String text,
            String image,
            Map<String, String> variables,
            List<String> refusal,
            Consumer<Rendered> check) {

        Row image(String other) {
            return new Row(name, text, other, variables, refusal, check);
        }

        Row variable(String key, String value) {
            return new Row(name, text, image, Map.of(key, value), refusal, check);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Row refused(String name, String text, String... refusal) {
        return new Row(name, text, IMAGE, Map.of(), Arrays.asList(refusal), null);
    }

    private static Row accepted(String name, String text, Consumer<Rendered> check) {
        return new Row(name, text, IMAGE, Map.of(), List.of(), check);
    }

    private static String deployment(String what, String instead) {
        if (!DEPLOYMENT.contains(what)) {
            throw new IllegalArgumentException(what);
        }
        return DEPLOYMENT.replace(what, instead);
    }

    private static String replicas(String value) {
        return deployment("spec:\n  selector:", "spec:\n  replicas: " + value + "\n  selector:");
    }

    private static String label(String label) {
        return deployment("  name: shop\n", "  name: shop\n  labels:\n    " + label + "\n");
    }

    private static String pod(String line) {
        return deployment("      containers:\n", "      " + line + "\n      containers:\n");
    }

    private static String with(String... documents) {
        return DEPLOYMENT + "---\n" + String.join("---\n", documents);
    }

    private static String data(String... lines) {
        return with(CONFIG + "data:\n  " + String.join("\n  ", lines) + "\n");
    }

    private static Object inPod(Rendered rendered, String... path) {
        return KubeObject.of(rendered.canary().map("spec", "template", "spec")).get(path);
    }

    private static Object inData(Rendered rendered, String key) {
        return rendered.canarySupport().get(0).get("data", key);
    }

    @Parameters(name = "{0}")
    public static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        streams(rows);
        structure(rows);
        objects(rows);
        scalars(rows);
        workloads(rows);
        images(rows);
        variables(rows);
        return rows;
    }

    private static void streams(List<Row> rows) {
        for (String empty : List.of("", " \n\n", "# nothing\n# here\n", "---\n", "---\n---\n...\n", "\uFEFF")) {
            rows.add(refused(
                    "1 nothing in it: " + empty.replace("\n", "\\n"), empty, "There are no objects in app.yml"));
        }
        rows.add(refused(
                "1 an empty list", "apiVersion: v1\nkind: List\nitems: []\n", "There are no objects in app.yml"));
        rows.add(accepted(
                "3 JSON objects without a separator",
                CONFIG_JSON.formatted("one") + CONFIG_JSON.formatted("two") + json(),
                rendered -> assertThat(rendered.canarySupport(), hasSize(2))));
        rows.add(accepted(
                "4 JSON objects with YAML's separator",
                CONFIG_JSON.formatted("one") + "---\n" + CONFIG_JSON.formatted("two") + "---\n"
                        + json().replace("\t", " "),
                rendered -> assertThat(rendered.canarySupport(), hasSize(2))));
        rows.add(refused(
                "5 duplicate key", label("a: \"1\"\n    a: \"2\""), "app.yml, line 7: the key 'a' is there twice."));
        rows.add(refused(
                "6 duplicate key in JSON",
                "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Secret\",\n  \"kind\": \"ConfigMap\"\n}",
                "app.yml: Duplicate field 'kind' in line 4."));
        rows.add(refused(
                "6 duplicate key in JSON with YAML's separator",
                CONFIG_JSON.formatted("one") + "---\n{\"kind\": \"Secret\",\n\"kind\": \"ConfigMap\"}",
                "app.yml, line 4: the key 'kind' is there twice."));
        rows.add(refused("7 tabs", deployment("\n  name: shop", "\n\tname: shop"), "app.yml, line 4:", "TAB"));
        rows.add(accepted("8 byte order mark", "\uFEFF" + DEPLOYMENT, rendered -> {}));
        rows.add(accepted(
                "8 byte order mark before JSON objects",
                "\uFEFF" + CONFIG_JSON.formatted("one") + json(),
                rendered -> assertThat(rendered.canarySupport(), hasSize(1))));
        rows.add(accepted(
                "8 CR LF",
                DEPLOYMENT.replace("\n", "\r\n"),
                rendered -> assertThat(inPod(rendered, "containers").toString(), not(containsString("\r")))));
        rows.add(refused("9 UTF-16", "a\0p\0i\0V\0e\0r\0s\0i\0o\0n\0", "app.yml is not UTF-8 text"));
        rows.add(refused("9 not decodable", deployment("shop", "sh\uFFFDp"), "app.yml is not UTF-8 text"));
    }

    /** {@link #DEPLOYMENT} in JSON. */
    private static String json() {
        return """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": {
                "selector": {"matchLabels": {"app": "shop"}},
                "template": {"metadata": {"labels": {"app": "shop"}}, "spec": {"containers": [
                \t{"name": "main", "image": "registry.example.com/shop:1.0"}]}}}}
                """;
    }

    private static void structure(List<Row> rows) {
        rows.add(refused("10 NUL in a name", label("a: \"\0\""), "app.yml is not UTF-8 text"));
        rows.add(refused(
                "10 escaped NUL in a name", deployment("name: shop", "name: \"sh\\0op\""), "control characters"));
        rows.add(refused(
                "10 escaped ESC in a name", deployment("name: shop", "name: \"sh\\eop\""), "control characters"));
        rows.add(refused(
                "10 ESC in the file",
                deployment("name: shop", "name: sh\u001bop"),
                "app.yml has the control character U+001B"));
        rows.add(refused(
                "10 path as a name", deployment("name: shop", "name: ../../secrets/x"), "metadata.name", "'/'"));
        rows.add(refused("10 dots as a name", deployment("name: shop", "name: '..'"), "metadata.name"));
        rows.add(refused("10 path as a version", deployment("apps/v1", "apps/v1/../../v2"), "is no API version"));
        rows.add(refused(
                "11 tag of a class",
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://x/\"]]]]",
                "app.yml, line 1: Global tag is not allowed: tag:yaml.org,2002:javax.script.ScriptEngineManager."));
        rows.add(refused("11 tag at a value", label("a: !!binary aGk="), "app.yml, line 6: the tag", "is not allowed"));
        rows.add(refused(
                "11 tag at a placeholder", label("a: !evil $app"), "app.yml, line 6: the tag !evil is not allowed"));
        rows.add(refused("12 alias bomb", bomb(), "app.yml, line ", "are its aliases meant so?"));
        rows.add(refused("12 501 aliases", aliases(501), "max=500"));
        rows.add(refused(
                "12 alias of itself", "a: &a\n  b: *a\n", "app.yml, line 1: an anchor contains its own alias."));
        rows.add(refused("12 unknown alias", "a: *b\n", "app.yml, line 1: found undefined alias b."));
        rows.add(accepted("12 60 harmless aliases", aliases(60), rendered -> {}));
        rows.add(accepted(
                "13 merge key",
                with("""
                        apiVersion: v1
                        kind: ConfigMap
                        metadata:
                          name: settings
                          labels: &labels {a: one, b: two}
                          annotations:
                            <<: *labels
                            b: three
                        """),
                rendered -> assertThat(
                        rendered.canarySupport().get(0).map("metadata", "annotations"),
                        is(Map.of("a", "one", "b", "three")))));
        rows.add(refused(
                "13 merge of a text", label("<<: text"), "app.yml, line 6: '<<' must name a map, or a list of maps."));
        rows.add(refused("14 nested 2000 deep", "a: " + "[".repeat(2000) + "]".repeat(2000), "200"));
        rows.add(refused("14 JSON nested 2000 deep", "{\"a\":".repeat(2000) + "1" + "}".repeat(2000), "200"));
        rows.add(refused("14 nested 2000 deep in blocks", blocks(2000), "200"));
        rows.add(refused("14 nested without an end", "[".repeat(1_000_000), "200"));
        rows.add(refused("14 nested through aliases", ladder(), "app.yml, line ", "nested more than 200 deep"));
        rows.add(refused(
                "15 scalar of 3 MiB", data("a: " + "x".repeat(3 << 20)), "app.yml has a document of more than 1 MiB"));
        rows.add(
                refused("15 quoted scalar of 3 MiB", data("a: \"" + "x\\n".repeat(1 << 20) + "\""), "more than 1 MiB"));
        rows.add(refused("15 file of 5 MiB", DEPLOYMENT + "#".repeat(5 << 20), "app.yml has more than 4 MiB"));
        rows.add(accepted("15 number of 900 kB", data("a: " + "7".repeat(900_000)), rendered -> {}));
        rows.add(refused(
                "16 1000 documents", CONFIG.concat("---\n").repeat(1000), "app.yml has more than 500 documents"));
        rows.add(refused(
                "16 1000 JSON objects", CONFIG_JSON.formatted("x").repeat(1000), "app.yml has more than 500 doc"));
    }

    private static String bomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a%1$d: &a%1$d [%2$s]\n".formatted(i, ("*a" + (i - 1) + ", ").repeat(9)));
        }
        return bomb.toString();
    }

    private static String aliases(int number) {
        return with(CONFIG + "x-list: &list [a, b]\nx-lists:\n" + "  - *list\n".repeat(number));
    }

    private static String blocks(int depth) {
        StringBuilder blocks = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            blocks.append(" ".repeat(i % 300)).append("- ");
        }
        return blocks.append("x\n").toString();
    }

    /** Each step is 190 deep by itself, and hangs on the end of the one before. */
    private static String ladder() {
        StringBuilder ladder = new StringBuilder("x0: &x0 [x]\n");
        for (int i = 1; i < 400; i++) {
            ladder.append("x%d: &x%d %s*x%d%s\n".formatted(i, i, "[".repeat(190), i - 1, "]".repeat(190)));
        }
        return ladder.toString();
    }

    private static void objects(List<Row> rows) {
        rows.add(refused(
                "17 no kind", with("apiVersion: v1\nmetadata: {name: x}\n"), "app.yml, line 21: ", "no 'kind'"));
        rows.add(refused("17 no apiVersion", with("kind: ConfigMap\n"), "app.yml, line 21: ", "no 'apiVersion'"));
        rows.add(refused(
                "18 text as a document", with("hello\n", CONFIG), "app.yml, line 21: ", "no object but 'hello'"));
        rows.add(refused("18 list as a document", with("- a\n- b\n", CONFIG), "app.yml, line 21: ", "no object"));
        rows.add(refused(
                "19 small letters",
                deployment("Deployment", "deployment"),
                "no kind 'deployment': write 'Deployment'"));
        rows.add(refused(
                "20 removed version",
                deployment("apps/v1", "extensions/v1beta1"),
                "app.yml, line 1: extensions/v1beta1 was removed from Kubernetes: write 'apps/v1'."));
        rows.add(refused(
                "29 another namespace",
                deployment("  name: shop\n", "  name: shop\n  namespace: prod\n"),
                "Deployment shop is for the namespace 'prod', but the release is for 'test'"));
        rows.add(refused(
                "29 another namespace in a list",
                with("apiVersion: v1\nkind: List\nitems:\n- "
                        + CONFIG.replace("\n", "\n  ").replace("name:", "namespace: p\n    name:")),
                "is for the namespace 'p'"));
        rows.add(refused(
                "29 another Namespace",
                with("{apiVersion: v1, kind: Namespace, metadata: {name: p}}\n"),
                "Namespace p"));
        rows.add(refused(
                "30 generateName",
                deployment("name: shop", "generateName: shop-"),
                "the Deployment has no metadata.name; generateName would make a new object with each release"));
        rows.add(accepted("31 status", DEPLOYMENT + "status:\n  replicas: 3\n", rendered -> {
            assertThat(rendered.canary().get("status"), is(nullValue()));
            assertThat(rendered.stable().get("status"), is(nullValue()));
            assertThat(rendered.warnings(), hasItem(containsString("Deployment shop has a 'status'")));
        }));
        for (String field : List.of("managedFields: []", "resourceVersion: \"17\"", "uid: 1-2-3")) {
            rows.add(refused(
                    "31 " + field,
                    deployment("  name: shop\n", "  name: shop\n  " + field + "\n"),
                    "'metadata." + field.substring(0, field.indexOf(':')) + "', so it was copied out of a cluster"));
        }
        rows.add(accepted(
                "32 list",
                "apiVersion: v1\nkind: List\nitems:\n- " + DEPLOYMENT.replace("\n", "\n  ") + "\n- "
                        + CONFIG.replace("\n", "\n  "),
                rendered -> assertThat(rendered.canarySupport(), hasSize(1))));
        rows.add(refused(
                "32 list in a list",
                "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: []}]}",
                "app.yml, line 1: a List within a List is not supported"));
        rows.add(refused(
                "32 text in a list",
                "{apiVersion: v1, kind: List, items: [hello]}",
                "an item of the List is no object"));
        rows.add(refused(
                "33 two Deployments", with(DEPLOYMENT), "There are 2 Deployments in the manifests (shop, shop)"));
        rows.add(refused("33 no Deployment", CONFIG, "There is no Deployment in the manifests."));
        for (String kind : List.of("StatefulSet", "DaemonSet")) {
            rows.add(refused(
                    "34 " + kind,
                    deployment("Deployment", kind),
                    "There is no Deployment in the manifests (" + kind + " shop cannot be released as a canary)."));
        }
    }

    private static void scalars(List<Row> rows) {
        for (String value : List.of("three", "2.7", "3000000000", "\"3\"", "-1", "0", "1e1", "yes", "[3]")) {
            rows.add(refused(
                    (value.equals("-1") || value.equals("0") ? "24" : "23") + " replicas: " + value,
                    replicas(value),
                    "'spec.replicas' of Deployment shop is '",
                    "': it must be a whole number of at least 1, without quotes."));
        }
        rows.add(refused(
                "25 label 1.10", label("version: 1.10"), "metadata.labels.version must be text", "put it in quotes"));
        rows.add(refused(
                "25 label of the pods",
                deployment("        app: shop\n    spec", "        app: 12\n    spec"),
                "spec.template.metadata.labels.app must be text, but YAML reads it as a number"));
        for (String value : List.of("1e3", "yes", "on", "08", "-.5", "0644", "12", "true", "~", "")) {
            rows.add(refused("26 data: " + value, data("a: " + value), "ConfigMap settings: data.a must be text"));
        }
        rows.add(accepted(
                "26 as text for kubectl, too",
                data("a: 12:30:45", "b: 2026-01-02", "c: 1.2.3", "d: \"yes\"", "e: 1e", "f: 0xg", "g: 'null'"),
                rendered -> {
                    assertThat(inData(rendered, "a"), is("12:30:45"));
                    assertThat(inData(rendered, "b"), is("2026-01-02"));
                    assertThat(inData(rendered, "d"), is("yes"));
                }));
        for (String key : List.of("yes", "1.10", "010", "True", "~")) {
            rows.add(refused(
                    "26 key " + key, data(key + ": x"), "app.yml, line 26: the key '" + key + "' is read as '"));
        }
        rows.add(accepted(
                "27 hostNetwork: yes",
                pod("hostNetwork: yes"),
                rendered -> assertThat(inPod(rendered, "hostNetwork"), is(true))));
        rows.add(accepted(
                "28 0644", pod("defaultMode: 0644"), rendered -> assertThat(inPod(rendered, "defaultMode"), is(420))));
        rows.add(accepted(
                "28 0x1a4, as kubectl reads it",
                pod("defaultMode: 0x1a4"),
                rendered -> assertThat(inPod(rendered, "defaultMode"), is(420))));
        for (String number : List.of("1_000", "0b11", "0o17", "0x1_0", "0_7")) {
            rows.add(refused(
                    "28 " + number,
                    pod("x: " + number),
                    "line 14: this is a number to some parsers and text to others"));
        }
        rows.add(refused("28 1e999", pod("x: 1e999"), "app.yml, line 14: this is no number that JSON can hold."));
    }

    private static void workloads(List<Row> rows) {
        rows.add(refused(
                "35 selector not of the pods",
                deployment("    matchLabels:\n      app: shop\n", "    matchLabels:\n      app: other\n"),
                "The selector of Deployment shop-canary",
                "does not match the labels of its pods"));
        rows.add(refused(
                "35 no selector",
                deployment("  selector:\n    matchLabels:\n      app: shop\n", ""),
                "Deployment shop-canary has no 'spec.selector'"));
        rows.add(accepted(
                "35 selector of expressions only, which tells the tracks apart",
                deployment(
                                "matchLabels:\n      app: shop\n",
                                "matchExpressions:\n"
                                        + "      - {key: role, operator: In, values: [\"$deployment\"]}\n"
                                        + "      - {key: old, operator: DoesNotExist}\n")
                        .replace("        app: shop\n", "        app: shop\n        role: $deployment\n"),
                rendered -> assertThat(rendered.canary().get("spec", "selector", "matchLabels"), is(nullValue()))));
        rows.add(refused(
                "35 expressions that do not hold for the pods",
                deployment(
                        "matchLabels:\n      app: shop\n",
                        "matchExpressions:\n" + "      - {key: role, operator: In, values: [\"$deployment\"]}\n"),
                "does not match the labels of its pods",
                "operator=In, values=[shop-canary]"));
        rows.add(accepted("37 one selector for both tracks", DEPLOYMENT, rendered -> {
            assertThat(rendered.canary().get("spec", "selector", "matchLabels", "track"), is("canary"));
            assertThat(rendered.stable().get("spec", "selector", "matchLabels", "track"), is("stable"));
        }));
        rows.add(accepted(
                "39 no readinessProbe",
                deployment("          readinessProbe:\n            tcpSocket:\n              port: 80\n", ""),
                rendered ->
                        assertThat(rendered.warnings(), hasItem(containsString("No container has a readinessProbe")))));
        rows.add(accepted(
                "39 with a readinessProbe", DEPLOYMENT, rendered -> assertThat(rendered.warnings(), is(List.of()))));
        rows.add(refused("42 a Secret's number is not repeated", with("""
                        apiVersion: v1
                        kind: Secret
                        metadata:
                          name: pin
                        stringData:
                          pin: 4711
                        """), "Secret pin: stringData.pin must be text"));
        rows.add(refused(
                "42 a Secret's text is not repeated",
                with("apiVersion: v1\nkind: Secret\nstringData: {pin: \"4711\n"),
                "app.yml, line 24: "));
        rows.add(refused(
                "44 paused",
                deployment("spec:\n  selector", "spec:\n  paused: true\n  selector"),
                "Deployment shop-canary is paused in the manifest"));
        rows.add(accepted(
                "45 replicas with a HorizontalPodAutoscaler",
                replicas("5")
                        + "---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: shop}}\n",
                rendered -> {
                    assertThat(rendered.stable().get("spec", "replicas"), is(nullValue()));
                    assertThat(rendered.manifestReplicas(), is(5));
                }));
    }

    private static void images(List<Row> rows) {
        String hex = "0123456789abcdef".repeat(4);
        for (String image : List.of(
                "repo/app:",
                "$IMG",
                "registry.example.com/Team/App:1",
                "app@sha256:" + hex.substring(1),
                "app@sha256:" + hex + "0",
                "-app",
                "app:1 2",
                "a.".repeat(200) + "/",
                "x".repeat(100_000))) {
            rows.add(refused("40 " + shortened(image), DEPLOYMENT, "'image' is '", "which is no image reference")
                    .image(image));
        }
        rows.add(refused("40 no image", DEPLOYMENT, "'image' is missing").image(" "));
        rows.add(refused("40 unresolved in the manifest", deployment("registry.example.com/shop:1.0", "$IMG"), "IMG"));
        rows.add(accepted(
                        "40 latest",
                        DEPLOYMENT,
                        rendered ->
                                assertThat(rendered.warnings(), hasItem(containsString("app:latest has no fixed tag"))))
                .image("app:latest"));
        rows.add(refused(
                "40 an endless image beside it",
                deployment("containers:\n", "containers:\n        - {name: b, image: " + "a.".repeat(50_000) + "a}\n")
                        .replace("/shop:", "/other:"),
                "none of the 2 containers of Deployment shop-canary has an image of that repository"));
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40);
    }

    private static void variables(List<Row> rows) {
        rows.add(
                refused(
                        "46 undefined",
                        data("a: $b-${c}", "$d: e"),
                        "The manifests use variables without a value: b, c, d. Set them in 'variables' (there are: app, deployment,"));
        rows.add(accepted("46 line breaks and YAML", data("a: $evil", "b: x $evil", "c: \"$evil\""), rendered -> {
                    assertThat(rendered.canarySupport().get(0).map("data").keySet(), hasSize(3));
                    assertThat(inData(rendered, "a"), is("1\nd: 2\n---\nkind: Pod"));
                })
                .variable("evil", "1\nd: 2\n---\nkind: Pod"));
        rows.add(accepted(
                        "46 a value is not filled in again",
                        data("a: $one"),
                        rendered -> assertThat(inData(rendered, "a"), is("$app ${app}")))
                .variable("one", "$app ${app}"));
        rows.add(accepted("46 Kubernetes' own $(NAME)", data("a: $(app) $((1)) $", "b: $$app"), rendered -> {
            assertThat(inData(rendered, "a"), is("$(app) $((1)) $"));
            assertThat(inData(rendered, "b"), is("$app"));
        }));
        rows.add(refused("46 built-in", DEPLOYMENT, "'variables' sets 'replicas', which the step sets itself")
                .variable("replicas", "3"));
        rows.add(refused(
                "47 unquoted in a flow map", with("{apiVersion: v1,\n kind: ${kind}}\n"), "app.yml, line 22: "));
        rows.add(refused(
                "47 not closed in a flow map", with("{apiVersion: v1,\n kind: ${kind}\n"), "app.yml, line 22: "));
    }

    @Test
    public void isRefusedOrAcceptedAsTheCatalogueSays() {
        if (row.check != null) {
            row.check.accept(render());
            return;
        }

        UserException refusal = assertThrows(UserException.class, this::render);

        for (String part : row.refusal) {
            assertThat(refusal.getMessage(), containsString(part));
        }
        // one sentence for people, which quotes neither the program nor a secret
        assertThat(refusal.getMessage(), not(containsString("\n")));
        assertThat(refusal.getMessage(), not(containsString("Exception")));
        assertThat(refusal.getMessage(), not(containsString("4711")));
        assertThat("as short as a sentence", refusal.getMessage().length() < 500);
        assertThat(refusal.getCause(), is(nullValue()));
    }

    private Rendered render() {
        return new ManifestRenderer(new Target("", "test", "shop"), Map.of(FILE, row.text), row.variables, row.image)
                .render(1, 3);
    }
}
