package io.jenkins.plugins.safedeployments.engine.bench;

import io.jenkins.plugins.safedeployments.engine.bench.AuditLog.Request;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Releases that wait for pods which do not become ready before the bench wants it. */
final class Waiters {

    private final WarmController controller;
    private final Map<Target, OperationRun> runs = Collections.synchronizedMap(new LinkedHashMap<>());

    Waiters(WarmController controller) {
        this.controller = controller;
    }

    /** Starts releases of as many applications in a namespace, and waits until all of them wait. */
    void start(String namespace, int count) {
        for (int i = 0; i < count; i++) {
            Target target = new Target("", namespace, "app-" + runs.size());
            runs.put(
                    target,
                    controller.canary(
                            target,
                            "registry.example.com/" + target.app() + ":1",
                            HandPlayedPods.manifests(target.app()),
                            List.of(),
                            WarmController.SILENT));
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    for (OperationRun run : runs.values()) {
                        if (run.result().isDone()) {
                            run.result().join(); // throws what it failed with
                        }
                    }
                    return runs.values().stream().allMatch(run -> run.status().contains("0/1 available"));
                });
    }

    int count() {
        return runs.size();
    }

    Map<Target, OperationRun> runs() {
        return runs;
    }

    /** The requests of the plugin's client during so many seconds, while nothing changes in the cluster. */
    static List<Request> requests(AuditLog audit, int seconds) throws IOException {
        long begin = audit.end();
        pause(seconds);
        List<Request> requests = new ArrayList<>(audit.since(begin));
        requests.removeIf(request -> !request.isOf(WarmController.CLIENT));
        return requests;
    }

    private static void pause(int seconds) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(seconds + 10L))
                .pollDelay(Duration.ofSeconds(seconds))
                .until(() -> true);
    }
}
