package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HorizontalPodAutoscaler that decides about the size of a Deployment, if there is one. That size is left to it; but
 * while pods are exchanged, whose load says nothing, its minimum is raised to the present size. The minimum of before is kept
 * in an annotation, written together with the new one, so that whoever ends the exchange can restore it; and the new one beside
 * it, so that they can tell whether it is still that.
 */
final class Autoscaler {

    private static final int ATTEMPTS = 5;

    private final Cluster cluster;
    private final String deployment;
    private final IntConsumer claimed;
    private Optional<KubeObject> found;

    /** @param claimed throws {@link FencedException} if the fencing number is no longer that of the claim */
    Autoscaler(Cluster cluster, String deployment, IntConsumer claimed) {
        this.cluster = cluster;
        this.deployment = deployment;
        this.claimed = claimed;
    }

    /** Its name, or an empty string if there is none. It is looked for once, unless it is {@linkplain #forget forgotten}. */
    @NonNull
    String name() {
        if (found == null) {
            found = find();
        }
        return found.map(KubeObject::name).orElse("");
    }

    /** To be looked for again: one may have come with the release. */
    void forget() {
        found = null;
    }

    private Optional<KubeObject> find() {
        try {
            return cluster.list(Kind.AUTOSCALER).stream()
                    .filter(autoscaler ->
                            autoscaler.string("spec", "scaleTargetRef", "kind").equals(Kind.DEPLOYMENT.kind())
                                    && autoscaler
                                            .string("spec", "scaleTargetRef", "name")
                                            .equals(deployment))
                    .findFirst();
        } catch (ClusterException e) {
            if (e.reason() != Reason.FORBIDDEN && e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            // who may not see autoscalers is not kept from releasing; the documented rights include it
            return Optional.empty();
        }
    }

    /**
     * Keeps it from making the Deployment smaller than it is.
     *
     * @param size of the Deployment
     * @return what was done, for people; empty if nothing
     */
    @NonNull
    String pin(int size, int fence) {
        return change(fence, seen -> {
            int minimum = minimum(seen);
            int wanted = Math.min(size, seen.integer(size, "spec", "maxReplicas"));
            Optional<Raised> raised = Raised.of(seen);
            if (wanted <= minimum || raised.isEmpty() && seen.annotation(Names.MIN_REPLICAS) != null) {
                return null;
            }
            // what is there instead of what it was raised to, the manifest has set again, or somebody: that is to come
            // back
            int before = raised.filter(known -> known.isStillAt(minimum))
                    .map(Raised::before)
                    .orElse(minimum);
            return new Change(wanted, before + ">" + wanted, "minimum raised from " + minimum + " to " + wanted);
        });
    }

    /** Gives it its minimum of before back, unless somebody has changed it since it was raised. */
    @NonNull
    String unpin(int fence) {
        return change(
                fence,
                seen -> Raised.of(seen)
                        .map(raised -> {
                            int minimum = minimum(seen);
                            return minimum == raised.before() || raised.isStillAt(minimum)
                                    ? new Change(raised.before(), null, "minimum is " + raised.before() + " again")
                                    : new Change(
                                            minimum,
                                            null,
                                            "minimum left at " + minimum + ": somebody changed it from " + raised.to());
                        })
                        .orElse(null));
    }

    private static int minimum(KubeObject autoscaler) {
        return autoscaler.integer(1, "spec", "minReplicas");
    }

    /**
     * What the annotation says: {@code before>to}.
     *
     * @param to null in one that was written when it did not say that yet
     */
    private record Raised(int before, Integer to) {

        private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(?:>([0-9]{1,9}))?");

        static Optional<Raised> of(KubeObject autoscaler) {
            String annotation = autoscaler.annotation(Names.MIN_REPLICAS);
            Matcher form = FORM.matcher(annotation == null ? "" : annotation);
            return form.matches()
                    ? Optional.of(new Raised(
                            Integer.parseInt(form.group(1)),
                            form.group(2) == null ? null : Integer.valueOf(form.group(2))))
                    : Optional.empty();
        }

        boolean isStillAt(int minimum) {
            return to == null || to == minimum;
        }
    }

    private record Change(int minimum, String annotation, String text) {}

    private interface Decision {
        Change of(KubeObject seen);
    }

    private String change(int fence, Decision decision) {
        if (name().isEmpty()) {
            return "";
        }
        for (int attempt = 1; ; attempt++) {
            Optional<KubeObject> seen = cluster.get(Kind.AUTOSCALER, name());
            Change change = seen.map(decision::of).orElse(null);
            if (change == null) {
                return "";
            }
            Map<String, Object> annotations = new HashMap<>();
            annotations.put(Names.MIN_REPLICAS, change.annotation());
            // after the look, so that what is done by whoever takes over from now on makes the write a conflict
            claimed.accept(fence);
            try {
                cluster.merge(
                        seen.get(),
                        KubeObject.of(Map.of(
                                "metadata", Map.of("annotations", annotations),
                                "spec", Map.of("minReplicas", change.minimum()))));
                return "HorizontalPodAutoscaler " + name() + ": " + change.text();
            } catch (ClusterException e) {
                if (e.reason() == Reason.FORBIDDEN) {
                    return "HorizontalPodAutoscaler " + name() + ": its minimum could not be changed: "
                            + e.getMessage();
                }
                if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
