package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;

/**
 * How many of its pods the strategy of a Deployment takes away, when they are exchanged, before others are ready. Its owner may want
 * that all of them go at once, so that is said and no more. The arithmetic is the Deployment controller's.
 */
final class RolloutStrategy {

    /** What people do about it. */
    static final String REMEDY =
            "If that is not wanted, give the Deployment the strategy RollingUpdate with 'maxUnavailable: 0' in the manifests.";

    private static final String DEFAULT = "25%";

    private RolloutStrategy() {}

    /** What of the strategy takes all of them away at once, such as {@code strategy Recreate}; empty if nothing does. */
    @NonNull
    static String allAtOnce(KubeObject deployment, int replicas) {
        if (isRecreate(deployment)) {
            return "strategy Recreate";
        }
        return unavailable(deployment, replicas) < replicas
                ? ""
                : "maxUnavailable of " + setting(deployment, "maxUnavailable") + ", which is all of " + replicas + ",";
    }

    /** How many of that size may be missing while they are exchanged. */
    static int unavailable(KubeObject deployment, int replicas) {
        if (isRecreate(deployment)) {
            return replicas;
        }
        int gone = (int) Math.floor(pods(setting(deployment, "maxUnavailable"), replicas));
        return gone == 0 && pods(setting(deployment, "maxSurge"), replicas) == 0
                ? 1 // else no pod could ever be exchanged
                : gone;
    }

    /** How many pods more than that size there may be while they are exchanged. */
    static int surge(KubeObject deployment, int replicas) {
        return isRecreate(deployment) ? 0 : (int) Math.ceil(pods(setting(deployment, "maxSurge"), replicas));
    }

    private static boolean isRecreate(KubeObject deployment) {
        return deployment.string("spec", "strategy", "type").equals("Recreate");
    }

    private static String setting(KubeObject deployment, String name) {
        String value = deployment.string("spec", "strategy", "rollingUpdate", name);
        return value.isEmpty() ? DEFAULT : value;
    }

    /** A number, or a share in percent that is not rounded yet. */
    private static double pods(String value, int replicas) {
        try {
            return value.endsWith("%")
                    ? Integer.parseInt(value.substring(0, value.length() - 1)) * replicas / 100.0
                    : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            return 0; // the API server would have refused it
        }
    }
}
