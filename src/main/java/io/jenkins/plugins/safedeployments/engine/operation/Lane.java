package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The way of all looks at one cluster to the workers: a few at a time, so that a cluster that does not answer holds no more
 * threads than these, and within the cluster's budget of requests. What has to wait waits in order and without a thread.
 */
public final class Lane implements Executor {

    /** The one that a request hangs in, and one to see whether the next does, too. */
    private static final int WIDTH = 2;

    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final RequestBudget budget;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean alarmed;

    /**
     * @param workers must have a thread for whatever the lane gives them
     * @param timer only wakes
     */
    public Lane(Executor workers, ScheduledExecutorService timer, RequestBudget budget) {
        this.workers = workers;
        this.timer = timer;
        this.budget = budget;
    }

    /** @throws RejectedExecutionException if the workers take nothing any more */
    @Override
    public void execute(Runnable look) {
        synchronized (this) {
            waiting.add(look);
        }
        begin();
    }

    private synchronized void begin() {
        while (running < WIDTH && !waiting.isEmpty() && !alarmed) {
            Duration debt = budget.debt();
            if (!debt.isZero()) {
                alarmed = true;
                timer.schedule(this::paid, debt.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            Runnable look = waiting.remove();
            workers.execute(() -> run(look));
            running++;
        }
    }

    private void paid() {
        synchronized (this) {
            alarmed = false;
        }
        beginIfPossible();
    }

    private void run(Runnable look) {
        try {
            look.run();
        } finally {
            synchronized (this) {
                running--;
            }
            beginIfPossible();
        }
    }

    private void beginIfPossible() {
        try {
            begin();
        } catch (RejectedExecutionException e) {
            // Jenkins is going down: what waits is begun again after the restart
            synchronized (this) {
                waiting.clear();
            }
        }
    }
}
