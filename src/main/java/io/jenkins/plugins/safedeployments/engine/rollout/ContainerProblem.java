package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem.Ask;
import java.time.Duration;

/** What is wrong with one container of a pod, told by its status. */
final class ContainerProblem {

    /** An image that is not there stays so; but the first answer of a registry may be wrong for a moment. */
    private static final Duration PULL = Duration.ofSeconds(10);

    /** A registry that cannot be reached or is overloaded may come back. */
    private static final Duration PULL_FROM_AILING_REGISTRY = Duration.ofSeconds(60);

    /** A Secret or ConfigMap may be created by something that runs at the same time. */
    private static final Duration CONFIG = Duration.ofSeconds(30);

    /** A pod that depends on another may crash once or twice at its start. */
    private static final int RESTARTS = 3;

    private final KubeObject pod;
    private final KubeObject status;
    private final String container;
    private final String where;

    /** @param init whether it is one of the pod's init containers */
    ContainerProblem(KubeObject pod, KubeObject status, boolean init) {
        this.pod = pod;
        this.status = status;
        this.container = status.string("name");
        this.where = "Pod " + pod.name() + ", " + (init ? "init " : "") + "container " + container + ": ";
    }

    @CheckForNull
    Problem find() {
        String reason = status.string("state", "waiting", "reason");
        String message = status.string("state", "waiting", "message");
        String image = status.string("image");
        return switch (reason) {
            case "InvalidImageName", "ErrImageNeverPull" ->
                problem(
                        reason,
                        "the image " + image + " cannot be used (" + reason + Messages.said(message) + ")",
                        reason.equals("InvalidImageName")
                                ? "Correct the image's name."
                                : "Its imagePullPolicy is Never: bring the image to the nodes, or change the policy.",
                        Duration.ZERO);
            case "ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError" ->
                // They follow each other by turns; they are one problem.
                problem(
                        "pull",
                        "the image " + image + " cannot be pulled (" + reason + Messages.said(message) + ")",
                        Messages.hasAny(message, "unauthorized", "denied", "forbidden", "authentication")
                                ? "Check the pod's imagePullSecrets, and that the image exists in the registry."
                                : "Check that the image and its tag exist in the registry, and the pod's"
                                        + " imagePullSecrets.",
                        isOfAilingRegistry(message) ? PULL_FROM_AILING_REGISTRY : PULL);
            case "CreateContainerConfigError", "CreateContainerError" ->
                problem(
                        reason,
                        "it cannot be created (" + reason + Messages.said(message) + ")",
                        "Create the Secret or ConfigMap that the message names, or correct the reference to it.",
                        CONFIG);
            case "RunContainerError", "PostStartHookError" ->
                problem(
                        reason,
                        "it cannot be started (" + reason + Messages.said(message) + ")",
                        reason.equals("RunContainerError")
                                ? "Check the container's command, arguments and mounts."
                                : "Check the container's postStart hook.",
                        CONFIG);
            case "CrashLoopBackOff" -> crash();
            default -> null;
        };
    }

    private static boolean isOfAilingRegistry(String message) {
        return Messages.hasAny(
                message,
                "timeout",
                "timed out",
                "deadline exceeded",
                "connection refused",
                "connection reset",
                "toomanyrequests",
                "too many requests",
                "unexpected eof",
                "500 internal",
                "502 bad gateway",
                "503 service",
                "504 gateway");
    }

    /**
     * Restarts are counted over the whole life of a pod, so that of one that runs they say nothing about now. The kubelet backs off
     * only where one crash follows the other.
     */
    @CheckForNull
    private Problem crash() {
        int restarts = status.integer(0, "restartCount");
        if (restarts < RESTARTS) {
            return null;
        }
        KubeObject last = KubeObject.of(status.map("lastState", "terminated"));
        String why = last.string("reason");
        return problem(
                        "crash",
                        "it keeps crashing (" + restarts + " restarts, last exit code " + last.string("exitCode")
                                + (why.isEmpty() || why.equals("Error") ? "" : ", " + why) + ")",
                        crashHint(why, last.string("exitCode")),
                        Duration.ZERO)
                .asking(Ask.LOG, pod.name(), container);
    }

    private static String crashHint(String reason, String exitCode) {
        if (reason.equals("OOMKilled")) {
            return "It used more memory than its limit: raise the limit, or find the leak.";
        }
        return switch (exitCode) {
            case "0" -> "It ends by itself, as if it had done its work: a Deployment's containers must go on running.";
            case "126", "127", "128" -> "Its command cannot be run: check command, arguments and image.";
            case "137", "143" ->
                "It was killed from outside, mostly because its liveness or startup probe failed: see the pod's events.";
            default -> "See its last log lines ('previous' in the post-mortem).";
        };
    }

    private Problem problem(String sort, String what, String hint, Duration patience) {
        return new Problem(sort + "/" + pod.name() + "/" + container, where + what, hint, patience);
    }
}
