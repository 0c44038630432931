package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code executionWindow} without a body; also callable by its own name, {@code awaitExecutionWindow}. */
public final class AwaitExecutionWindowStep extends ExecutionWindowStep {

    private static final long serialVersionUID = 1L;

    @DataBoundConstructor
    public AwaitExecutionWindowStep() {}

    @Extension
    public static final class DescriptorImpl extends WindowStepDescriptor {

        @Override
        public String getFunctionName() {
            return "awaitExecutionWindow";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.AwaitExecutionWindowStep_DisplayName();
        }
    }
}
