package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.ReleasingRun;

/** The release that a judgment is about. */
final class BoundRelease {

    private BoundRelease() {}

    /** The run that made it, whoever may see that; null if it was another Jenkins, or it is gone or not known. */
    @CheckForNull
    static Run<?, ?> maker(@CheckForNull Content content) {
        if (content == null || content.maker().isEmpty()) {
            return null;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return ReleasingRun.of(content.maker(), content.target(), content.release());
        }
    }

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
