package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import java.util.function.UnaryOperator;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code rollbackCanary} as a build step. */
public final class RollbackCanaryBuilder extends NumberedReleaseBuilder {

    private final RollbackCanaryStep settings;
    private String forceIf;
    private String acknowledgeMigrationIf;

    @DataBoundConstructor
    public RollbackCanaryBuilder(RollbackCanaryStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public RollbackCanaryStep getSettings() {
        return settings;
    }

    /** Whether to do what is refused otherwise, if a variable of the build says {@code true}; null if none does. */
    @CheckForNull
    public String getForceIf() {
        return forceIf;
    }

    @DataBoundSetter
    public void setForceIf(String forceIf) {
        this.forceIf = Util.fixEmptyAndTrim(forceIf);
    }

    /** Whether it is known that migrated data is not brought back, if a variable says {@code true}; null if none does. */
    @CheckForNull
    public String getAcknowledgeMigrationIf() {
        return acknowledgeMigrationIf;
    }

    @DataBoundSetter
    public void setAcknowledgeMigrationIf(String acknowledgeMigrationIf) {
        this.acknowledgeMigrationIf = Util.fixEmptyAndTrim(acknowledgeMigrationIf);
    }

    @NonNull
    @Override
    ReleaseStep settings(UnaryOperator<String> variables) throws AbortException {
        RollbackCanaryStep step = (RollbackCanaryStep) super.settings(variables);
        step.setForce(step.isForce() || isTrue("forceIf", forceIf, variables));
        step.setAcknowledgeMigration(
                step.isAcknowledgeMigration() || isTrue("acknowledgeMigrationIf", acknowledgeMigrationIf, variables));
        return step;
    }

    private static boolean isTrue(String name, @CheckForNull String text, UnaryOperator<String> variables)
            throws AbortException {
        String value = text == null ? "" : variables.apply(text).trim();
        if (!value.isEmpty() && !value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
            throw new AbortException(
                    "'" + name + "' is '" + value
                            + "': give a variable that is 'true' or 'false', such as ${FORCE} in builds that promotions start.");
        }
        return value.equalsIgnoreCase("true");
    }

    @CheckForNull
    @Override
    Integer number() {
        return settings.getRelease();
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
