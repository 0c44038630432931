package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code rollbackCanary} as a build step. */
public final class RollbackCanaryBuilder extends NumberedReleaseBuilder {

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

    @Override
    void number(ReleaseStep step, int number) {
        ((RollbackCanaryStep) step).setRelease(number);
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
