package io.jenkins.plugins.safedeployments.engine.manifest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ManifestRendererTest {

    private static final Target TARGET = new Target("", "test", "shop");

    /** Without any placeholder, with two containers and an own number of replicas. */
    private static final String PLAIN = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: anything
            spec:
              replicas: 4
              selector:
                matchLabels: {app: shop}
              template:
                metadata:
                  labels: {app: shop, team: blue}
                spec:
                  containers:
                    - name: proxy
                      image: envoy:1
                    - name: main
                      image: registry.example.com/shop:1.0
            """;

    @Test
    public void render_theExample_isWhatEachTrackNeeds() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String file : List.of("deployment.yml", "service.yml")) {
            files.put(file, Files.readString(Path.of("docs/examples/addressbook", file)));
        }

        Rendered rendered = new ManifestRenderer(
                        new Target("production", "test", "addressbook"), files, Map.of(), "example.com/ab:2")
                .render(1, 3);

        for (Track track : Track.values()) {
            KubeObject deployment = rendered.deployment(track);
            String name = "addressbook-" + track.label();
            assertThat(deployment.name(), is(name));
            assertThat(deployment.namespace(), is("test"));
            assertThat(image(deployment, 0), is("example.com/ab:2"));
            assertThat(
                    deployment.map("spec", "selector", "matchLabels"),
                    is(Map.of("app", "addressbook", "deployment", name)));
        }
        assertThat(rendered.canary().get("spec", "replicas"), is(1));
        assertThat(rendered.stable().get("spec", "replicas"), is(nullValue()));
        assertThat(rendered.manifestReplicas(), is(nullValue()));
        assertThat(rendered.canarySupport(), contains(rendered.stableSupport().get(0)));
        assertThat(rendered.warnings(), is(List.of()));
    }

    @Test
    public void render_withoutPlaceholders_setsNameLabelsReplicasAndImage() {
        Rendered rendered = render(PLAIN);

        assertThat(rendered.canary().name(), is("shop-canary"));
        assertThat(rendered.stable().name(), is("shop-stable"));
        assertThat(rendered.canary().get("spec", "replicas"), is(2));
        assertThat(rendered.manifestReplicas(), is(4));
        assertThat(
                rendered.canary().map("spec", "template", "metadata", "labels"),
                is(Map.of("app", "shop", "team", "blue", "track", "canary")));
        assertThat(
                rendered.canary().map("spec", "selector", "matchLabels"), is(Map.of("app", "shop", "track", "canary")));
    }

    @Test
    public void render_severalContainers_setsTheImageOfTheSameRepository() {
        Rendered rendered = render(PLAIN);

        assertThat(image(rendered.canary(), 0), is("envoy:1"));
        assertThat(image(rendered.canary(), 1), is("registry.example.com/shop:1.1"));
        assertThat(image(rendered.stable(), 1), is("registry.example.com/shop:1.1"));
    }

    @Test
    public void render_imageVariableInAnotherObjectOnly_setsTheImageOfTheContainer() {
        Rendered rendered =
                render(PLAIN + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {image: $image}}\n");

        assertThat(image(rendered.canary(), 1), is("registry.example.com/shop:1.1"));
    }

    @Test
    public void render_imageVariableWithinAnImage_isLeftAsItIs() {
        Rendered rendered = render(PLAIN.replace("registry.example.com/shop:1.0", "${image}-debian"));

        assertThat(image(rendered.canary(), 1), is("registry.example.com/shop:1.1-debian"));
    }

    @Test
    public void render_noContainerOfTheRepository_isRefused() {
        UserException refusal =
                assertThrows(UserException.class, () -> render(PLAIN.replace("registry.example.com/shop", "other")));

        assertThat(
                refusal.getMessage(),
                is("'image' is 'registry.example.com/shop:1.1', but none of the 2 containers of Deployment shop-canary"
                        + " has an image of that repository: write 'image: $image' where it belongs."));
    }

    @Test
    public void render_nameMadeOfOtherVariables_isRefused() {
        UserException refusal = assertThrows(UserException.class, () -> render(PLAIN.replace("anything", "my-$track")));

        assertThat(
                refusal.getMessage(),
                is("The Deployment's name becomes 'my-canary' for the canary track, but it must be 'shop-canary': write"
                        + " 'name: $deployment', or a name without variables."));
    }

    @Test
    public void render_selectorsOfTheManifestApart_getNoFurtherLabel() {
        Rendered rendered = render(PLAIN.replace("app: shop", "app: shop, role: $track"));

        assertThat(
                rendered.stable().map("spec", "selector", "matchLabels"), is(Map.of("app", "shop", "role", "stable")));
    }

    @Test
    public void render_support_comesInTheOrderOfApplication() {
        StringBuilder support = new StringBuilder(PLAIN);
        for (String kind : List.of("HorizontalPodAutoscaler", "Service", "Secret", "ConfigMap", "Role", "Namespace")) {
            support.append("---\n{apiVersion: v1, kind: %s, metadata: {name: test}}\n".formatted(kind));
        }

        Rendered rendered = render(support.toString());

        assertThat(
                rendered.canarySupport().stream()
                        .map(object -> object.kind().kind())
                        .toList(),
                contains("Namespace", "Role", "ConfigMap", "Secret", "Service", "HorizontalPodAutoscaler"));
    }

    @Test
    public void render_support_isPlacedInTheNamespace() {
        Rendered rendered = render(PLAIN + "---\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n"
                + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: test}}\n");

        assertThat(rendered.stableSupport().get(0).namespace(), is(""));
        assertThat(rendered.stableSupport().get(1).namespace(), is("test"));
    }

    @Test
    public void render_supportNamedByTrack_differsBetweenTheTracks() {
        Rendered rendered = render(PLAIN + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c-$track}}\n");

        assertThat(rendered.support(Track.CANARY).get(0).name(), is("c-canary"));
        assertThat(rendered.support(Track.STABLE).get(0).name(), is("c-stable"));
    }

    @Test
    public void render_customResource_comesThroughUntouched() {
        Rendered rendered = render(PLAIN + """
                ---
                apiVersion: monitoring.coreos.com/v1
                kind: ServiceMonitor
                metadata: {name: m}
                spec:
                  unheardOf: [{deep: {number: 12345678901, half: 0.5, nothing: ~, list: []}}]
                """);

        assertThat(
                rendered.canarySupport()
                        .get(0)
                        .list("spec", "unheardOf")
                        .get(0)
                        .map("deep")
                        .toString(),
                is("{number=12345678901, half=0.5, nothing=null, list=[]}"));
    }

    @Test
    public void newRenderer_noFiles_isRefused() {
        UserException refusal = assertThrows(
                UserException.class,
                () -> new ManifestRenderer(TARGET, Map.of(), Map.of(), "registry.example.com/shop:1"));

        assertThat(refusal.getMessage(), containsString("'manifests' names no file that exists"));
    }

    @Test
    public void render_digest_isNoMutableImage() {
        String digest = "registry.example.com/shop@sha256:" + "0".repeat(64);

        Rendered rendered = new ManifestRenderer(TARGET, Map.of("f", PLAIN), Map.of(), digest).render(1, 1);

        assertThat(image(rendered.canary(), 1), is(digest));
        assertThat(rendered.warnings().toString(), not(containsString("no fixed tag")));
    }

    private static Rendered render(String text) {
        return new ManifestRenderer(TARGET, Map.of("app.yml", text), Map.of(), "registry.example.com/shop:1.1")
                .render(2, 4);
    }

    private static String image(KubeObject deployment, int container) {
        return deployment
                .list("spec", "template", "spec", "containers")
                .get(container)
                .string("image");
    }
}
