package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Requirements;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code deploymentExists('database')}: that there is a Deployment in the namespace of the release. */
public final class DeploymentExistsPrecondition extends Precondition {

    private static final long serialVersionUID = 1L;

    private final String deployment;

    @DataBoundConstructor
    public DeploymentExistsPrecondition(String deployment) {
        this.deployment = Util.fixNull(Util.fixEmptyAndTrim(deployment));
    }

    @NonNull
    public String getDeployment() {
        return deployment;
    }

    @Override
    void check() {
        named(deployment);
    }

    static void named(String deployment) {
        if (deployment.isEmpty()) {
            throw new UserException("'deployment' is missing: name the Deployment, such as addressbook-stable.");
        }
    }

    @Override
    Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted) {
        return Requirements.deploymentExists(deployment);
    }

    @Extension
    @Symbol("deploymentExists")
    public static final class DescriptorImpl extends PreconditionDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.DeploymentExistsPrecondition_DisplayName();
        }
    }
}
