package io.jenkins.plugins.safedeployments.engine.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ServiceAddressTest {

    @Test
    public void of_loadBalancerWithAddress_isReachedFromOutside() {
        found(
                service(Map.of("type", "LoadBalancer", "clusterIP", "10.0.0.7"), List.of(Map.of("ip", "203.0.113.7"))),
                "203.0.113.7:80",
                "lb at 203.0.113.7:80");
        found(
                service(Map.of("type", "LoadBalancer"), List.of(Map.of("hostname", "lb.example.com"))),
                "lb.example.com:80",
                "lb at lb.example.com:80");
        found(
                service(Map.of("type", "LoadBalancer"), List.of(Map.of("ip", "2001:db8::7"))),
                "[2001:db8::7]:80",
                "lb at [2001:db8::7]:80");
    }

    @Test
    public void of_loadBalancerThatIsBeingMade_hasNoAddressYet() {
        found(
                service(Map.of("type", "LoadBalancer", "clusterIP", "10.0.0.7"), List.of()),
                "",
                "lb at 10.0.0.7:80, inside the cluster; its external address is not known yet");
    }

    @Test
    public void of_configuredExternalAddress_isReachedFromOutside() {
        found(
                service(Map.of("clusterIP", "10.0.0.7", "externalIPs", List.of("198.51.100.1")), List.of()),
                "198.51.100.1:80",
                "lb at 198.51.100.1:80");
    }

    @Test
    public void of_serviceInsideTheCluster_hasNoExternalAddress() {
        found(
                service(Map.of("type", "ClusterIP", "clusterIP", "10.0.0.7"), List.of()),
                "",
                "lb at 10.0.0.7:80, inside the cluster");
        found(service(Map.of("clusterIP", "None"), List.of()), "", "lb, by its name inside the cluster");
    }

    private static void found(KubeObject service, String external, String text) {
        boolean isSettled = !text.endsWith("not known yet");
        assertThat(ServiceAddress.of(service), is(new ServiceAddress(external, text, isSettled)));
    }

    private static KubeObject service(Map<String, Object> spec, List<Map<String, String>> ingress) {
        return KubeObject.of(
                        Map.of("apiVersion", "v1", "kind", "Service", "metadata", Map.of("name", "lb"), "spec", spec))
                .with(List.of(Map.of("port", 80)), "spec", "ports")
                .with(ingress, "status", "loadBalancer", "ingress");
    }
}
