package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.Locale;

/**
 * How far a rollout is, and whether it is done: the one rule of the plugin for "serves".
 *
 * <p>It asks for more than {@code kubectl rollout status}: the controller has seen the generation that was written, all
 * wanted pods have the new template and are available, no pod of an old template is left, and each new pod that is wanted
 * is a ready endpoint of the Service.
 *
 * @param seen whether the controller has seen the last change; until then the other numbers are of the past
 * @param wanted {@code spec.replicas}
 * @param ready pods of all templates that are ready; those of them that are {@code available} have been so for long enough
 * @param old pods of earlier templates that are still there
 * @param serving new pods that are ready endpoints of the Service
 * @param traffic whether endpoints count, that is, whether there is a Service
 */
public record Rollout(
        boolean seen, int wanted, int updated, int ready, int available, int old, int serving, boolean traffic) {

    /**
     * @param generation the least generation that counts: that of our own last write, so that what was seen before it is
     *     not taken for its result
     */
    @NonNull
    public static Rollout of(Observation observation, long generation, boolean traffic) {
        KubeObject deployment = observation.deployment();
        if (deployment == null) {
            return new Rollout(false, 0, 0, 0, 0, 0, 0, traffic);
        }
        int observed = deployment.integer(0, "status", "observedGeneration");
        int updated = deployment.integer(0, "status", "updatedReplicas");
        return new Rollout(
                deployment.generation() >= generation && observed >= deployment.generation(),
                deployment.integer(1, "spec", "replicas"),
                updated,
                deployment.integer(0, "status", "readyReplicas"),
                deployment.integer(0, "status", "availableReplicas"),
                deployment.integer(0, "status", "replicas") - updated,
                observation.servingPods().size(),
                traffic);
    }

    /** Whether all wanted pods are there with the new template, ready or not. */
    public boolean isMade() {
        return seen && wanted > 0 && updated == wanted;
    }

    /** Whether they serve, and nothing else is left. */
    public boolean isComplete() {
        return isMade() && old == 0 && available >= wanted && (!traffic || serving >= wanted);
    }

    /** {@code 2/3 updated, 2/3 available, 1 old, 2/3 in the Service}. */
    @Override
    public String toString() {
        if (!seen) {
            return "waiting for the Deployment's controller";
        }
        return updated + "/" + wanted + " updated, " + available + "/" + wanted + " available"
                + (old > 0 ? ", " + old + " old" : "")
                + (traffic ? ", " + serving + "/" + wanted + " in the Service" : "");
    }

    /** The names of the columns of {@link #row}. */
    @NonNull
    public String header() {
        return "desired  updated  ready  available" + (traffic ? "  in Service" : "");
    }

    /** The numbers as a row of a table, and a remark where there are pods of an old template. */
    @NonNull
    public String row() {
        String row = String.format(Locale.ROOT, "%7d  %7d  %5d  %9d", wanted, updated, ready, available);
        return row
                + (traffic ? String.format(Locale.ROOT, "  %10d", serving) : "")
                + (old > 0 ? "  " + old + " old" : "");
    }
}
