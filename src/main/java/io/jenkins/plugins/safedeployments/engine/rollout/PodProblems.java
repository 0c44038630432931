package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is wrong with one pod that should serve. */
final class PodProblems {

    /** A cluster autoscaler needs this long to bring a node. */
    private static final Duration UNSCHEDULABLE = Duration.ofSeconds(120);

    /** Kubernetes itself moves a pod off a lost node after 5 minutes; what is still there then, it will not move. */
    private static final Duration NODE_LOST = Duration.ofMinutes(6);

    private static final KubeObject NOTHING = KubeObject.of(Map.of());

    private final KubeObject pod;
    private final List<Problem> problems = new ArrayList<>();

    private PodProblems(KubeObject pod) {
        this.pod = pod;
    }

    @NonNull
    static List<Problem> of(KubeObject pod) {
        PodProblems found = new PodProblems(pod);
        if (!isOver(pod) && !isDisrupted(pod)) {
            found.look();
        }
        return found.problems;
    }

    /** Whether it has ended for good, and its ReplicaSet makes another one. */
    static boolean isOver(KubeObject pod) {
        return pod.string("status", "phase").equals("Failed")
                || pod.string("status", "phase").equals("Succeeded");
    }

    /** Whether Kubernetes is about to remove it for the sake of something else: a drain, a preemption, a taint. */
    static boolean isDisrupted(KubeObject pod) {
        return is(pod, "DisruptionTarget", "True");
    }

    private void look() {
        if (lostNode()) {
            return; // what its containers' status says is of the past
        }
        KubeObject scheduled = pod.condition("PodScheduled");
        if (scheduled != null && scheduled.string("reason").equals("Unschedulable")) {
            String message = scheduled.string("message");
            problems.add(new Problem(
                    "unschedulable/" + pod.name(),
                    "Pod " + pod.name() + " finds no node: " + Messages.shortened(message),
                    Messages.hasAny(message, "persistentvolumeclaim")
                            ? "Create the PersistentVolumeClaim that the message names, or see why it is not bound."
                            : "Lower the pod's resource requests, or add nodes.",
                    UNSCHEDULABLE));
            return;
        }
        for (boolean init : new boolean[] {true, false}) {
            for (KubeObject status : pod.list("status", init ? "initContainerStatuses" : "containerStatuses")) {
                Problem problem = new ContainerProblem(pod, status, init).find();
                if (problem != null) {
                    problems.add(problem);
                }
            }
        }
        if (problems.isEmpty()) {
            Problem waiting = waiting();
            if (waiting != null) {
                problems.add(waiting);
            }
        }
    }

    /**
     * The node's controller takes {@code Ready} away from the pods of a node that no longer reports, and gives no reason;
     * the kubelet always gives one, and takes {@code ContainersReady} away with it.
     */
    private boolean lostNode() {
        KubeObject ready = pod.condition("Ready");
        boolean lost = pod.string("status", "phase").equals("Unknown")
                || pod.string("status", "reason").equals("NodeLost")
                || ready != null
                        && !ready.string("status").equals("True")
                        && ready.string("reason").isEmpty()
                        && is(pod, "ContainersReady", "True");
        if (lost) {
            problems.add(new Problem(
                    "node-lost/" + pod.name(),
                    "Pod " + pod.name() + " is on node " + pod.string("spec", "nodeName")
                            + ", which no longer reports its state",
                    "See the node; once it is back, or deleted from the cluster, the pod recovers or is replaced.",
                    NODE_LOST));
        }
        return lost;
    }

    /** What it waits for while nothing is wrong yet. */
    @CheckForNull
    private Problem waiting() {
        if (is(pod, "Ready", "True") || !is(pod, "PodScheduled", "True")) {
            return null;
        }
        for (KubeObject status : pod.list("status", "initContainerStatuses")) {
            // one that restarts always is a sidecar, and goes on
            boolean sidecar = spec("initContainers", status.string("name"))
                    .string("restartPolicy")
                    .equals("Always");
            if (status.map("state").containsKey("running") && !sidecar) {
                return until(
                        "init",
                        status,
                        "Pod " + pod.name() + ": its init container " + status.string("name") + " has not ended yet",
                        "See what it waits for in its log.",
                        Ask.NOTHING);
            }
        }
        for (KubeObject status : pod.list("status", "containerStatuses")) {
            boolean ready = Boolean.TRUE.equals(status.get("ready"));
            if (!ready && status.map("state").containsKey("running")) {
                return probed(status);
            }
            if (status.string("state", "waiting", "reason").equals("ContainerCreating")) {
                return until(
                        "creating",
                        status,
                        "Pod " + pod.name() + " has a node, but its containers are not made yet",
                        "See the pod's events, such as for a volume whose Secret, ConfigMap or claim is missing.",
                        Ask.EVENT);
            }
        }
        for (KubeObject gate : pod.list("spec", "readinessGates")) {
            if (!is(pod, gate.string("conditionType"), "True")) {
                return until(
                        "gate",
                        NOTHING,
                        "Pod " + pod.name() + " waits for its readiness gate " + gate.string("conditionType"),
                        "See what is to set this condition, such as a load balancer's controller.",
                        Ask.NOTHING);
            }
        }
        return null;
    }

    private Problem probed(KubeObject status) {
        String container = status.string("name");
        KubeObject spec = spec("containers", container);
        boolean started = !Boolean.FALSE.equals(status.get("started"))
                || spec.map("startupProbe").isEmpty();
        String probe = started ? "readinessProbe" : "startupProbe";
        return until(
                "probe",
                status,
                "Pod " + pod.name() + ", container " + container + " runs, but its "
                        + (started ? "readiness" : "startup") + " probe" + described(spec, probe)
                        + " has not passed yet",
                "See the container's log, and whether the probe asks the right thing.",
                Ask.EVENT);
    }

    private Problem until(String sort, KubeObject status, String sentence, String hint, Ask ask) {
        String container = status.string("name");
        return new Problem(sort + "/" + pod.name() + "/" + container, sentence, hint, Problem.UNTIL_DEADLINE)
                .asking(ask, pod.name(), container);
    }

    private KubeObject spec(String list, String container) {
        return pod.list("spec", list).stream()
                .filter(candidate -> candidate.string("name").equals(container))
                .findFirst()
                .orElse(NOTHING);
    }

    private static String described(KubeObject container, String probe) {
        if (!container.map(probe, "httpGet").isEmpty()) {
            String path = container.string(probe, "httpGet", "path");
            return " (GET " + (path.isEmpty() ? "/" : path) + " on port " + container.string(probe, "httpGet", "port")
                    + ")";
        }
        if (!container.map(probe, "tcpSocket").isEmpty()) {
            return " (TCP port " + container.string(probe, "tcpSocket", "port") + ")";
        }
        if (!container.map(probe, "grpc").isEmpty()) {
            return " (gRPC port " + container.string(probe, "grpc", "port") + ")";
        }
        return container.get(probe, "exec", "command") instanceof List<?> command
                ? " ("
                        + Messages.shortened(String.join(
                                " ", command.stream().map(String::valueOf).toList())) + ")"
                : "";
    }

    private static boolean is(KubeObject pod, String type, String value) {
        KubeObject condition = pod.condition(type);
        return condition != null && condition.string("status").equals(value);
    }
}
