package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.CanaryTestStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code canaryTest} as a build step. */
public final class CanaryTestBuilder extends ReleaseBuilder {

    private final CanaryTestStep settings;

    @DataBoundConstructor
    public CanaryTestBuilder(CanaryTestStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public CanaryTestStep getSettings() {
        return settings;
    }

    @Extension
    @Symbol("canaryTest")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super(CanaryTestBuilder.class, CanaryTestStep.class);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.CanaryTestStep_DisplayName();
        }
    }
}
