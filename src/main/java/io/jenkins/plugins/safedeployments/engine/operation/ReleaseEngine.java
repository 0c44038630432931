package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Runs operations without holding a thread while they wait: a worker looks once, and the next look comes when a watch, a
 * timer or a test that ended asks for it.
 */
public final class ReleaseEngine {

    private final ScheduledExecutorService timer;
    private final Executor workers;
    private final Clock clock;

    /**
     * @param timer only wakes; nothing blocks on it
     * @param workers make the requests to clusters; as many looks happen at the same time as it has threads
     */
    public ReleaseEngine(ScheduledExecutorService timer, Executor workers, Clock clock) {
        this.timer = timer;
        this.workers = workers;
        this.clock = clock;
    }

    /**
     * Starts an operation; its first look happens on a worker.
     *
     * @param report told when the operation waits for an API server that does not answer
     */
    @NonNull
    public OperationRun start(Operation operation, Report report, Wake wake) {
        OperationRun run = new OperationRun(operation, report, timer, workers, clock);
        wake.connect(run::wake);
        run.wake();
        return run;
    }
}
