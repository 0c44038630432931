package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code canaryDeploy} as a build step. */
public final class CanaryDeployBuilder extends ReleaseBuilder {

    private final CanaryDeployStep settings;

    @DataBoundConstructor
    public CanaryDeployBuilder(CanaryDeployStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public CanaryDeployStep getSettings() {
        return settings;
    }

    @Extension
    @Symbol("canaryDeploy")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super(CanaryDeployBuilder.class, CanaryDeployStep.class);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.CanaryDeployStep_DisplayName();
        }
    }
}
