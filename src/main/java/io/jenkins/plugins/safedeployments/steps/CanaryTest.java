package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck.Pods;
import java.io.Serializable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Something that is tried on a canary before stable is touched, or by {@code canaryTest}. */
public abstract class CanaryTest implements Describable<CanaryTest>, ExtensionPoint, Serializable {

    private static final long serialVersionUID = 1L;

    static final String ONE = "one";
    static final String ALL = "all";

    /** {@link #ONE} or {@link #ALL}; null in builds of before there was a choice. */
    private String pods = ONE;

    /** In which of the canary's ready pods it runs: {@link #ONE} or {@link #ALL}. */
    @NonNull
    public final String getPods() {
        return pods == null ? ONE : pods;
    }

    @DataBoundSetter
    public final void setPods(String pods) {
        this.pods = Util.fixEmptyAndTrim(pods) == null ? ONE : pods.trim();
    }

    final Pods pods() {
        if (!getPods().equals(ONE) && !getPods().equals(ALL)) {
            throw new UserException("'pods' is '" + getPods() + "': it must be '" + ONE + "' or '" + ALL + "'.");
        }
        return getPods().equals(ONE) ? Pods.ONE : Pods.ALL;
    }

    /** The test as the engine runs it; {@code UserException} if a parameter is no good. */
    abstract CanaryCheck toCheck();

    /** Descriptor of a kind of test. */
    public abstract static class CanaryTestDescriptor extends Descriptor<CanaryTest> {

        @POST
        public ListBoxModel doFillPodsItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)) {
                items.add(Messages.CanaryTest_One(), ONE);
                items.add(Messages.CanaryTest_All(), ALL);
            }
            return items;
        }

        @POST
        public FormValidation doCheckTimeoutSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)
                    ? FormValidation.validatePositiveInteger(value)
                    : FormValidation.ok();
        }

        /** What is wrong with a test, for who may configure the job. */
        static FormValidation checked(@CheckForNull Item item, CanaryTest test) {
            return ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)
                    ? ReleaseStep.ReleaseStepDescriptor.checked(test::toCheck)
                    : FormValidation.ok();
        }
    }
}
