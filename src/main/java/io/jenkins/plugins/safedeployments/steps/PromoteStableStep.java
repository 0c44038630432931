package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteStable;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code promoteStable}: makes what the canary proved stable, and removes the canary when stable serves. */
public final class PromoteStableStep extends ReleaseStep {

    private static final long serialVersionUID = 1L;

    private Integer release;
    private Integer replicas;

    @DataBoundConstructor
    public PromoteStableStep(String app) {
        super(app);
    }

    /** Number of the release to promote; null for the one in canary. */
    @CheckForNull
    public Integer getRelease() {
        return release;
    }

    @DataBoundSetter
    public void setRelease(Integer release) {
        this.release = release;
    }

    /** Size of stable; null for its size before the release. */
    @CheckForNull
    public Integer getReplicas() {
        return replicas;
    }

    @DataBoundSetter
    public void setReplicas(Integer replicas) {
        this.replicas = replicas;
    }

    @Override
    void check() {
        if (release != null && release < 1) {
            throw new UserException("'release' is " + release + ": releases are numbered from 1.");
        }
        if (replicas != null && replicas < 1) {
            throw new UserException("'replicas' is " + replicas + ": stable is never scaled below 1.");
        }
    }

    @Override
    Operation operation(Session session, StepContext context, boolean resumed) {
        return new PromoteStable(session, release == null ? 0 : release, replicas);
    }

    @Extension
    public static final class DescriptorImpl extends ReleaseStepDescriptor {

        @Override
        public String getFunctionName() {
            return "promoteStable";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.PromoteStableStep_DisplayName();
        }
    }
}
