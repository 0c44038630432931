package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Force;
import java.util.function.UnaryOperator;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.verb.POST;

/** A release step that can be told to do what it refuses otherwise, and what it is to do with a release that fails. */
public abstract class ForceableStep extends ReleaseStep {

    private static final long serialVersionUID = 1L;

    static final String ROLLBACK = "rollback";
    static final String KEEP = "keep";

    private boolean force;
    private String reason;

    ForceableStep(String app) {
        super(app);
    }

    /** Whether to do what is refused otherwise; needs a {@link #getReason reason}. */
    public final boolean isForce() {
        return force;
    }

    @DataBoundSetter
    public final void setForce(boolean force) {
        this.force = force;
    }

    /** Why, for the log and the record. */
    @CheckForNull
    public final String getReason() {
        return reason;
    }

    @DataBoundSetter
    public final void setReason(String reason) {
        this.reason = Util.fixEmptyAndTrim(reason);
    }

    @Override
    void expand(UnaryOperator<String> variables) {
        setReason(expanded(reason, variables));
    }

    /** @throws UserException if there is no reason */
    @NonNull
    final Force force() {
        return new Force(force, Util.fixNull(reason));
    }

    /** Whether a failure takes the release back. */
    static boolean isRollback(String onFailure) {
        if (!onFailure.equals(ROLLBACK) && !onFailure.equals(KEEP)) {
            throw new UserException(
                    "'onFailure' is '" + onFailure + "': it must be '" + ROLLBACK + "' or '" + KEEP + "'.");
        }
        return onFailure.equals(ROLLBACK);
    }

    /** What their descriptors have in common. */
    abstract static class ForceableStepDescriptor extends ReleaseStepDescriptor {

        @POST
        public ListBoxModel doFillOnFailureItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (mayConfigure(item)) {
                items.add(Messages.ReleaseStep_Rollback(), ROLLBACK);
                items.add(Messages.ReleaseStep_Keep(), KEEP);
            }
            return items;
        }
    }
}
