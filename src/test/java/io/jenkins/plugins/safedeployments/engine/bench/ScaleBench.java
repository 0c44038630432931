package io.jenkins.plugins.safedeployments.engine.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.jenkins.plugins.safedeployments.engine.bench.AuditLog.Request;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * 200 releases in flight in one process, 50 of them in one namespace: threads and watches with their number, what they ask
 * while they wait, what they take of the heap, and that all of them go on when their pods become ready at the same time.
 */
final class ScaleBench {

    private static final int FEW = 5;
    private static final int IN_ONE_NAMESPACE = 50;
    private static final int NAMESPACES = 16;
    private static final int IN_EACH_OTHER = 10;
    private static final int WINDOW_SECONDS = 60;
    private static final int POLLS_PER_HOUR = 720;

    private final Bench bench;
    private final List<String> namespaces = new ArrayList<>();
    private long watchesBefore;

    ScaleBench(Bench bench) {
        this.bench = bench;
    }

    void run() throws Exception {
        bench.title("scale: releases in flight in one process");
        bench.audit(); // rather now than after all the work
        try (HandPlayedPods pods = new HandPlayedPods(bench.kubeconfig());
                WarmController controller = new WarmController(bench.access())) {
            try {
                run(pods, controller);
            } finally {
                namespaces.forEach(controller::dropNamespace);
            }
        }
    }

    private void run(HandPlayedPods pods, WarmController controller) throws Exception {
        Waiters waiters = new Waiters(controller);
        watchesBefore = watches(pods);
        String many = namespace(controller);
        waiters.start(many, FEW);
        Point few = point(pods, FEW, 1);
        waiters.start(many, IN_ONE_NAMESPACE - FEW);
        Point fifty = point(pods, IN_ONE_NAMESPACE, 1);
        for (int i = 1; i < NAMESPACES; i++) {
            waiters.start(namespace(controller), IN_EACH_OTHER);
        }
        Point all = point(pods, waiters.count(), NAMESPACES);

        List<Request> requests = Waiters.requests(bench.audit(), WINDOW_SECONDS);
        double perHour = requests.size() * 3600.0 / WINDOW_SECONDS / all.releases;
        bench.line(String.format(
                Locale.ROOT,
                "requests while all of them wait: %d in %d s, %.2f per hour and release",
                requests.size(),
                WINDOW_SECONDS,
                perHour));
        bench.line(String.format(
                Locale.ROOT,
                "heap per release: %.0f KiB in one namespace, %.0f KiB in namespaces of %d, with these",
                kilobytes(few, fifty),
                kilobytes(fifty, all),
                IN_EACH_OTHER));
        bench.line(String.format(
                Locale.ROOT,
                "a namespace more: %.1f threads and %.1f watches",
                (double) (all.threads - fifty.threads) / (all.namespaces - fifty.namespaces),
                (double) (all.watches - fifty.watches) / (all.namespaces - fifty.namespaces)));
        allAtOnce(pods, waiters);

        bench.limit(
                "threads added by " + (fifty.releases - few.releases) + " releases in one namespace",
                fifty.threads - few.threads,
                0);
        bench.limit(
                "watches added by " + (fifty.releases - few.releases) + " releases in one namespace",
                fifty.watches - few.watches,
                0);
        bench.ratio("scale", perHour / POLLS_PER_HOUR, 0.01);
    }

    private static double kilobytes(Point from, Point to) {
        return (to.heap - from.heap) / 1024.0 / (to.releases - from.releases);
    }

    private String namespace(WarmController controller) {
        String name = bench.namespace("scale");
        controller.makeNamespace(name);
        namespaces.add(name);
        return name;
    }

    private record Point(int releases, int namespaces, int threads, long watches, long heap) {}

    private Point point(HandPlayedPods pods, int releases, int namespaceCount) throws Exception {
        Map<String, Integer> threads = fewestThreads();
        Point point =
                new Point(releases, namespaceCount, BusyThreads.count(threads), watches(pods) - watchesBefore, heap());
        bench.line(String.format(
                Locale.ROOT,
                "%3d releases in %2d namespaces: %d threads, %d watches, %.1f MiB of heap",
                point.releases,
                point.namespaces,
                point.threads,
                point.watches,
                point.heap / 1048576.0));
        bench.keep(
                "threads-" + releases + ".txt",
                threads.entrySet().stream().map(Object::toString).toList());
        return point;
    }

    /** A request that is under way at the moment takes a thread, too, but is not there for good. */
    private static Map<String, Integer> fewestThreads() {
        List<Map<String, Integer>> samples = new ArrayList<>();
        Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> {
            samples.add(BusyThreads.byName());
            return samples.size() == 20;
        });
        return samples.stream().min(Comparator.comparingInt(BusyThreads::count)).orElseThrow();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static final Pattern WATCHES = Pattern.compile(
            "^apiserver_longrunning_(?:gauge|requests)\\{.*scope=\"namespace\".*verb=\"WATCH\".*\\} (\\d+)");

    /** Watches of single namespaces that the API server serves to anybody. */
    private static long watches(HandPlayedPods pods) throws IOException {
        long sum = 0;
        for (String line : pods.client.raw("/metrics").split("\n")) {
            Matcher matcher = WATCHES.matcher(line);
            if (matcher.find()) {
                sum += Long.parseLong(matcher.group(1));
            }
        }
        return sum;
    }

    private void allAtOnce(HandPlayedPods pods, Waiters waiters) throws Exception {
        Map<Target, Pod> waiting = new HashMap<>();
        for (String namespace : namespaces) {
            for (Pod pod : pods.client.pods().inNamespace(namespace).list().getItems()) {
                waiting.put(
                        new Target("", namespace, pod.getMetadata().getLabels().get("app")), pod);
            }
        }
        waiting.keySet().retainAll(waiters.runs().keySet());
        for (Pod pod : waiting.values()) {
            pods.bind(pod);
        }
        long begin = System.nanoTime();
        int number = 0;
        for (Pod pod : waiting.values()) {
            pods.ready(pod, number++);
        }
        double played = (System.nanoTime() - begin) / 1e9;
        CompletableFuture.allOf(waiters.runs().values().stream()
                        .map(OperationRun::result)
                        .toArray(CompletableFuture[]::new))
                .get(3, TimeUnit.MINUTES);
        bench.line(String.format(
                Locale.ROOT,
                "their %d pods made ready in %.1f s: the last step had ended after %.1f s",
                number,
                played,
                (System.nanoTime() - begin) / 1e9));
    }
}
