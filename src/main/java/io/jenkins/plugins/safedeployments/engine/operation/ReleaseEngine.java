package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Runs operations without holding a thread while they wait: a worker looks once, and the next look comes when a watch, a
 * timer or a test that ended asks for it.
 */
public final class ReleaseEngine {

    private final ScheduledExecutorService timer;
    private final Executor workers;
    private final Clock clock;
    private final DoubleSupplier chance;

    /**
     * @param timer only wakes; nothing blocks on it
     * @param workers make the requests to clusters; as many looks happen at the same time as it has threads
     */
    public ReleaseEngine(ScheduledExecutorService timer, Executor workers, Clock clock) {
        this(timer, workers, clock, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param chance numbers between 0 and 1, of which the pauses before another try are made */
    ReleaseEngine(ScheduledExecutorService timer, Executor workers, Clock clock, DoubleSupplier chance) {
        this.timer = timer;
        this.workers = workers;
        this.clock = clock;
        this.chance = chance;
    }

    /**
     * Starts an operation; its first look happens on a worker.
     *
     * @param report told when the operation waits for an API server that does not answer
     */
    @NonNull
    public OperationRun start(Operation operation, Report report, Wake wake) {
        OperationRun run = new OperationRun(operation, report, timer, workers, clock, chance);
        wake.connect(run::wake);
        run.wake();
        return run;
    }
}
