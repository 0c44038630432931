package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FastTime;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.rules.ExternalResource;

/** Runs operations on a cluster with real threads, and collects what they report. */
public final class TestEngine extends ExternalResource {

    /** Whose time the operations go by. */
    public final Clock clock;

    private final ScheduledExecutorService timer;
    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final ReleaseEngine engine;
    private final AtomicInteger actors = new AtomicInteger();

    /** What the operations so far have reported, line by line. */
    public final CollectedReport report = new CollectedReport();

    /** By the real clock. */
    public TestEngine() {
        this(Clock.systemUTC(), Executors.newSingleThreadScheduledExecutor());
    }

    private TestEngine(Clock clock, ScheduledExecutorService timer) {
        this.clock = clock;
        this.timer = timer;
        this.engine = new ReleaseEngine(timer, workers, clock);
    }

    /** One for which time passes fast: timeouts are by its clock. */
    public static TestEngine fast() {
        return new TestEngine(new FastTime(), FastTime.timer());
    }

    @Override
    protected void after() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    public Session session(Cluster cluster, String app, Duration timeout) {
        int number = actors.incrementAndGet();
        return session(cluster, app, timeout, new Actor("test/" + number, "shop/release #" + number, "", "alice"));
    }

    public Session session(Cluster cluster, String app, Duration timeout, Actor actor) {
        Target target = new Target("test", cluster.namespace(), app);
        return new Session(
                target,
                cluster,
                actor,
                clock,
                report,
                clock.instant().plus(timeout),
                timeout,
                new Wake(),
                Runs.UNKNOWN);
    }

    public OperationRun start(Session session, Operation operation) {
        return engine.start(operation, session.report(), session.wake());
    }

    /** The outcome of an operation; throws what it failed with. */
    public Outcome run(Session session, Operation operation) throws Exception {
        return await(start(session, operation));
    }

    public static Outcome await(OperationRun run) throws Exception {
        try {
            return run.result().get(90, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new AssertionError("still " + run.status(), e);
        }
    }

    /** The manifests of an example under {@code docs/examples}. */
    public static Map<String, String> example(String name) {
        Map<String, String> files = new LinkedHashMap<>();
        for (String file : List.of("service.yml", "deployment.yml")) {
            try {
                files.put(file, Files.readString(Path.of("docs/examples", name, file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }
}
