package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.Served;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

public class ResourceTypesTest {

    private static final String SLICES = resources("endpointslices", "EndpointSlice");
    private static final String AUTOSCALERS = resources("horizontalpodautoscalers", "HorizontalPodAutoscaler");
    private static final String BUDGETS = resources("poddisruptionbudgets", "PodDisruptionBudget");

    @Rule
    public final ScriptedApi api = new ScriptedApi();

    @Test
    public void served_newestVersion_isAskedForOnce() {
        ResourceTypes types = new ResourceTypes(api.rest());
        api.answer(200, SLICES);

        assertThat(types.served(Kind.ENDPOINT_SLICE).kind(), is(Kind.ENDPOINT_SLICE));
        assertThat(types.served(Kind.ENDPOINT_SLICE).type().plural(), is("endpointslices"));
        assertThat(api.requests(), contains("/apis/discovery.k8s.io/v1"));
    }

    @Test
    public void served_olderVersions_inTheirOrder() {
        assertServed(Kind.ENDPOINT_SLICE, "discovery.k8s.io/v1beta1", "", SLICES);
        assertServed(Kind.AUTOSCALER, "autoscaling/v2beta2", "", AUTOSCALERS);
        assertServed(Kind.AUTOSCALER, "autoscaling/v1", "", "", AUTOSCALERS);
        assertServed(Kind.DISRUPTION_BUDGET, "policy/v1", BUDGETS);
        assertServed(Kind.DISRUPTION_BUDGET, "policy/v1beta1", "", BUDGETS);
    }

    @Test
    public void served_groupThatHasOtherKindsOnly_isNotTaken() {
        // policy/v1 of Kubernetes 1.20 would have evictions, but no budgets
        assertServed(Kind.DISRUPTION_BUDGET, "policy/v1beta1", resources("evictions", "Eviction"), BUDGETS);
    }

    @Test
    public void served_noSlicesAtAll_readsEndpointsInTheirForm() {
        Served served = assertServed(Kind.ENDPOINT_SLICE, "v1", "", "");

        KubeObject slice = served.form(KubeObject.of(Map.of(
                "metadata",
                Map.of("name", "shop-lb", "resourceVersion", "7"),
                "subsets",
                List.of(Map.of(
                        "addresses", List.of(Map.of("targetRef", Map.of("name", "a", "uid", "1"))),
                        "notReadyAddresses", List.of(Map.of("targetRef", Map.of("name", "b", "uid", "2"))))))));
        assertThat(slice.kind(), is(Kind.ENDPOINT_SLICE));
        assertThat(slice.map("metadata", "labels").get(Kind.SERVICE_OF_SLICE), is("shop-lb"));
        List<KubeObject> endpoints = slice.list("endpoints");
        assertThat(endpoints, hasSize(2));
        assertThat(endpoints.get(0).get("conditions", "ready"), is(true));
        assertThat(endpoints.get(0).string("targetRef", "uid"), is("1"));
        assertThat(endpoints.get(1).get("conditions", "ready"), is(false));
    }

    @Test
    public void served_clusterThatDoesNotAnswer_isNotTakenForAnOldOne() {
        ResourceTypes types = new ResourceTypes(api.rest());
        api.answer(503, "");
        api.answer(200, AUTOSCALERS);

        assertThrows(ClusterException.class, () -> types.served(Kind.AUTOSCALER));
        assertThat(types.served(Kind.AUTOSCALER).kind(), is(Kind.AUTOSCALER));
    }

    @Test
    public void forget_asksAgain() {
        ResourceTypes types = new ResourceTypes(api.rest());
        api.answer(404, "");
        api.answer(200, AUTOSCALERS);
        assertThat(types.served(Kind.AUTOSCALER).kind().apiVersion(), is("autoscaling/v2beta2"));

        types.forget(Kind.AUTOSCALER);
        api.answer(200, AUTOSCALERS);

        assertThat(types.served(Kind.AUTOSCALER).kind(), is(Kind.AUTOSCALER));
    }

    @Test
    public void of_isExact() {
        ResourceTypes types = new ResourceTypes(api.rest());

        // what a manifest says is never sent to another version's address
        assertThrows(UserException.class, () -> types.of(Kind.AUTOSCALER));
        assertThat(api.requests(), contains("/apis/autoscaling/v2"));
    }

    /** @param answers to discovery, an empty one for a version that is not served */
    private Served assertServed(Kind kind, String apiVersion, String... answers) {
        for (String answer : answers) {
            api.answer(answer.isEmpty() ? 404 : 200, answer);
        }
        Served served = new ResourceTypes(api.rest()).served(kind);
        assertThat(served.kind().apiVersion(), is(apiVersion));
        return served;
    }

    private static String resources(String plural, String kind) {
        return "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"" + plural + "\",\"kind\":\"" + kind
                + "\",\"namespaced\":true},{\"name\":\"" + plural + "/status\",\"kind\":\"" + kind
                + "\",\"namespaced\":true}]}";
    }
}
