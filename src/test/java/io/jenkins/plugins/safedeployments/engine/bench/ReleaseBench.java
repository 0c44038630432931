package io.jenkins.plugins.safedeployments.engine.bench;

import io.jenkins.plugins.safedeployments.engine.bench.AuditLog.Request;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Whole releases of the address book, by turns with kubectl in a shell script and with the plugin's engine in a warm
 * controller, each in its own namespace: how long they take, and how many requests they make.
 */
final class ReleaseBench {

    private static final String APP = "addressbook";
    private static final Path EXAMPLE = Path.of("docs/examples/addressbook");
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 9;

    private final Bench bench;
    private final Figures scriptSeconds = new Figures();
    private final Figures ourSeconds = new Figures();
    private final Figures scriptRequests = new Figures();
    private final Figures ourRequests = new Figures();
    private List<Request> lastOfScript = List.of();
    private List<Request> lastOfOurs = List.of();

    ReleaseBench(Bench bench) {
        this.bench = bench;
    }

    /** @param names {@code kubectl}, {@code requests} or both */
    void run(List<String> names) throws Exception {
        boolean count = names.contains("requests");
        String script = bench.namespace("script");
        String ours = bench.namespace("ours");
        try (WarmController controller = new WarmController(bench.access())) {
            controller.makeNamespace(script);
            controller.makeNamespace(ours);
            try {
                Map<String, String> files = example();
                for (int round = -WARM_UP; round < ROUNDS; round++) {
                    String image = "registry.example.com/addressbook:1." + (round + WARM_UP);
                    long begin = count ? bench.audit().end() : 0;
                    double seconds = byScript(script, image);
                    List<Request> requests = count ? requestsOf("kubectl", begin) : List.of();
                    settle(controller.namespace(script));
                    begin = count ? bench.audit().end() : 0;
                    double ourTime = byUs(controller, ours, image, files);
                    List<Request> ourList = count ? requestsOf(WarmController.CLIENT, begin) : List.of();
                    settle(controller.namespace(ours));
                    if (round >= 0) {
                        scriptSeconds.add(seconds);
                        ourSeconds.add(ourTime);
                        scriptRequests.add(requests.size());
                        ourRequests.add(ourList.size());
                        lastOfScript = requests;
                        lastOfOurs = ourList;
                    }
                }
            } finally {
                controller.dropNamespace(script);
                controller.dropNamespace(ours);
            }
        }
        print(names);
    }

    private void print(List<String> names) throws IOException {
        if (names.contains("kubectl")) {
            bench.title("kubectl: a canary and its promotion, seconds in all");
            bench.line("script   " + scriptSeconds.text(2));
            bench.line("plugin   " + ourSeconds.text(2));
            bench.ratio("kubectl", ourSeconds.median() / scriptSeconds.median(), 0.6);
        }
        if (names.contains("requests")) {
            bench.title("requests: of the same release, to the API server");
            bench.line("script   " + scriptRequests.text(0));
            bench.line("plugin   " + ourRequests.text(0));
            profile("script", lastOfScript);
            profile("plugin", lastOfOurs);
            bench.ratio("requests", ourRequests.median() / scriptRequests.median(), 0.5);
        }
    }

    /** The requests of one release, in their order, and how many there were of each. */
    private void profile(String side, List<Request> requests) throws IOException {
        List<String> text = new ArrayList<>();
        requests.forEach(request -> text.add(request.toString()));
        Path file = bench.keep("requests-" + side + ".txt", text);
        Map<String, Integer> counts = new TreeMap<>();
        text.forEach(request -> counts.merge(request, 1, Integer::sum));
        bench.line(side + "'s last release (in its order in " + file + "):");
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(entry -> bench.line(String.format("%6d  %s", entry.getValue(), entry.getKey())));
    }

    private List<Request> requestsOf(String client, long begin) throws IOException {
        return bench.audit().since(begin).stream()
                .filter(request -> request.isOf(client))
                .toList();
    }

    private double byScript(String namespace, String image) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bench/release.sh", EXAMPLE.toString(), namespace, image);
        builder.environment().put("KUBECONFIG", bench.kubeconfig().toString());
        builder.environment().put("KUBECTL", bench.kubectl());
        // kubectl's cache, which the first rounds warm up
        builder.environment().put("HOME", bench.folder().toString());
        Path log = bench.folder().resolve("release.log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long begin = System.nanoTime();
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException("bench/release.sh failed:\n" + Files.readString(log));
        }
        return seconds(begin);
    }

    private static double byUs(WarmController controller, String namespace, String image, Map<String, String> files)
            throws Exception {
        Target target = new Target("", namespace, APP);
        CommandTest test = new CommandTest(List.of("echo", "pong"), "", Duration.ofSeconds(30));
        long begin = System.nanoTime();
        WarmController.await(controller.canary(target, image, files, List.of(test), WarmController.SILENT));
        WarmController.await(controller.promotion(target, 3, WarmController.SILENT));
        return seconds(begin);
    }

    private static double seconds(long beginNanos) {
        return (System.nanoTime() - beginNanos) / 1e9;
    }

    private static Map<String, String> example() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String file : List.of("service.yml", "deployment.yml")) {
            files.put(file, Files.readString(EXAMPLE.resolve(file)));
        }
        return files;
    }

    /** Waits until only the 3 pods of stable are left, so that no round pays for the one before. */
    private static void settle(Cluster cluster) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            List<KubeObject> pods = cluster.list(Kind.POD);
            return pods.size() == 3
                    && pods.stream()
                            .allMatch(pod -> pod.condition("Ready") != null
                                    && pod.condition("Ready").string("status").equals("True"));
        });
    }
}
