package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Endpoints in the form of the EndpointSlices that took their place. */
final class EndpointSlices {

    private EndpointSlices() {}

    @NonNull
    static KubeObject of(KubeObject endpoints) {
        List<Map<String, ?>> all = new ArrayList<>();
        for (KubeObject subset : endpoints.list("subsets")) {
            for (boolean ready : new boolean[] {true, false}) {
                for (KubeObject address : subset.list(ready ? "addresses" : "notReadyAddresses")) {
                    all.add(Map.of("conditions", Map.of("ready", ready), "targetRef", address.map("targetRef")));
                }
            }
        }
        return KubeObject.of(Map.of(
                "apiVersion",
                Kind.ENDPOINT_SLICE.apiVersion(),
                "kind",
                Kind.ENDPOINT_SLICE.kind(),
                "metadata",
                Map.of(
                        "name",
                        endpoints.name(),
                        "resourceVersion",
                        endpoints.resourceVersion(),
                        "labels",
                        Map.of(Kind.SERVICE_OF_SLICE, endpoints.name())),
                "endpoints",
                all));
    }
}
