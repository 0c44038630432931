package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code promoteStable} as a build step. */
public final class PromoteStableBuilder extends ReleaseBuilder {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final PromoteStableStep settings;

    /** Here as a text, since it may be a parameter. */
    private String release;

    @DataBoundConstructor
    public PromoteStableBuilder(PromoteStableStep settings) {
        this.settings = settings;
    }

    @NonNull
    @Override
    public PromoteStableStep getSettings() {
        return settings;
    }

    /** Number of the release to promote, or a variable of the build; null for the one in canary. */
    @CheckForNull
    public String getRelease() {
        return release;
    }

    @DataBoundSetter
    public void setRelease(String release) {
        this.release = Util.fixEmptyAndTrim(release);
    }

    @NonNull
    @Override
    ReleaseStep settings(UnaryOperator<String> variables) throws AbortException {
        PromoteStableStep step = (PromoteStableStep) super.settings(variables);
        String number = release == null ? "" : variables.apply(release).trim();
        if (!number.isEmpty()) {
            if (!NUMBER.matcher(number).matches()) {
                throw new AbortException("'release' is '" + number + "': give the number of a release, or nothing.");
            }
            step.setRelease(Integer.valueOf(number));
        }
        return step;
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
