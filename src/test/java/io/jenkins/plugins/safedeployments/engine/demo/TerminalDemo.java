package io.jenkins.plugins.safedeployments.engine.demo;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.Kubeconfig;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Approval;
import io.jenkins.plugins.safedeployments.engine.operation.AskedCanary;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryDeploy;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import io.jenkins.plugins.safedeployments.engine.operation.Force;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteRequest;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteStable;
import io.jenkins.plugins.safedeployments.engine.operation.ReleaseEngine;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackCanary;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackRequest;
import io.jenkins.plugins.safedeployments.engine.operation.Runs;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.Wake;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * Three releases of the address book by the engine alone, on the cluster of {@code SAFE_DEPLOYMENTS_KUBECONFIG}: a first
 * one, a second one through canary and promotion, and a bad one that is taken back.
 */
public final class TerminalDemo {

    private static final boolean COLOR = System.console() != null;
    private static final String APP = "addressbook";
    private static final String NAMESPACE = "safe-deployments-demo";

    private final ReleaseEngine engine;
    private final Cluster cluster;
    private final Map<String, String> files;
    private int runs;

    private TerminalDemo(ReleaseEngine engine, Cluster cluster) throws IOException {
        this.engine = engine;
        this.cluster = cluster;
        this.files = new LinkedHashMap<>();
        for (String file : List.of("service.yml", "deployment.yml")) {
            files.put(file, Files.readString(Path.of("docs/examples/addressbook", file)));
        }
    }

    public static void main(String[] arguments) throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        ExecutorService workers = Executors.newFixedThreadPool(4);
        String kubeconfig = Files.readString(Path.of(System.getenv("SAFE_DEPLOYMENTS_KUBECONFIG")));
        try (KubernetesConnection connection = KubernetesConnection.open(Kubeconfig.read(kubeconfig))) {
            System.out.println(
                    "A real Kubernetes API server, " + connection.version() + ", namespace " + NAMESPACE + ".");
            Cluster cluster = connection.namespace(NAMESPACE);
            if (cluster.get(Kind.NAMESPACE, NAMESPACE).isEmpty()) {
                cluster.create(KubeObject.of(
                        Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", NAMESPACE))));
            }
            new TerminalDemo(new ReleaseEngine(timer, workers, Clock.systemUTC()), cluster).play();
            cluster.get(Kind.NAMESPACE, NAMESPACE).ifPresent(cluster::delete);
        } finally {
            timer.shutdownNow();
            workers.shutdownNow();
        }
    }

    private void play() throws Exception {
        title("1. The first release: there is nothing yet");
        deploy("1.0");
        promote();

        title("2. The second release: a canary beside stable, a test in it, then all of stable");
        deploy("1.1");
        promote();

        title("3. A release whose image does not exist: named within seconds, and taken back");
        deploy("1.2-pull-fail");
        run(session -> new RollbackCanary(session, RollbackRequest.undo("", true), Approval.NOT_NEEDED));
    }

    private void deploy(String tag) throws Exception {
        run(session -> new CanaryDeploy(
                session,
                AskedCanary.ofTag(tag)
                        .files(files)
                        .tests(List.of(new CommandTest(List.of("echo", "pong"), "", Duration.ofSeconds(10))))
                        .request()));
    }

    private void promote() throws Exception {
        run(session -> new PromoteStable(session, new PromoteRequest(0, 3, Duration.ZERO, false, Force.NONE)));
    }

    private void run(Function<Session, Operation> operation) throws Exception {
        Clock clock = Clock.systemUTC();
        int number = ++runs;
        Actor actor = new Actor("demo-" + System.nanoTime(), "demo #" + number, "", System.getProperty("user.name"));
        Wake wake = new Wake();
        Session session = new Session(
                new Target("", NAMESPACE, APP),
                cluster,
                actor,
                clock,
                new Terminal(),
                clock.instant().plus(Duration.ofMinutes(2)),
                Duration.ofMinutes(2),
                wake,
                Runs.UNKNOWN);
        try {
            String text = engine.start(operation.apply(session), session.report(), wake)
                    .result()
                    .get()
                    .text();
            System.out.println("  " + paint("32", text));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UserException)) {
                throw e;
            }
            System.out.println("  " + paint("31", e.getCause().getMessage()));
        }
        table();
    }

    private void table() {
        System.out.printf("    %-22s %-6s %-10s %-9s %s%n", "NAME", "READY", "UP-TO-DATE", "AVAILABLE", "IMAGE");
        for (KubeObject deployment : cluster.list(Kind.DEPLOYMENT)) {
            System.out.printf(
                    "    %-22s %-6s %-10d %-9d %s%n",
                    deployment.name(),
                    deployment.integer(0, "status", "readyReplicas") + "/" + deployment.integer(1, "spec", "replicas"),
                    deployment.integer(0, "status", "updatedReplicas"),
                    deployment.integer(0, "status", "availableReplicas"),
                    deployment
                            .list("spec", "template", "spec", "containers")
                            .get(0)
                            .string("image"));
        }
    }

    private static void title(String text) {
        System.out.println("\n" + paint("1", text));
    }

    private static String paint(String code, String text) {
        return COLOR ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static final class Terminal implements Report {
        @Override
        public void line(String topic, String text) {
            System.out.printf("  %-12s %s%n", topic, text);
        }

        @Override
        public void output(String text) {
            System.out.printf("  %-12s | %s%n", "", text);
        }

        @Override
        public String keep(String folder, Map<String, String> evidence) {
            System.out.println(evidence.get("cause.txt").strip().indent(4).stripTrailing());
            return "";
        }
    }
}
