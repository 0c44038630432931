package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the credentials must allow for a release, from its canary to its promotion or rollback: asked for before anything is
 * written, so that none fails in the middle for a right that is missing, and all that is missing is told at once.
 */
final class Rights {

    /** Of the objects that every release has to do with. What is only nice to have is not among them. */
    private static final Map<Kind, List<String>> ALWAYS = new LinkedHashMap<>();

    static {
        ALWAYS.put(Kind.SECRET, List.of("get", "list", "create", "update", "delete"));
        ALWAYS.put(Kind.LEASE, List.of("get", "list", "watch", "create", "update"));
        ALWAYS.put(Kind.DEPLOYMENT, List.of("get", "list", "watch", "create", "patch", "update", "delete"));
        ALWAYS.put(Kind.REPLICA_SET, List.of("list", "watch"));
        ALWAYS.put(Kind.POD, List.of("list", "watch"));
        ALWAYS.put(Kind.ENDPOINT_SLICE, List.of("list", "watch"));
    }

    /** To make an object that comes with a release what the manifest says, and what it was before. */
    private static final List<String> SUPPORT = List.of("get", "create", "patch", "update");

    /** What a rollback removes again must be allowed to go; Secrets are among what every release has to do with. */
    private static final List<String> REMOVED_AGAIN =
            Stream.concat(SUPPORT.stream(), Stream.of("delete")).toList();

    private Rights() {}

    /**
     * @param support objects that come with the Deployments
     * @param checks tests in the canary
     * @throws UserException if any right is missing; it names all of them
     */
    static void check(Cluster cluster, Collection<KubeObject> support, Collection<? extends CanaryCheck> checks) {
        List<String> missing = new ArrayList<>();
        try {
            ALWAYS.forEach((kind, verbs) -> add(missing, cluster, verbs, kind, ""));
            support.stream()
                    .map(KubeObject::kind)
                    .distinct()
                    .filter(kind -> !ALWAYS.containsKey(kind) && !kind.equals(Kind.NAMESPACE))
                    .forEach(kind -> add(
                            missing,
                            cluster,
                            CanaryPlanner.REMOVED_AGAIN.contains(kind.kind()) ? REMOVED_AGAIN : SUPPORT,
                            kind,
                            ""));
            if (checks.stream().anyMatch(CommandTest.class::isInstance)) {
                add(missing, cluster, List.of("get", "create"), Kind.POD, "exec");
            }
            if (checks.stream().anyMatch(HttpTest.class::isInstance)) {
                add(missing, cluster, List.of("get"), Kind.POD, "proxy");
            }
        } catch (ClusterException e) {
            if (e.reason() != Reason.FORBIDDEN && e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            return; // where nobody may ask, each request will tell
        }
        if (!missing.isEmpty()) {
            throw new UserException("The credentials do not allow all that a release needs in namespace '"
                    + cluster.namespace() + "'. Missing: " + String.join("; ", missing)
                    + ". The Role in docs/cluster.md has all of it.");
        }
    }

    private static void add(List<String> missing, Cluster cluster, List<String> verbs, Kind kind, String subresource) {
        List<String> denied = verbs.stream()
                .filter(verb -> !cluster.isAllowed(verb, kind, subresource))
                .toList();
        if (!denied.isEmpty()) {
            missing.add(
                    String.join(", ", denied) + " " + kind.kind() + (subresource.isEmpty() ? "" : "/" + subresource));
        }
    }
}
