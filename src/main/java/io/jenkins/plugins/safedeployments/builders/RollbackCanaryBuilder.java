package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code rollbackCanary} as a build step. */
public final class RollbackCanaryBuilder extends ReleaseBuilder {

    private final RollbackCanaryStep settings;

    @DataBoundConstructor
    public RollbackCanaryBuilder(RollbackCanaryStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public RollbackCanaryStep getSettings() {
        return settings;
    }

    @Extension
    @Symbol("rollbackCanary")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super(RollbackCanaryBuilder.class, RollbackCanaryStep.class);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.RollbackCanaryStep_DisplayName();
        }
    }
}
