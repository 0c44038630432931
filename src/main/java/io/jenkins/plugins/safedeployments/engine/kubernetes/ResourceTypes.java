package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Under which path each kind of object is served; asked of the cluster once for each kind that is not built in. */
final class ResourceTypes {

    /**
     * @param plural such as {@code deployments}
     * @param namespaced whether its objects live in namespaces
     */
    record ResourceType(String plural, boolean namespaced) {}

    private static final Map<Kind, ResourceType> BUILT_IN = Map.ofEntries(
            Map.entry(Kind.DEPLOYMENT, new ResourceType("deployments", true)),
            Map.entry(Kind.REPLICA_SET, new ResourceType("replicasets", true)),
            Map.entry(Kind.POD, new ResourceType("pods", true)),
            Map.entry(Kind.SERVICE, new ResourceType("services", true)),
            Map.entry(Kind.ENDPOINTS, new ResourceType("endpoints", true)),
            Map.entry(Kind.EVENT, new ResourceType("events", true)),
            Map.entry(Kind.SECRET, new ResourceType("secrets", true)),
            Map.entry(Kind.LEASE, new ResourceType("leases", true)),
            Map.entry(Kind.AUTOSCALER, new ResourceType("horizontalpodautoscalers", true)),
            Map.entry(Kind.NAMESPACE, new ResourceType("namespaces", false)));

    private final Rest rest;
    private final Map<Kind, ResourceType> known = new ConcurrentHashMap<>(BUILT_IN);

    ResourceTypes(Rest rest) {
        this.rest = rest;
    }

    /** @throws UserException if the cluster has no such kind */
    @NonNull
    ResourceType of(Kind kind) {
        ResourceType type = known.get(kind);
        return type != null ? type : discover(kind);
    }

    private ResourceType discover(Kind kind) {
        try {
            for (KubeObject resource : rest.send("GET", root(kind), null, null).list("resources")) {
                String plural = resource.string("name");
                if (resource.string("kind").equals(kind.kind()) && plural.indexOf('/') < 0) {
                    ResourceType type = new ResourceType(plural, Boolean.TRUE.equals(resource.get("namespaced")));
                    known.put(kind, type);
                    return type;
                }
            }
        } catch (ClusterException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
        throw new UserException("The cluster has no " + kind
                + ": install what brings it (such as a CustomResourceDefinition), or correct 'apiVersion' and 'kind'.");
    }

    static String root(Kind kind) {
        return (kind.apiVersion().indexOf('/') < 0 ? "/api/" : "/apis/") + kind.apiVersion();
    }
}
