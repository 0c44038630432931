package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import java.time.Duration;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Runs a command in a pod of the canary, as {@code kubectl exec} does; its exit code decides. */
public final class ExecTest extends CanaryTest {

    private static final long serialVersionUID = 1L;
    private static final int DEFAULT_TIMEOUT = 60;

    private final String command;
    private String container;
    private int timeoutSeconds = DEFAULT_TIMEOUT;

    @DataBoundConstructor
    public ExecTest(String command) {
        this.command = Util.fixNull(Util.fixEmptyAndTrim(command));
    }

    @NonNull
    public String getCommand() {
        return command;
    }

    /** Null for the pod's first container. */
    @CheckForNull
    public String getContainer() {
        return container;
    }

    @DataBoundSetter
    public void setContainer(String container) {
        this.container = Util.fixEmptyAndTrim(container);
    }

    public int getTimeoutSeconds() {
        return timeoutSeconds;
    }

    @DataBoundSetter
    public void setTimeoutSeconds(int timeoutSeconds) {
        this.timeoutSeconds = timeoutSeconds;
    }

    @Override
    CommandTest toCommandTest() {
        return new CommandTest(CommandTest.words(command), Util.fixNull(container), Duration.ofSeconds(timeoutSeconds));
    }

    @Extension
    @Symbol("exec")
    public static final class DescriptorImpl extends CanaryTestDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ExecTest_DisplayName();
        }

        @POST
        public FormValidation doCheckCommand(@AncestorInPath Item item, @QueryParameter String value) {
            if (!ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)) {
                return FormValidation.ok();
            }
            try {
                new ExecTest(value).toCommandTest();
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}
