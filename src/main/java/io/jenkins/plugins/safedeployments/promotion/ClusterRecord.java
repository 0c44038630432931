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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

    /**
     * By the cluster's own credentials, if the job can use them.
     *
     * @throws UserException in one sentence, if the cluster cannot be asked or does not answer in time
     */
    @NonNull
    static ClusterRecord of(Target target, Job<?, ?> job) {
        CompletableFuture<ClusterRecord> answer = new CompletableFuture<>();
        String name = job.getFullName();
        ReleaseRuntime.get().execute(() -> {
            try {
                answer.complete(ask(target, name));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new UserException("the cluster did not answer within " + SECONDS + " seconds", e);
        } catch (ExecutionException e) {
            throw new UserException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Jenkins goes down", e);
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
