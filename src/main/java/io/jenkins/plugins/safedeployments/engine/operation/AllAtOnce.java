package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;

/**
 * Whether the strategy of a Deployment takes all of its pods away at once when they are exchanged. Its owner may want that, so
 * it is said and no more. The arithmetic is the Deployment controller's.
 */
final class AllAtOnce {

    /** What people do about it. */
    static final String REMEDY =
            "If that is not wanted, give the Deployment the strategy RollingUpdate with 'maxUnavailable: 0' in the manifests.";

    private static final String DEFAULT = "25%";

    private AllAtOnce() {}

    /** What of the strategy does so, such as {@code strategy Recreate}; empty if it does not. */
    @NonNull
    static String cause(KubeObject deployment, int replicas) {
        if (deployment.string("spec", "strategy", "type").equals("Recreate")) {
            return "strategy Recreate";
        }
        String unavailable = setting(deployment, "maxUnavailable");
        int gone = (int) Math.floor(pods(unavailable, replicas));
        if (gone == 0 && pods(setting(deployment, "maxSurge"), replicas) == 0) {
            gone = 1; // else no pod could ever be exchanged
        }
        return gone < replicas ? "" : "maxUnavailable of " + unavailable + ", which is all of " + replicas + ",";
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
