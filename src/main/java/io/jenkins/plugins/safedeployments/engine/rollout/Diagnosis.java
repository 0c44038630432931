package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out from status fields alone that a rollout will not get done, and says why. One instance follows one rollout:
 * it remembers since when each problem has been seen, since some of them pass by themselves.
 */
public final class Diagnosis {

    /** A registry may be out of reach for a moment; an image that is not there stays so. */
    private static final Duration PULL = Duration.ofSeconds(10);

    /** A Secret or ConfigMap may be created by something that runs at the same time. */
    private static final Duration CONFIG = Duration.ofSeconds(15);

    /** A cluster autoscaler needs this long to bring a node. */
    private static final Duration UNSCHEDULABLE = Duration.ofSeconds(120);

    /** A pod that depends on another may crash once or twice at its start. */
    private static final int RESTARTS = 3;

    private static final int MAX_MESSAGE = 300;

    private final Map<String, Instant> firstSeen = new HashMap<>();

    /** The first problem that has lasted longer than its patience at {@code now}, if there is one. */
    @NonNull
    public Optional<Problem> certain(Observation observation, Instant now) {
        List<Problem> problems = problems(observation);
        firstSeen.keySet().retainAll(problems.stream().map(Problem::key).toList());
        problems.forEach(problem -> firstSeen.putIfAbsent(problem.key(), now));
        return problems.stream()
                .filter(problem ->
                        !firstSeen.get(problem.key()).plus(problem.patience()).isAfter(now))
                .findFirst();
    }

    /** When the next problem seen so far becomes certain if it stays, if there is one. */
    @NonNull
    public Optional<Instant> nextCertainty(Observation observation) {
        return problems(observation).stream()
                .filter(problem -> firstSeen.containsKey(problem.key()))
                .map(problem -> firstSeen.get(problem.key()).plus(problem.patience()))
                .min(Instant::compareTo);
    }

    /** All that is wrong at this moment, whether or not it may pass. */
    @NonNull
    public static List<Problem> problems(Observation observation) {
        List<Problem> problems = new ArrayList<>();
        KubeObject deployment = observation.deployment();
        if (deployment == null) {
            return problems;
        }
        for (KubeObject pod : observation.newPods()) {
            pod(pod, problems);
        }
        deployment(deployment, problems);
        return problems;
    }

    private static void deployment(KubeObject deployment, List<Problem> problems) {
        if (Boolean.TRUE.equals(deployment.get("spec", "paused"))) {
            problems.add(new Problem(
                    "paused",
                    deployment + " is paused",
                    "Resume it: kubectl rollout resume deployment/" + deployment.name() + ".",
                    Duration.ZERO));
        }
        KubeObject failure = deployment.condition("ReplicaFailure");
        if (failure != null && failure.string("status").equals("True")) {
            String message = failure.string("message");
            problems.add(new Problem(
                    "replica-failure",
                    "No pod of " + deployment + " can be created: " + shortened(message),
                    message.contains("quota")
                            ? "Raise the ResourceQuota, or ask for less."
                            : "Mend what the message names, then deploy again.",
                    Duration.ZERO));
        }
        KubeObject progressing = deployment.condition("Progressing");
        if (progressing != null && progressing.string("reason").equals("ProgressDeadlineExceeded")) {
            problems.add(new Problem(
                    "progress-deadline",
                    deployment + " made no progress for its progressDeadlineSeconds ("
                            + deployment.integer(600, "spec", "progressDeadlineSeconds") + " s)",
                    "See the pods' events and readiness probes in the post-mortem.",
                    Duration.ZERO));
        }
    }

    private static void pod(KubeObject pod, List<Problem> problems) {
        KubeObject scheduled = pod.condition("PodScheduled");
        if (scheduled != null && scheduled.string("reason").equals("Unschedulable")) {
            problems.add(new Problem(
                    "unschedulable/" + pod.name(),
                    "Pod " + pod.name() + " finds no node: " + shortened(scheduled.string("message")),
                    "Lower the pod's resource requests, or add nodes.",
                    UNSCHEDULABLE));
        }
        for (String list : new String[] {"initContainerStatuses", "containerStatuses"}) {
            for (KubeObject status : pod.list("status", list)) {
                Problem problem = container(pod, status);
                if (problem != null) {
                    problems.add(problem);
                }
            }
        }
    }

    @CheckForNull
    private static Problem container(KubeObject pod, KubeObject status) {
        String reason = status.string("state", "waiting", "reason");
        String message = status.string("state", "waiting", "message");
        String container = status.string("name");
        String where = "Pod " + pod.name() + ", container " + container + ": ";
        String image = status.string("image");
        switch (reason) {
            case "InvalidImageName", "ErrImageNeverPull":
                return new Problem(
                        key(reason, pod, container),
                        where + "the image " + image + " cannot be used (" + reason + said(message) + ")",
                        "Correct the image's name, or its imagePullPolicy.",
                        Duration.ZERO);
            case "ErrImagePull", "ImagePullBackOff":
                // The two follow each other by turns; they are one problem.
                return new Problem(
                        key("pull", pod, container),
                        where + "the image " + image + " cannot be pulled (" + reason + said(message) + ")",
                        "Check that the image and its tag exist in the registry, and the pod's imagePullSecrets.",
                        PULL);
            case "CreateContainerConfigError", "CreateContainerError":
                return new Problem(
                        key(reason, pod, container),
                        where + "it cannot be created (" + reason + said(message) + ")",
                        "Create the Secret or ConfigMap that the message names, or correct the reference to it.",
                        CONFIG);
            default:
                int restarts = status.integer(0, "restartCount");
                // one that serves has got over it
                return restarts < RESTARTS || Boolean.TRUE.equals(status.get("ready"))
                        ? null
                        : crash(pod, status, container, where, restarts);
        }
    }

    private static Problem crash(KubeObject pod, KubeObject status, String container, String where, int restarts) {
        String code = status.string("lastState", "terminated", "exitCode");
        String why = status.string("lastState", "terminated", "reason");
        boolean memory = why.equals("OOMKilled");
        return new Problem(
                key("crash", pod, container),
                where + "it keeps crashing (" + restarts + " restarts, last exit code " + code
                        + (why.isEmpty() || why.equals("Error") ? "" : ", " + why) + ")",
                memory
                        ? "It used more memory than its limit: raise the limit, or find the leak."
                        : "See its last log lines ('previous') in the post-mortem.",
                Duration.ZERO);
    }

    private static String key(String problem, KubeObject pod, String container) {
        return problem + "/" + pod.name() + "/" + container;
    }

    private static String said(String message) {
        return message.isEmpty() ? "" : ": " + shortened(message);
    }

    private static String shortened(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE - 3) + "...";
    }
}
