package io.jenkins.plugins.safedeployments.engine.model;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the Service of a release can be reached.
 *
 * @param external from outside of the cluster, as {@code 203.0.113.7:80}; empty if there is no such address, or not yet
 * @param text the same for people, with the address inside the cluster where there is no other
 * @param isSettled whether that is all that there will be; not so while a load balancer is being made
 */
public record ServiceAddress(String external, String text, boolean isSettled) {

    /** Of one that is not there, or was not looked at. */
    public static final ServiceAddress UNKNOWN = new ServiceAddress("", "", false);

    @NonNull
    public static ServiceAddress of(KubeObject service) {
        String name = service.name();
        String type = service.string("spec", "type");
        List<String> hosts = externalHosts(service);
        if (!hosts.isEmpty()) {
            String address = at(hosts.get(0), service);
            return new ServiceAddress(address, name + " at " + address, true);
        }
        String inside = service.string("spec", "clusterIP");
        String reached = inside.isEmpty() || inside.equals("None")
                ? name + ", by its name inside the cluster"
                : name + " at " + at(inside, service) + ", inside the cluster";
        return type.equals("LoadBalancer")
                ? new ServiceAddress("", reached + "; its external address is not known yet", false)
                : new ServiceAddress("", reached, true);
    }

    /** Those of the load balancer, then those that were configured; names or IP addresses. */
    @NonNull
    public static List<String> externalHosts(KubeObject service) {
        Stream<String> balanced = service.list("status", "loadBalancer", "ingress").stream()
                .map(ingress -> ingress.string("ip").isEmpty() ? ingress.string("hostname") : ingress.string("ip"));
        Stream<String> configured = service.get("spec", "externalIPs") instanceof List<?> addresses
                ? addresses.stream().map(String::valueOf)
                : Stream.empty();
        return Stream.concat(balanced, configured)
                .filter(host -> !host.isEmpty())
                .toList();
    }

    /** With the first port, and IPv6 addresses in brackets as URLs have them. */
    private static String at(String host, KubeObject service) {
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return service.list("spec", "ports").stream()
                .findFirst()
                .map(port -> bracketed + ":" + port.string("port"))
                .orElse(bracketed);
    }
}
