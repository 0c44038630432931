package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.ClusterLogin;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the cluster says of a target at this moment, for a page: asked for on a thread of the plugin's own, and waited for a few
 * seconds only.
 *
 * @param releases the records that are kept
 * @param stable size of stable; 0 if there is none
 * @param canary size of the canary; 0 if there is none
 */
record ClusterRecord(List<Release> releases, int stable, int canary) {

    private static final long SECONDS = 5;

    /** Of the plugin's threads so many may wait for clusters here; one that hangs leaves the others to all else. */
    private static final Semaphore ASKING = new Semaphore(2);

    /**
     * By the cluster's own credentials, if the job can use them.
     *
     * @throws UserException in one sentence, if the cluster cannot be asked or does not answer in time
     */
    @NonNull
    static ClusterRecord of(Target target, Job<?, ?> job) {
        String name = job.getFullName();
        return answer(() -> ask(target, name));
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

    private static ClusterRecord ask(Target target, String job) {
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster(target.cluster());
        ClusterAccess access = ClusterCredentials.access(cluster, "", job);
        try (ClusterLogin login = new ClusterLogin(
                target.namespace(), access, () -> ClusterCredentials.access(cluster, "", job), renewed -> {})) {
            List<Release> releases = new ReleaseStore(login.cluster(), target.app()).list();
            return new ClusterRecord(releases, size(login, target, Track.STABLE), size(login, target, Track.CANARY));
        }
    }

    private static int size(ClusterLogin login, Target target, Track track) {
        Optional<KubeObject> deployment = login.cluster().get(Kind.DEPLOYMENT, target.deployment(track));
        return deployment.map(found -> found.integer(1, "spec", "replicas")).orElse(0);
    }
}
