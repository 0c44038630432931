package io.jenkins.plugins.safedeployments.engine.bench;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.AskedCanary;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryDeploy;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryRequest;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import io.jenkins.plugins.safedeployments.engine.operation.Force;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import io.jenkins.plugins.safedeployments.engine.operation.Outcome;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteRequest;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteStable;
import io.jenkins.plugins.safedeployments.engine.operation.ReleaseEngine;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import io.jenkins.plugins.safedeployments.engine.operation.Runs;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.Wake;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What a controller has of the plugin between two releases: the engine with its threads, and a client that is connected. */
final class WarmController implements AutoCloseable {

    /** How the plugin's client names itself to the API server. */
    static final String CLIENT = "jenkins-safe-deployments";

    /** As many as the plugin gives the engine in Jenkins. */
    static final int THREADS = 8;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS);
    private final Clock clock = Clock.systemUTC();
    private final ReleaseEngine engine = new ReleaseEngine(timer, workers, clock);
    private final KubernetesConnection connection;
    private final AtomicInteger actors = new AtomicInteger();

    WarmController(ClusterAccess access) {
        connection = KubernetesConnection.open(access);
    }

    Cluster namespace(String namespace) {
        return connection.namespace(namespace);
    }

    Cluster makeNamespace(String namespace) {
        Cluster cluster = namespace(namespace);
        cluster.create(
                KubeObject.of(Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", namespace))));
        return cluster;
    }

    void dropNamespace(String namespace) {
        namespace(namespace).get(Kind.NAMESPACE, namespace).ifPresent(namespace(namespace)::delete);
    }

    /** Begins a canary of 1 replica. */
    OperationRun canary(
            Target target, String image, Map<String, String> files, List<CommandTest> tests, Report report) {
        CanaryRequest request = AskedCanary.of(image).files(files).tests(tests).request();
        return start(target, report, session -> new CanaryDeploy(session, request));
    }

    /** Begins the promotion of what is in canary. */
    OperationRun promotion(Target target, int replicas, Report report) {
        return start(
                target,
                report,
                session ->
                        new PromoteStable(session, new PromoteRequest(0, replicas, Duration.ZERO, false, Force.NONE)));
    }

    private OperationRun start(Target target, Report report, Function<Session, Operation> operation) {
        int number = actors.incrementAndGet();
        Actor actor = new Actor("bench/" + number, "bench #" + number, "", "");
        Wake wake = new Wake();
        Session session = new Session(
                target,
                namespace(target.namespace()),
                actor,
                clock,
                report,
                clock.instant().plus(Duration.ofMinutes(10)),
                Duration.ofMinutes(10),
                wake,
                Runs.UNKNOWN);
        return engine.start(operation.apply(session), report, wake);
    }

    static Outcome await(OperationRun run) throws Exception {
        return run.result().get(10, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        connection.close();
        timer.shutdownNow();
        workers.shutdownNow();
    }

    /** What releases say is not shown: it is measured. */
    static final Report SILENT = new Report() {
        @Override
        public void line(String topic, String text) {}

        @Override
        public void output(String text) {}

        @Override
        public String keep(String folder, Map<String, String> files) {
            return folder;
        }
    };
}
