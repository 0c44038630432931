package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck;
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
    private boolean shell;
    private String container;
    private boolean migration;
    private int timeoutSeconds = DEFAULT_TIMEOUT;

    @DataBoundConstructor
    public ExecTest(String command) {
        this.command = Util.fixNull(Util.fixEmptyAndTrim(command));
    }

    @NonNull
    public String getCommand() {
        return command;
    }

    /** Whether a shell of the container runs the command, as {@code sh -c}. */
    public boolean isShell() {
        return shell;
    }

    @DataBoundSetter
    public void setShell(boolean shell) {
        this.shell = shell;
    }

    /** Whether it changes data, so that it is run once per release. */
    public boolean isMigration() {
        return migration;
    }

    @DataBoundSetter
    public void setMigration(boolean migration) {
        this.migration = migration;
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
    CanaryCheck toCheck() {
        return new CommandTest(
                CommandTest.command(command, shell),
                Util.fixNull(container),
                pods(),
                Duration.ofSeconds(timeoutSeconds),
                migration);
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
        public FormValidation doCheckCommand(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter boolean shell) {
            ExecTest test = new ExecTest(value);
            test.setShell(shell);
            return checked(item, test);
        }

        @POST
        public FormValidation doCheckMigration(
                @AncestorInPath Item item, @QueryParameter boolean value, @QueryParameter String pods) {
            ExecTest test = new ExecTest("migrate");
            test.setMigration(value);
            test.setPods(pods);
            return checked(item, test);
        }
    }
}
