package io.jenkins.plugins.safedeployments.engine.bench;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.Kubeconfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Runs what {@code bench/run} was asked for. */
public final class Bench {

    private static final List<String> NAMES = List.of("kubectl", "requests", "reaction", "waiting", "scale");

    private final Path kubeconfig = Path.of(System.getenv("SAFE_DEPLOYMENTS_KUBECONFIG"));
    private final Path folder = Path.of("target/bench").toAbsolutePath();
    private final List<String> missed = new ArrayList<>();

    private Bench() {}

    /** @param arguments names; none for all. With {@code --check}, a limit that is missed ends it with 1 */
    public static void main(String[] arguments) throws Exception {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        boolean check = names.remove("--check");
        if (!NAMES.containsAll(names)) {
            System.err.println("usage: bench/run [--check] [" + String.join("|", NAMES) + "]...");
            System.exit(2);
        }
        Bench bench = new Bench();
        bench.run(names.isEmpty() ? NAMES : names);
        bench.missed.forEach(ratio -> System.out.println("missed: " + ratio));
        System.exit(check && !bench.missed.isEmpty() ? 1 : 0); // the client's threads linger
    }

    private void run(List<String> names) throws Exception {
        Files.createDirectories(folder);
        if (names.contains("kubectl") || names.contains("requests")) {
            new ReleaseBench(this).run(names);
        }
        if (names.contains("reaction")) {
            new ReactionBench(this).run();
        }
        if (names.contains("waiting")) {
            new WaitingBench(this).run();
        }
        if (names.contains("scale")) {
            new ScaleBench(this).run();
        }
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    ClusterAccess access() throws IOException {
        return Kubeconfig.read(Files.readString(kubeconfig));
    }

    /** Where files may be left. */
    Path folder() {
        return folder;
    }

    AuditLog audit() {
        String file = System.getenv("BENCH_AUDIT_LOG");
        if (file == null || file.isEmpty()) {
            throw new IllegalStateException(
                    "Requests are counted by the API server's audit log: bench/run has one if it"
                            + " starts the cluster itself, else BENCH_AUDIT_LOG must name it (bench/audit-policy.yml is its"
                            + " policy).");
        }
        return new AuditLog(Path.of(file));
    }

    String kubectl() {
        String kubectl = System.getenv("KUBECTL");
        return kubectl == null || kubectl.isEmpty() ? "kubectl" : kubectl;
    }

    /** A name for a namespace that nobody else uses. */
    String namespace(String purpose) {
        return "bench-" + purpose + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    void title(String text) {
        System.out.println("\n" + text);
    }

    void line(String text) {
        System.out.println("  " + text);
    }

    Path keep(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    /** Says a figure and whether it keeps within its limit. */
    void limit(String figure, double value, double limit) {
        boolean met = value <= limit;
        line(String.format(Locale.ROOT, "%s: %.4f, at most %s: %s", figure, value, limit, met ? "met" : "MISSED"));
        if (!met) {
            missed.add(figure);
        }
    }

    /** The last line of what a bench prints. */
    void ratio(String name, double value, double limit) {
        limit(name, value, limit);
        System.out.printf(Locale.ROOT, "ratio %s %.4f%n", name, value);
    }
}
