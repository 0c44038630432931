package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * Why the API server refuses to create pods, told by the message that the ReplicaSet's controller passes on. The controller
 * goes on trying, so what others can mend by themselves is given time.
 *
 * @param key short name of the reason
 * @param hint what people do about it
 * @param patience for how long it may yet pass by itself
 */
record Refusal(String key, String hint, Duration patience) {

    /** Old pods that are being removed still count in a quota; most are gone after the usual 30 s. */
    private static final Duration OLD_PODS_LEAVE = Duration.ofSeconds(60);

    /** The controller removes old pods and makes new ones at the same time, so one may be refused for a moment. */
    private static final Duration MOMENT = Duration.ofSeconds(5);

    /** A webhook's own pods may be restarting, and an account may be made by something that runs at the same time. */
    private static final Duration OTHERS = Duration.ofSeconds(30);

    /** @param leaving whether pods of this Deployment are being removed */
    @NonNull
    static Refusal of(String message, boolean leaving) {
        if (Messages.hasAny(message, "exceeded quota")) {
            return new Refusal("quota", "Raise the ResourceQuota, or ask for less.", leaving ? OLD_PODS_LEAVE : MOMENT);
        }
        if (Messages.hasAny(message, "failed quota", "must specify")) {
            return new Refusal(
                    "quota",
                    "The namespace's ResourceQuota wants every container to say so: add it to the container's"
                            + " resources.",
                    Duration.ZERO);
        }
        if (Messages.hasAny(message, "failed calling webhook", "failed to call webhook")) {
            return new Refusal(
                    "webhook-silent",
                    "The admission webhook does not answer: see whether its own pods run, and its failurePolicy.",
                    OTHERS);
        }
        if (Messages.hasAny(message, "admission webhook")) {
            return new Refusal(
                    "webhook-denied",
                    "The policy behind this admission webhook forbids the pod: change what it names.",
                    Duration.ZERO);
        }
        if (Messages.hasAny(message, "usage per container", "usage per pod", "limit to request ratio")) {
            return new Refusal(
                    "limit-range",
                    "The namespace's LimitRange forbids it: change the container's resources, or the LimitRange.",
                    Duration.ZERO);
        }
        if (Messages.hasAny(message, "podsecurity", "pod security policy", "security context constraint")) {
            return new Refusal(
                    "pod-security",
                    "The namespace's pod security level forbids it: change the pod's securityContext.",
                    Duration.ZERO);
        }
        if (Messages.hasAny(message, "serviceaccount", "service account")) {
            return new Refusal("service-account", "Create the ServiceAccount, or correct its name.", OTHERS);
        }
        return new Refusal("other", "Mend what the message names, then deploy again.", Duration.ZERO);
    }
}
