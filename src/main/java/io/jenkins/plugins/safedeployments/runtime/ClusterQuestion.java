package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a page wants to know from a cluster at this moment: asked for on a thread of the plugin's own, and waited for a few
 * seconds only.
 */
public final class ClusterQuestion {

    private static final long SECONDS = 5;

    /** Of the plugin's threads so many may wait for clusters here; one that hangs leaves the others to all else. */
    private static final Semaphore ASKING = new Semaphore(2);

    private ClusterQuestion() {}

    /**
     * Asks the cluster of a target, in its namespace.
     *
     * @param credentialsId those to use instead of the cluster's own; empty for these
     * @param job full name of the job or folder that has to have them in its reach
     * @throws UserException in one sentence, if the cluster cannot be asked or does not answer in time
     */
    @NonNull
    public static <T> T ask(Target target, String credentialsId, String job, Function<Cluster, T> question) {
        return answer(() -> {
            ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster(target.cluster());
            Supplier<ClusterAccess> access = () -> ClusterCredentials.access(cluster, credentialsId, job);
            try (ClusterLogin login = new ClusterLogin(target.namespace(), access.get(), access, renewed -> {})) {
                return question.apply(login.cluster());
            }
        });
    }

    /** @throws UserException in one sentence, if there is no answer in time */
    @NonNull
    static <T> T answer(Supplier<T> question) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            if (!ASKING.tryAcquire(SECONDS, TimeUnit.SECONDS)) {
                throw new UserException(
                        "the cluster was not asked, since others have asked before, and wait longer than " + SECONDS
                                + " seconds for an answer: try again later");
            }
            begin(question, answer);
            return answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new UserException("the cluster did not answer within " + SECONDS + " seconds", e);
        } catch (ExecutionException e) {
            throw new UserException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (RejectedExecutionException e) {
            throw new UserException("Jenkins goes down", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Jenkins goes down", e);
        }
    }

    /** It may go on for longer than is waited for it. */
    private static <T> void begin(Supplier<T> question, CompletableFuture<T> answer) {
        boolean begun = false;
        try {
            ReleaseRuntime.get().execute(() -> {
                try {
                    answer.complete(question.get());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                } finally {
                    ASKING.release();
                }
            });
            begun = true;
        } finally {
            if (!begun) {
                ASKING.release();
            }
        }
    }
}
