package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;

/** Reads what a judgment is about from its cluster. */
final class BoundRelease {

    private BoundRelease() {}

    /**
     * The newest release on the target, as it is now. May wait for the network.
     *
     * @throws UserException if there is none, or it can't be read
     */
    @NonNull
    static Content read(JudgmentSettings settings, Subject subject) {
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster(Util.fixNull(settings.getCluster()));
        Target target =
                new Target(cluster.getName(), Util.fixNull(settings.getNamespace()), Util.fixNull(settings.getApp()));
        ClusterAccess access = subject.access(cluster, Util.fixNull(settings.getCredentialsId()));
        ReleaseRuntime runtime = ReleaseRuntime.get();
        try {
            return new ReleaseStore(runtime.connect(access).namespace(target.namespace()), target.app())
                    .list().stream()
                            .findFirst()
                            .map(release -> Content.of(target, release))
                            .orElseThrow(() -> new UserException("There is no release of " + target
                                    + " to judge: deploy a canary first, or leave 'app' out."));
        } catch (ClusterException e) {
            throw new UserException("The release that is to be judged can't be read: " + e.getMessage(), e);
        } finally {
            runtime.leave(access);
        }
    }
}
