package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.time.Instant;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * Build step that waits for a window in the midst of a build. It keeps the build's executor, which
 * {@link ExecutionWindowProperty} does not.
 */
public final class ExecutionWindowBuilder extends Builder {

    private final WindowSettings window;

    @DataBoundConstructor
    public ExecutionWindowBuilder(WindowSettings window) {
        this.window = window;
    }

    @NonNull
    public WindowSettings getWindow() {
        return window;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        try {
            WindowState state = state(build, WaitingWindows.clock().instant());
            if (state.isOpen()) {
                listener.getLogger().println("[executionWindow] " + WindowState.capitalized(state.sentence()) + ".");
            } else {
                window.checkOpens(state);
                new WaitingBuild(build, listener, "executionWindow", now -> state(build, now))
                        .spreading(window.spread(WindowSettings.isManual(build)))
                        .warning(window.getSkipMessage())
                        .await();
            }
            return true;
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
    }

    private WindowState state(AbstractBuild<?, ?> build, Instant now) {
        return WindowState.of(window.calendars(build.getParent()), now);
    }

    @Extension
    @Symbol("executionWindow")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.AwaitExecutionWindowStep_DisplayName();
        }

        @Override
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
