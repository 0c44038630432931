package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.Result;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Publisher;
import hudson.tasks.Recorder;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackRequest;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * Takes back what a freestyle build that did not succeed has released, after its build steps. Only the build's own releases,
 * and only those that it has changed something for.
 */
public final class RollbackIfFailed extends Recorder {

    private boolean unstable = true;
    private boolean promoted;
    private boolean acknowledgeMigration;

    @DataBoundConstructor
    public RollbackIfFailed() {
        // all is set by setters
    }

    /** Whether a build that is only unstable is taken for failed, too. */
    public boolean isUnstable() {
        return unstable;
    }

    @DataBoundSetter
    public void setUnstable(boolean unstable) {
        this.unstable = unstable;
    }

    /** Whether a release that the build has promoted is taken back as well, by a return to the last good one before. */
    public boolean isPromoted() {
        return promoted;
    }

    @DataBoundSetter
    public void setPromoted(boolean promoted) {
        this.promoted = promoted;
    }

    /** That it is known that data which a release has migrated is not brought back. */
    public boolean isAcknowledgeMigration() {
        return acknowledgeMigration;
    }

    @DataBoundSetter
    public void setAcknowledgeMigration(boolean acknowledgeMigration) {
        this.acknowledgeMigration = acknowledgeMigration;
    }

    @Override
    public BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        Result result = build.getResult();
        boolean failed = result != null && result.isWorseOrEqualTo(unstable ? Result.UNSTABLE : Result.FAILURE);
        if (!failed || ReleaseRuntime.get().isTerminated()) {
            return true; // or Jenkins goes down, and looks for what was left behind when it is up again
        }
        for (ReleaseEntry last : lastSeen(build)) {
            boolean isStable = last.getPhase() == Phase.PROMOTED;
            if (last.getPhase() == Phase.ROLLED_BACK || (isStable && !promoted)) {
                continue;
            }
            try {
                new BuildRelease(build, listener).perform(settings(build, last, result, isStable));
            } catch (AbortException e) {
                listener.error(e.getMessage());
                build.setResult(Result.FAILURE);
            }
        }
        return true;
    }

    /** What the build has changed something for, each release as it was seen last; the last one first. */
    private static List<ReleaseEntry> lastSeen(AbstractBuild<?, ?> build) {
        Map<String, ReleaseEntry> releases = new LinkedHashMap<>();
        for (ReleaseEntry entry : ReleasesAction.entries(build)) {
            if (entry.isChanged()) {
                String key = entry.getTarget() + " " + entry.getRelease();
                releases.remove(key);
                releases.put(key, entry);
            }
        }
        List<ReleaseEntry> all = new ArrayList<>(releases.values());
        Collections.reverse(all);
        return all;
    }

    private RollbackCanaryStep settings(
            AbstractBuild<?, ?> build, ReleaseEntry release, Result result, boolean isStable) {
        Target target = release.getTarget();
        RollbackCanaryStep step = new RollbackCanaryStep(target.app());
        step.setCluster(target.cluster());
        step.setNamespace(target.namespace());
        step.setRelease(release.getRelease());
        step.setTo(isStable ? RollbackRequest.PREVIOUS : null);
        step.setAcknowledgeMigration(acknowledgeMigration);
        step.setReason(release.getCause().isEmpty() ? "the build is " + result : release.getCause());
        ReleaseStep like = BuildReleases.of(build, release.getActor());
        if (like != null) {
            step.setCredentialsId(like.getCredentialsId());
            step.setTimeout(like.getTimeout());
            step.setTimeoutUnit(like.getTimeoutUnit());
        }
        return step;
    }

    @Extension
    @Symbol("rollbackIfFailed")
    public static final class DescriptorImpl extends BuildStepDescriptor<Publisher> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.RollbackIfFailed_DisplayName();
        }

        @SuppressWarnings("rawtypes") // so it is declared
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
