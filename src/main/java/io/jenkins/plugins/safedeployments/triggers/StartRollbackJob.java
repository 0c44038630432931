package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.AutoCompletionCandidates;
import hudson.model.BuildListener;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Items;
import hudson.model.Job;
import hudson.model.Result;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Notifier;
import hudson.tasks.Publisher;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Post-build action of a freestyle build that has failed: starts a rollback job, if the build has left a release in a cluster. */
public final class StartRollbackJob extends Notifier implements NamesRollbackJob {

    private String job;
    private boolean unstable;

    @DataBoundConstructor
    public StartRollbackJob(String job) {
        this.job = Util.fixNull(Util.fixEmptyAndTrim(job));
    }

    /** Name of the rollback job, relative to the folder of the one that fails. */
    @NonNull
    public String getJob() {
        return job;
    }

    /** Whether a build that is only unstable is taken for failed, too. */
    public boolean isUnstable() {
        return unstable;
    }

    @DataBoundSetter
    public void setUnstable(boolean unstable) {
        this.unstable = unstable;
    }

    @Override
    public boolean rename(String from, String to, Item owner) {
        String revised = Items.computeRelativeNamesAfterRenaming(from, to, job, owner.getParent());
        boolean changed = !revised.equals(job);
        job = revised;
        return changed;
    }

    @Override
    public BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    /** It is started when the build has ended, so that nothing is taken back while others of its actions run. */
    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
        Result result = build.getResult();
        if (result == null || result.isBetterThan(unstable ? Result.UNSTABLE : Result.FAILURE)) {
            return true;
        }
        try {
            RollbackRequests.ask(build, job, unstable);
        } catch (UserException e) {
            listener.error(e.getMessage());
        }
        return true;
    }

    @Extension
    @Symbol("startRollbackJob")
    public static final class DescriptorImpl extends BuildStepDescriptor<Publisher> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.StartRollbackJob_DisplayName();
        }

        @SuppressWarnings("rawtypes") // so it is declared
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }

        @POST
        public AutoCompletionCandidates doAutoCompleteJob(
                @QueryParameter String value, @AncestorInPath Item self, @AncestorInPath ItemGroup container) {
            return self == null || !self.hasPermission(Item.CONFIGURE)
                    ? new AutoCompletionCandidates()
                    : AutoCompletionCandidates.ofJobNames(Job.class, value, self, container);
        }

        @POST
        public FormValidation doCheckJob(@CheckForNull @AncestorInPath Item item, @QueryParameter String value) {
            if (item == null || !item.hasPermission(Item.CONFIGURE)) {
                return FormValidation.ok();
            }
            Job<?, ?> found = Util.fixEmptyAndTrim(value) == null ? null : Rollbacks.find(value, item);
            if (found == null) {
                return FormValidation.error(Messages.FailedDeploymentTrigger_NoSuchJob(Util.fixNull(value)));
            }
            return found == item
                    ? FormValidation.error(Messages.FailedDeploymentTrigger_Itself())
                    : FormValidation.ok();
        }
    }
}
