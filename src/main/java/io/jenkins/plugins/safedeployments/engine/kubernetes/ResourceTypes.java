package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Under which path each kind of object is served, and in which version where the engine reads a kind that had several; asked of
 * the cluster once for each kind that is not built in.
 */
final class ResourceTypes {

    /**
     * @param plural such as {@code deployments}
     * @param namespaced whether its objects live in namespaces
     */
    record ResourceType(String plural, boolean namespaced) {}

    /**
     * How a kind is read on this cluster.
     *
     * @param wanted the kind
     * @param kind the one that is asked for in its place; the same if the cluster has it
     */
    record Served(Kind wanted, Kind kind, ResourceType type) {

        /** An object as it comes, in the form that the engine knows. */
        @NonNull
        KubeObject form(KubeObject object) {
            KubeObject whole = object.with(kind.apiVersion(), "apiVersion").with(kind.kind(), "kind");
            return wanted.equals(Kind.ENDPOINT_SLICE) && kind.equals(Kind.ENDPOINTS) ? EndpointSlices.of(whole) : whole;
        }
    }

    private static final Map<Kind, ResourceType> BUILT_IN = Map.ofEntries(
            Map.entry(Kind.DEPLOYMENT, new ResourceType("deployments", true)),
            Map.entry(Kind.REPLICA_SET, new ResourceType("replicasets", true)),
            Map.entry(Kind.POD, new ResourceType("pods", true)),
            Map.entry(Kind.SERVICE, new ResourceType("services", true)),
            Map.entry(Kind.ENDPOINTS, new ResourceType("endpoints", true)),
            Map.entry(Kind.EVENT, new ResourceType("events", true)),
            Map.entry(Kind.SECRET, new ResourceType("secrets", true)),
            Map.entry(Kind.RESOURCE_QUOTA, new ResourceType("resourcequotas", true)),
            Map.entry(Kind.LEASE, new ResourceType("leases", true)),
            Map.entry(Kind.NAMESPACE, new ResourceType("namespaces", false)));

    /** What to read where the newest version is not served, the best first; what the engine looks at is the same in all. */
    private static final Map<Kind, List<Kind>> OLDER = Map.of(
            Kind.ENDPOINT_SLICE,
            List.of(new Kind("discovery.k8s.io/v1beta1", Kind.ENDPOINT_SLICE.kind()), Kind.ENDPOINTS),
            Kind.AUTOSCALER,
            List.of(
                    new Kind("autoscaling/v2beta2", Kind.AUTOSCALER.kind()),
                    new Kind("autoscaling/v1", Kind.AUTOSCALER.kind())),
            Kind.DISRUPTION_BUDGET,
            List.of(new Kind("policy/v1beta1", Kind.DISRUPTION_BUDGET.kind())));

    private final Rest rest;
    private final Map<Kind, ResourceType> known = new ConcurrentHashMap<>(BUILT_IN);
    private final Map<Kind, Served> served = new ConcurrentHashMap<>();

    ResourceTypes(Rest rest) {
        this.rest = rest;
    }

    /**
     * A kind in exactly this version.
     *
     * @throws UserException if the cluster has no such kind
     */
    @NonNull
    ResourceType of(Kind kind) {
        ResourceType type = find(kind);
        if (type == null) {
            throw missing(kind);
        }
        return type;
    }

    /**
     * How to read a kind: in this version, or else in the newest one that the cluster has.
     *
     * @throws UserException if the cluster has none
     */
    @NonNull
    Served served(Kind kind) {
        Served before = served.get(kind);
        if (before != null) {
            return before;
        }
        List<Kind> candidates = new ArrayList<>(List.of(kind));
        candidates.addAll(OLDER.getOrDefault(kind, List.of()));
        for (Kind candidate : candidates) {
            ResourceType type = find(candidate);
            if (type != null) {
                Served found = new Served(kind, candidate, type);
                served.put(kind, found);
                return found;
            }
        }
        throw missing(kind);
    }

    /** The cluster may have been upgraded: asks it again next time. */
    void forget(Kind kind) {
        Served before = served.remove(kind);
        if (before != null && !BUILT_IN.containsKey(before.kind())) {
            known.remove(before.kind());
        }
    }

    @CheckForNull
    private ResourceType find(Kind kind) {
        ResourceType type = known.get(kind);
        return type != null ? type : discover(kind);
    }

    @CheckForNull
    private ResourceType discover(Kind kind) {
        try {
            for (KubeObject resource :
                    rest.send("APIResourceList", "GET", root(kind), null, null).list("resources")) {
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
        return null;
    }

    private static UserException missing(Kind kind) {
        return new UserException("The cluster has no " + kind
                + ": install what brings it (such as a CustomResourceDefinition), or correct 'apiVersion' and 'kind'.");
    }

    static String root(Kind kind) {
        return (kind.apiVersion().indexOf('/') < 0 ? "/api/" : "/apis/") + kind.apiVersion();
    }
}
