package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.CanaryTestStep;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code canaryTest} as a build step. */
public final class CanaryTestBuilder extends NumberedReleaseBuilder {

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

    @CheckForNull
    @Override
    Integer number() {
        return settings.getRelease();
    }

    @Override
    void number(ReleaseStep step, int number) {
        ((CanaryTestStep) step).setRelease(number);
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
