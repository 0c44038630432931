package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Util;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.kohsuke.stapler.DataBoundSetter;

/** A build step for one release alone, whose number may be a parameter, and so is a text here and not one of the settings. */
public abstract class NumberedReleaseBuilder extends ReleaseBuilder {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private String release;

    /** Number of the release, or a variable of the build; null for whichever it is. */
    @CheckForNull
    public final String getRelease() {
        Integer number = number();
        return release == null && number != null ? number.toString() : release;
    }

    @DataBoundSetter
    public final void setRelease(String release) {
        this.release = Util.fixEmptyAndTrim(release);
    }

    /** That of the settings, which jobs that are written as code may have, and no form shows; null for none. */
    @CheckForNull
    abstract Integer number();

    /** Sets the number in the settings of one build. */
    abstract void number(ReleaseStep step, int number);

    @NonNull
    @Override
    ReleaseStep settings(UnaryOperator<String> variables) throws AbortException {
        ReleaseStep step = super.settings(variables);
        String number = release == null ? "" : variables.apply(release).trim();
        if (!number.isEmpty()) {
            if (!NUMBER.matcher(number).matches()) {
                throw new AbortException("'release' is '" + number + "': give the number of a release, or nothing.");
            }
            number(step, Integer.parseInt(number));
        }
        return step;
    }
}
