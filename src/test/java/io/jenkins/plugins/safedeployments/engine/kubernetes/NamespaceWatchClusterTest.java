package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Rule;
import org.junit.Test;

/** The watches of a namespace on a real API server. */
public class NamespaceWatchClusterTest {

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void everythingThatARolloutShowsInIsSeen() {
        AtomicInteger changes = new AtomicInteger();
        try (View view = target.cluster().watch(changes::incrementAndGet)) {
            await().until(view::isComplete);
            apply("erste Fassung – größer");
            await().until(() -> note(view, "shop").equals("erste Fassung – größer"));
            apply("第二");
            await().until(() -> note(view, "shop").equals("第二"));

            await().until(() -> view.list(Kind.POD).stream().anyMatch(pod -> pod.condition("Ready") != null));
            KubeObject deployment = view.get(Kind.DEPLOYMENT, "shop").orElseThrow();
            assertThat(
                    view.list(Kind.REPLICA_SET).stream()
                            .map(KubeObject::controllerUid)
                            .toList(),
                    hasItem(deployment.uid()));
            target.cluster()
                    .create(KubeObject.of(Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "Service",
                            "metadata",
                            Map.of("name", "shop-lb"),
                            "spec",
                            Map.of("selector", Map.of("a", "b"), "ports", List.of(Map.of("port", 80))))));
            await().until(() -> view.list(Kind.ENDPOINT_SLICE).stream()
                    .filter(slice ->
                            "shop-lb".equals(slice.map("metadata", "labels").get(Kind.SERVICE_OF_SLICE)))
                    .anyMatch(slice -> slice.list("endpoints").stream()
                            .anyMatch(endpoint ->
                                    endpoint.string("targetRef", "kind").equals("Pod"))));

            target.cluster()
                    .delete(target.cluster().get(Kind.SERVICE, "shop-lb").orElseThrow());
            await().until(() -> view.list(Kind.ENDPOINT_SLICE).isEmpty());
            assertThat(changes.get() > 5, is(true));
        }
    }

    private static String note(View view, String name) {
        return view.get(Kind.DEPLOYMENT, name)
                .map(found -> String.valueOf(found.annotation("note")))
                .orElse("");
    }

    private void apply(String note) {
        Map<String, ?> labels = Map.of("a", "b");
        target.cluster()
                .apply(
                        KubeObject.of(Map.of(
                                "apiVersion",
                                "apps/v1",
                                "kind",
                                "Deployment",
                                "metadata",
                                Map.of("name", "shop", "annotations", Map.of("note", note)),
                                "spec",
                                Map.of(
                                        "selector",
                                        Map.of("matchLabels", labels),
                                        "template",
                                        Map.of(
                                                "metadata",
                                                Map.of("labels", labels, "annotations", Map.of("note", note)),
                                                "spec",
                                                Map.of(
                                                        "containers",
                                                        List.of(Map.of(
                                                                "name", "x", "image", "registry.example.com/x:1"))))))),
                        false,
                        true);
    }
}
