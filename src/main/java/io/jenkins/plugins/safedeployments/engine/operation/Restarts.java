package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** How often the containers of pods were started again. Pods that are gone take theirs with them. */
final class Restarts {

    private Restarts() {}

    static int of(List<KubeObject> pods) {
        return pods.stream()
                .flatMap(pod -> pod.list("status", "containerStatuses").stream())
                .mapToInt(Restarts::of)
                .sum();
    }

    private static int of(KubeObject container) {
        return container.integer(0, "restartCount");
    }

    /** Which ones, and with what the last run ended: {@code web of pod shop-canary-7d9 (2 times, last with exit code 137)}. */
    @NonNull
    static String text(List<KubeObject> pods) {
        List<String> restarted = new ArrayList<>();
        for (KubeObject pod : pods) {
            for (KubeObject container : pod.list("status", "containerStatuses")) {
                if (of(container) > 0) {
                    String code = container.string("lastState", "terminated", "exitCode");
                    restarted.add(container.string("name") + " of pod " + pod.name() + " (" + of(container)
                            + (of(container) == 1 ? " time" : " times")
                            + (code.isEmpty() ? "" : ", last with exit code " + code) + ")");
                }
            }
        }
        return String.join(", ", restarted);
    }
}
