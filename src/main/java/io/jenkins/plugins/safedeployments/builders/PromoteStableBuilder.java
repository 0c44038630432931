package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code promoteStable} as a build step. */
public final class PromoteStableBuilder extends NumberedReleaseBuilder {

    private final PromoteStableStep settings;

    @DataBoundConstructor
    public PromoteStableBuilder(PromoteStableStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public PromoteStableStep getSettings() {
        return settings;
    }

    @CheckForNull
    @Override
    Integer number() {
        return settings.getRelease();
    }

    @Override
    void number(ReleaseStep step, int number) {
        ((PromoteStableStep) step).setRelease(number);
    }

    @Extension
    @Symbol("promoteStable")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super(PromoteStableBuilder.class, PromoteStableStep.class);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.PromoteStableStep_DisplayName();
        }
    }
}
