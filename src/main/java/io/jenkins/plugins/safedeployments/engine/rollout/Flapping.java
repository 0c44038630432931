package io.jenkins.plugins.safedeployments.engine.rollout;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how often each new pod was ready and then not any more. It counts what it sees; a change that comes and goes between
 * two looks is missed.
 */
final class Flapping {

    /** Named from the second time on. */
    private static final int NAMED = 2;

    /** Whoever calls it a pod that serves is mistaken. */
    private static final int CERTAIN = 5;

    /** By UID: the last state, and the number of changes to not ready. */
    private final Map<String, Pod> pods = new HashMap<>();

    private record Pod(boolean ready, int drops) {}

    void see(Observation observation) {
        List<String> ready =
                observation.readyPods().stream().map(KubeObject::uid).toList();
        pods.keySet()
                .retainAll(observation.newPods().stream().map(KubeObject::uid).toList());
        for (KubeObject pod : observation.newPods()) {
            boolean now = ready.contains(pod.uid());
            pods.merge(
                    pod.uid(),
                    new Pod(now, 0),
                    (before, after) -> new Pod(now, before.drops() + (before.ready() && !now ? 1 : 0)));
        }
    }

    List<Problem> problems(Observation observation) {
        List<Problem> problems = new ArrayList<>();
        for (KubeObject pod : observation.newPods()) {
            int drops = pods.getOrDefault(pod.uid(), new Pod(false, 0)).drops();
            if (drops >= NAMED) {
                problems.add(new Problem(
                                "flapping/" + pod.name(),
                                "Pod " + pod.name() + " was ready and then not any more, " + drops + " times",
                                "See its readiness probe's events and time limits, and what the pod depends on.",
                                drops >= CERTAIN ? Duration.ZERO : Problem.UNTIL_DEADLINE)
                        .asking(Ask.EVENT, pod.name(), ""));
            }
        }
        return problems;
    }
}
