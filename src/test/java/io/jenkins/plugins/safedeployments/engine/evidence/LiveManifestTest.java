package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.InMemoryCluster;
import io.jenkins.plugins.safedeployments.engine.manifest.ManifestRenderer;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class LiveManifestTest {

    private static final Target SHOP = new Target("", "prod", "shop");

    private final InMemoryCluster cluster = new InMemoryCluster("prod");

    @Test
    public void of_liveApp_leavesOutWhatTheClusterAdded() {
        cluster.create(service());
        cluster.create(deployment("shop-stable", Map.of("name", "GREETING", "value", "hello")));

        assertThat(LiveManifest.of(cluster, SHOP), is("""
                        apiVersion: v1
                        kind: Service
                        metadata:
                          name: shop-lb
                        spec:
                          ports:
                          - port: 80
                            targetPort: http
                          selector:
                            app: shop
                          type: LoadBalancer
                        ---
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata:
                          annotations:
                            owner: team-a
                          labels:
                            app: shop
                          name: $deployment
                        spec:
                          replicas: 3
                          selector:
                            matchLabels:
                              app: shop
                          template:
                            metadata:
                              labels:
                                app: shop
                            spec:
                              containers:
                              - env:
                                - name: GREETING
                                  value: hello
                                image: registry.example.com/shop:1
                                name: shop
                              volumes:
                              - emptyDir: {}
                                name: scratch
                        """));
    }

    @Test
    public void of_liveApp_canBeReleasedAsItIs() {
        cluster.create(service());
        cluster.create(deployment("shop-stable", Map.of("name", "PRICE", "value", "$APP costs ${X}, not $(PRICE)")));

        Rendered rendered = new ManifestRenderer(
                        SHOP, Map.of("copy", LiveManifest.of(cluster, SHOP)), Map.of(), "registry.example.com/shop:2")
                .render(1, 3);

        assertThat(rendered.canary().name(), is("shop-canary"));
        KubeObject container =
                rendered.canary().list("spec", "template", "spec", "containers").get(0);
        assertThat(container.string("image"), is("registry.example.com/shop:2"));
        assertThat(container.list("env").get(0).string("value"), is("$APP costs ${X}, not $(PRICE)"));
    }

    @Test
    public void of_podsThatAreCalledLikeTheirDeployment_areSoInTheCanary() {
        Map<String, String> labels = Map.of("app", "shop", "deployment", "shop-stable");
        cluster.create(deployment("shop-stable", Map.of("name", "A", "value", "b"))
                .with(labels, "spec", "selector", "matchLabels")
                .with(labels, "spec", "template", "metadata", "labels"));

        Rendered rendered = new ManifestRenderer(
                        SHOP, Map.of("copy", LiveManifest.of(cluster, SHOP)), Map.of(), "registry.example.com/shop:2")
                .render(1, 3);

        assertThat(
                rendered.canary().map("spec", "selector", "matchLabels"),
                is(Map.of("app", "shop", "deployment", "shop-canary")));
        assertThat(rendered.stable().map("spec", "selector", "matchLabels"), is(labels));
    }

    @Test
    public void of_secrets_areLeftOut() {
        cluster.create(deployment("shop", Map.of("name", "DB_PASSWORD", "value", "correct horse")));

        assertThat(
                LiveManifest.of(cluster, SHOP),
                allOf(
                        containsString("stands for what looks like a secret"),
                        containsString("value: '****'"),
                        not(containsString("horse"))));
    }

    @Test
    public void of_appThatIsNotThere_saysWhatWasLookedFor() {
        UserException refused = assertThrows(UserException.class, () -> LiveManifest.of(cluster, SHOP));

        assertThat(
                refused.getMessage(),
                is("There is no Deployment shop-stable or shop in prod: correct 'app' or 'namespace'."));
    }

    private static KubeObject service() {
        return KubeObject.of(Map.of("apiVersion", "v1", "kind", "Service", "metadata", Map.of("name", "shop-lb")))
                .with(
                        Map.of(
                                "type",
                                "LoadBalancer",
                                "clusterIP",
                                "10.0.0.7",
                                "sessionAffinity",
                                "None",
                                "selector",
                                Map.of("app", "shop"),
                                "ports",
                                List.of(Map.of("port", 80, "targetPort", "http", "nodePort", 30080))),
                        "spec")
                .with(List.of(Map.of("ip", "203.0.113.7")), "status", "loadBalancer", "ingress");
    }

    private static KubeObject deployment(String name, Map<String, String> variable) {
        Map<String, Object> pod = Map.of(
                "restartPolicy",
                "Always",
                "securityContext",
                Map.of(),
                "volumes",
                List.of(Map.of("name", "scratch", "emptyDir", Map.of())),
                "containers",
                List.of(Map.of(
                        "name",
                        "shop",
                        "image",
                        "registry.example.com/shop:1",
                        "resources",
                        Map.of(),
                        "env",
                        List.of(variable))));
        return KubeObject.of(Map.of("apiVersion", "apps/v1", "kind", "Deployment", "metadata", Map.of("name", name)))
                .with(Map.of("app", "shop"), "metadata", "labels")
                .with(
                        Map.of(
                                "owner",
                                "team-a",
                                "deployment.kubernetes.io/revision",
                                "3",
                                "safe-deployments.jenkins.io/fence",
                                "7",
                                "tool.example.com/whole-manifest",
                                "x".repeat(600)),
                        "metadata",
                        "annotations")
                .with(3, "spec", "replicas")
                .with(Map.of("app", "shop", "track", "stable"), "spec", "selector", "matchLabels")
                .with(Map.of("app", "shop", "track", "stable"), "spec", "template", "metadata", "labels")
                .with(pod, "spec", "template", "spec")
                .with(600, "spec", "progressDeadlineSeconds")
                .with(3, "status", "replicas");
    }
}
