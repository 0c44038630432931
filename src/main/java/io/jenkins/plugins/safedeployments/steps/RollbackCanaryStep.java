package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackCanary;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code rollbackCanary}: takes the release in progress back, evidence first. Safe to call when there is nothing to do. */
public final class RollbackCanaryStep extends ReleaseStep {

    private static final long serialVersionUID = 1L;

    private String reason;
    private boolean postMortem = true;

    @DataBoundConstructor
    public RollbackCanaryStep(String app) {
        super(app);
    }

    /** Why, for the record; null to take the release's own cause. */
    @CheckForNull
    public String getReason() {
        return reason;
    }

    @DataBoundSetter
    public void setReason(String reason) {
        this.reason = Util.fixEmptyAndTrim(reason);
    }

    /** Whether evidence is collected first. */
    public boolean isPostMortem() {
        return postMortem;
    }

    @DataBoundSetter
    public void setPostMortem(boolean postMortem) {
        this.postMortem = postMortem;
    }

    @Override
    void check() {
        // every combination of its parameters will do
    }

    @Override
    Operation operation(Session session, StepContext context, boolean resumed) {
        return new RollbackCanary(session, Util.fixNull(reason), postMortem);
    }

    @Extension
    public static final class DescriptorImpl extends ReleaseStepDescriptor {

        @Override
        public String getFunctionName() {
            return "rollbackCanary";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.RollbackCanaryStep_DisplayName();
        }
    }
}
