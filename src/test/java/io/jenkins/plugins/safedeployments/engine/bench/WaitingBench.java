package io.jenkins.plugins.safedeployments.engine.bench;

import io.jenkins.plugins.safedeployments.engine.bench.AuditLog.Request;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What releases that wait for their pods ask of the API server: counted for a while, and set against what as many polls
 * every 5 seconds would ask in that time.
 */
final class WaitingBench {

    private static final int RELEASES = 20;
    private static final int WINDOW_SECONDS = 90;
    private static final int POLL_SECONDS = 5;

    private final Bench bench;

    WaitingBench(Bench bench) {
        this.bench = bench;
    }

    void run() throws Exception {
        String namespace = bench.namespace("waiting");
        List<Request> requests;
        try (WarmController controller = new WarmController(bench.access())) {
            controller.makeNamespace(namespace);
            try {
                Waiters waiters = new Waiters(controller);
                waiters.start(namespace, RELEASES);
                requests = Waiters.requests(bench.audit(), WINDOW_SECONDS);
            } finally {
                controller.dropNamespace(namespace);
            }
        }
        double polled = (double) RELEASES * WINDOW_SECONDS / POLL_SECONDS;
        bench.title("waiting: requests of " + RELEASES + " releases in one namespace that wait for their pods, in "
                + WINDOW_SECONDS + " s");
        bench.line(String.format(
                Locale.ROOT,
                "plugin            %d (%.1f per hour and release)",
                requests.size(),
                requests.size() * 3600.0 / WINDOW_SECONDS / RELEASES));
        bench.line(String.format(
                Locale.ROOT,
                "poll of %d s       %.0f (%d per hour and release)",
                POLL_SECONDS,
                polled,
                3600 / POLL_SECONDS));
        Map<String, Integer> counts = new TreeMap<>();
        requests.forEach(request -> counts.merge(request.verb() + " " + request.resource(), 1, Integer::sum));
        counts.forEach((what, count) -> bench.line(String.format("%6d  %s", count, what)));
        bench.ratio("waiting", requests.size() / polled, 0.01);
    }
}
