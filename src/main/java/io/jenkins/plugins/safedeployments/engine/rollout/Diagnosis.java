package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out from status fields alone that a rollout will not get done, and says why. One instance follows one rollout:
 * it remembers since when each problem has been seen, since some of them pass by themselves.
 */
public final class Diagnosis {

    /** What lasts longer than this while waiting is worth a line in the log. */
    private static final Duration NOTABLE = Duration.ofSeconds(15);

    private static final Duration SCALED_TO_NOTHING = Duration.ofSeconds(30);

    /** Of the rollout before, it is there still when the next one begins, until that makes progress. */
    private static final Duration NO_PROGRESS = Duration.ofSeconds(15);

    /** One eviction is bad luck. */
    private static final int LOST_PODS = 3;

    private final Map<String, Known> known = new HashMap<>();
    private final Flapping flapping = new Flapping();
    private final Set<String> told = new HashSet<>();

    /** @param problem as it was seen when most was said about it */
    private record Known(Instant since, Problem problem) {

        Instant certain() {
            return since.plus(problem.patience());
        }
    }

    /** The first problem that has lasted longer than its patience at {@code now}, if there is one. */
    @NonNull
    public Optional<Problem> certain(Observation observation, Instant now) {
        flapping.see(observation);
        List<Problem> problems = all(observation);
        known.keySet().retainAll(problems.stream().map(Problem::key).toList());
        problems.forEach(problem -> known.merge(
                problem.key(),
                new Known(now, problem),
                (before, after) -> new Known(before.since(), fuller(before.problem(), after.problem()))));
        return problems.stream()
                .map(problem -> known.get(problem.key()))
                .filter(problem -> !problem.certain().isAfter(now))
                .map(Known::problem)
                .findFirst();
    }

    /** A problem that is not certain and has lasted a while; each sort of problem once. */
    @NonNull
    public Optional<Problem> notable(Instant now) {
        return known.values().stream()
                .filter(problem -> !problem.since().plus(NOTABLE).isAfter(now))
                .map(Known::problem)
                .filter(problem -> told.add(problem.sort()))
                .findFirst();
    }

    /** When the next problem seen so far becomes certain or notable if it stays, if there is one. */
    @NonNull
    public Optional<Instant> next() {
        return known.values().stream()
                .map(problem -> told.contains(problem.problem().sort())
                                || problem.problem().patience().compareTo(NOTABLE) < 0
                        ? problem.certain()
                        : problem.since().plus(NOTABLE))
                .min(Instant::compareTo);
    }

    /** What most likely keeps the rollout from getting done, certain or not, as far as it has been seen. */
    @NonNull
    public Optional<Problem> likeliest(Observation observation) {
        return all(observation).stream()
                .map(problem -> known.containsKey(problem.key())
                        ? fuller(known.get(problem.key()).problem(), problem)
                        : problem)
                .findFirst();
    }

    private List<Problem> all(Observation observation) {
        List<Problem> problems = problems(observation);
        problems.addAll(flapping.problems(observation));
        return problems;
    }

    /** While a pull is backed off, the kubelet no longer says why it failed. */
    private static Problem fuller(Problem before, Problem after) {
        boolean saysLess = after.sentence().contains("(ImagePullBackOff")
                && !after.sentence().contains("ErrImagePull")
                && before.sentence().contains("(ErrImagePull: ");
        return saysLess ? before : after;
    }

    /** All that is wrong at this moment, whether or not it may pass; what is closest to a pod first. */
    @NonNull
    public static List<Problem> problems(Observation observation) {
        List<Problem> problems = new ArrayList<>();
        KubeObject deployment = observation.deployment();
        if (deployment == null) {
            return problems;
        }
        if (Boolean.TRUE.equals(deployment.get("spec", "paused")) && !isRolled(observation)) {
            problems.add(new Problem(
                    "paused",
                    deployment + " is paused",
                    "Resume it: kubectl rollout resume deployment/" + deployment.name() + ".",
                    Duration.ZERO));
        }
        if (deployment.integer(1, "spec", "replicas") == 0) {
            problems.add(new Problem(
                    "zero",
                    deployment + " has been scaled to 0, so nothing of it can serve",
                    "See who scaled it; scale it up again.",
                    SCALED_TO_NOTHING));
        }
        refused(observation, deployment, problems);
        // what needs no more than time comes last
        List<Problem> waiting = new ArrayList<>();
        for (KubeObject pod : observation.newPods()) {
            for (Problem problem : PodProblems.of(pod)) {
                (problem.patience().equals(Problem.UNTIL_DEADLINE) ? waiting : problems).add(problem);
            }
        }
        lost(observation, deployment, problems);
        problems.addAll(waiting);
        stuck(deployment, problems);
        return problems;
    }

    /** Whether all pods are of the present template already: how many there are, a Deployment that is paused changes all the same. */
    private static boolean isRolled(Observation observation) {
        KubeObject deployment = observation.deployment();
        return deployment != null
                && observation.newReplicaSet() != null
                && deployment.integer(0, "status", "replicas") <= deployment.integer(0, "status", "updatedReplicas");
    }

    /** Pods that cannot even be created. The Deployment repeats what its old ReplicaSets say as well. */
    private static void refused(Observation observation, KubeObject deployment, List<Problem> problems) {
        KubeObject replicaSet = observation.newReplicaSet();
        KubeObject failure = (replicaSet == null ? deployment : replicaSet).condition("ReplicaFailure");
        if (failure != null && failure.string("status").equals("True")) {
            String message = failure.string("message");
            Refusal refusal = Refusal.of(message, observation.leaving() > 0);
            boolean removal = failure.string("reason").equals("FailedDelete");
            problems.add(new Problem(
                    "refused-" + refusal.key(),
                    "No pod of " + deployment + " can be " + (removal ? "removed" : "created") + Messages.said(message),
                    refusal.hint(),
                    refusal.patience()));
        }
    }

    /** Pods that Kubernetes gave up, one after the other; nodes that are shut down are nobody's fault. */
    private static void lost(Observation observation, KubeObject deployment, List<Problem> problems) {
        List<KubeObject> lost = observation.newPods().stream()
                .filter(PodProblems::isOver)
                .filter(pod -> !Messages.hasAny(
                        pod.string("status", "reason"), "nodeshutdown", "terminated", "nodelost", "preempting"))
                .toList();
        if (lost.size() >= LOST_PODS) {
            KubeObject pod = lost.get(lost.size() - 1);
            problems.add(new Problem(
                    "given-up",
                    lost.size() + " pods of " + deployment + " were given up by their nodes, the last one "
                            + pod.name() + " (" + pod.string("status", "reason")
                            + Messages.said(pod.string("status", "message")) + ")",
                    "Give the pod the resources that it needs, or find what uses them up.",
                    Duration.ZERO));
        }
    }

    private static void stuck(KubeObject deployment, List<Problem> problems) {
        KubeObject progressing = deployment.condition("Progressing");
        if (progressing == null || !progressing.string("status").equals("False")) {
            return;
        }
        if (progressing.string("reason").equals("ReplicaSetCreateError")) {
            problems.add(new Problem(
                    "replica-set",
                    "The ReplicaSet of " + deployment + " cannot be created"
                            + Messages.said(progressing.string("message")),
                    "Mend what the message names, then deploy again.",
                    Duration.ZERO));
        }
        if (progressing.string("reason").equals("ProgressDeadlineExceeded")) {
            Problem deadline = new Problem(
                    "progress-deadline",
                    deployment + " made no progress for its progressDeadlineSeconds ("
                            + deployment.integer(600, "spec", "progressDeadlineSeconds") + " s)",
                    "See the pods' events and readiness probes in the post-mortem.",
                    NO_PROGRESS);
            if (!problems.isEmpty()) {
                Problem cause = problems.get(0);
                deadline = new Problem(
                                deadline.key(),
                                deadline.sentence() + ": " + cause.sentence(),
                                cause.hint(),
                                deadline.patience())
                        .asking(cause.ask(), cause.pod(), cause.container());
            }
            problems.add(deadline);
        }
    }
}
