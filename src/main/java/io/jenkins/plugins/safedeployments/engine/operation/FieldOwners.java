package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whose fields may be taken over. What people did with kubectl may: they release with the plugin now. What another
 * controller manages may not, unless that is asked for, since it would take its fields back.
 *
 * <p>Fields that kubectl owns become the plugin's own before it applies anything, as {@code kubectl apply --server-side}
 * does with those of its client-side apply; else they would have two owners, and could not be removed by applying a
 * manifest without them.
 */
final class FieldOwners {

    private static final Set<String> REPLICAS = Set.of("f:replicas");

    /** What {@code kubectl rollout restart} writes into the template of pods. */
    private static final String RESTARTED = "kubectl.kubernetes.io/restartedAt";

    /** Client-side apply, and what the API server calls fields of which it does not know whose they were. */
    private static final Set<String> APPLIED = Set.of("kubectl-client-side-apply", "before-first-apply");

    private FieldOwners() {}

    /** The manager of client-side apply, and what kubectl's other commands call themselves: {@code kubectl-set} … */
    private static boolean isKubectl(String manager) {
        return manager.equals("kubectl") || manager.startsWith("kubectl-") || manager.equals("before-first-apply");
    }

    /**
     * Checks that fields in conflict may be taken over.
     *
     * @return of whom they are, for people; empty if all are the plugin's own, by its patches
     * @throws UserException if one may not
     */
    @NonNull
    static String checkConflicts(KubeObject object, ClusterException e, boolean forced) {
        Map<String, String> foreign = e.conflicts().stream()
                .filter(conflict -> !conflict.manager().equals(Cluster.FIELD_MANAGER))
                .collect(Collectors.groupingBy(
                        ClusterException.FieldConflict::manager,
                        LinkedHashMap::new,
                        Collectors.mapping(ClusterException.FieldConflict::field, Collectors.joining(", "))));
        boolean allowed = forced || foreign.keySet().stream().allMatch(FieldOwners::isKubectl);
        String fields = foreign.entrySet().stream()
                .map(entry -> entry.getValue() + " (by '" + entry.getKey() + "')")
                .collect(Collectors.joining("; "));
        if (!allowed || e.conflicts().isEmpty()) {
            throw new UserException(
                    object + " has fields that somebody else manages and the manifest sets differently: "
                            + (fields.isEmpty() ? e.getMessage() : fields)
                            + ". Set them alike in the manifest, stop managing them elsewhere, or take them over with"
                            + " 'force' and a 'reason'.",
                    e);
        }
        return fields;
    }

    /** A Deployment with what kubectl owns made the plugin's own; empty if there is nothing of that. */
    @NonNull
    static Optional<KubeObject> adopted(KubeObject seen) {
        return adopted(seen, FieldOwners::isKubectl);
    }

    /** Whose fields {@link #adopted(KubeObject)} makes the plugin's own. */
    @NonNull
    static SortedSet<String> adoptedFrom(KubeObject seen) {
        return seen.list("metadata", "managedFields").stream()
                .filter(field -> isAdopted(field, FieldOwners::isKubectl))
                .map(field -> field.string("manager"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isAdopted(KubeObject field, Predicate<String> taken) {
        return field.string("subresource").isEmpty()
                && field.string("operation").equals("Update")
                && taken.test(field.string("manager"));
    }

    /**
     * An object that comes with a Deployment, with what {@code kubectl apply} owns made the plugin's own, so that the manifest
     * can leave it out as it can for kubectl. What was added by hand stays: it never was in a manifest.
     *
     * @return empty if there is nothing of that
     */
    @NonNull
    static Optional<KubeObject> adoptedSupport(KubeObject seen) {
        return adopted(seen, APPLIED::contains);
    }

    private static Optional<KubeObject> adopted(KubeObject seen, Predicate<String> taken) {
        List<Object> others = new ArrayList<>();
        Map<String, Object> own = new LinkedHashMap<>();
        Map<String, Object> entry = null;
        boolean found = false;
        for (KubeObject field : seen.list("metadata", "managedFields")) {
            String manager = field.string("manager");
            boolean ofStatus = !field.string("subresource").isEmpty();
            boolean update = field.string("operation").equals("Update");
            if (isAdopted(field, taken)) {
                found = true;
                merge(own, field.map("fieldsV1"));
                entry = entry == null ? field.toMap() : entry;
            } else if (!ofStatus && !update && manager.equals(Cluster.FIELD_MANAGER)) {
                merge(own, field.map("fieldsV1"));
                entry = field.toMap();
            } else {
                others.add(field.toMap());
            }
        }
        if (!found) {
            return Optional.empty();
        }
        // its size is never part of what the plugin applies, so it must not own it: applying without it would reset it
        if (own.get("f:spec") instanceof Map<?, ?> spec) {
            spec.remove("f:replicas");
        }
        Map<String, Object> ours = new LinkedHashMap<>(entry);
        ours.put("manager", Cluster.FIELD_MANAGER);
        ours.put("operation", "Apply");
        ours.put("fieldsV1", own);
        others.add(ours);
        return Optional.of(seen.with(others, "metadata", "managedFields"));
    }

    /**
     * Who has written content of an object since the plugin last applied it, by the API server's account of its fields. Where
     * nothing is left of what the plugin applied, that is everybody. Labels, annotations, the status and the number of
     * replicas do not count: controllers write these all the time.
     *
     * @return the field manager, or an empty string if nobody has
     */
    @NonNull
    static String editorSinceApplied(KubeObject seen) {
        List<KubeObject> fields = seen.list("metadata", "managedFields");
        String applied = fields.stream()
                .filter(FieldOwners::isOurs)
                .map(field -> field.string("time"))
                .max(Comparator.naturalOrder())
                .orElse("");
        return fields.stream()
                .filter(field -> !isOurs(field) && field.string("time").compareTo(applied) > 0) // RFC 3339 in UTC
                .filter(field -> isContent(field.map("fieldsV1")))
                .map(field -> field.string("manager"))
                .findFirst()
                .orElse("");
    }

    /**
     * Who has changed the spec of a Deployment since it was kept in a plan. Its size and mere restarts of its pods do not
     * count. Unlike {@link #editorSinceApplied} this also tells of one that the plugin has never applied.
     *
     * @param before as it was; null if it was not there
     * @return of those that have ever written content of it, the field manager that did so last; an empty string if nothing is
     *     changed, or nobody has but the plugin, whose writes an admission webhook may have added to
     */
    @NonNull
    static String editorSince(@CheckForNull Map<String, Object> before, KubeObject seen) {
        if (before != null && content(KubeObject.of(before)).equals(content(seen))) {
            return "";
        }
        return seen.list("metadata", "managedFields").stream()
                .filter(field -> !isOurs(field) && isContent(field.map("fieldsV1")))
                .max(Comparator.comparing(field -> field.string("time")))
                .map(field -> field.string("manager"))
                .orElse("");
    }

    /** The spec of a Deployment without its size, and as if its pods were never just restarted. */
    @NonNull
    static Map<String, Object> content(KubeObject deployment) {
        return deployment
                .with(null, "spec", "replicas")
                .with(null, "spec", "template", "metadata", "annotations", RESTARTED)
                .map("spec");
    }

    /** Whether the pods of a Deployment are not those that were applied, or not of the same release. */
    static boolean isChanged(KubeObject applied, KubeObject seen) {
        return !Objects.equals(applied.annotation(Names.RELEASE), seen.annotation(Names.RELEASE))
                || !content(applied).get("template").equals(content(seen).get("template"));
    }

    private static boolean isContent(Map<String, Object> fields) {
        return fields.entrySet().stream().anyMatch(field -> switch (field.getKey()) {
            case "f:metadata", "f:status" -> false;
            case "f:spec" ->
                !(field.getValue() instanceof Map<?, ?> spec && spec.keySet().equals(REPLICAS));
            default -> true;
        });
    }

    private static boolean isOurs(KubeObject field) {
        return field.string("manager").equals(Cluster.FIELD_MANAGER);
    }

    /** Joins two sets of fields, which are trees of maps. */
    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> from) {
        from.forEach((field, below) -> {
            Map<String, Object> child =
                    (Map<String, Object>) into.computeIfAbsent(field, f -> new LinkedHashMap<String, Object>());
            if (below instanceof Map<?, ?> tree) {
                merge(child, (Map<String, Object>) tree);
            }
        });
    }
}
