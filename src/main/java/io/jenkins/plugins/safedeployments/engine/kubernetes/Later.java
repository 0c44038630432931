package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does something after a while without keeping a thread for it. */
interface Later {

    /** By the one timer thread and the common pool that every JVM has. */
    Later SHARED = (delay, work) -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
            .execute(work);

    /** @param work must not block */
    void in(Duration delay, Runnable work);
}
