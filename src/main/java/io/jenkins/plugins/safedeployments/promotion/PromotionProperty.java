package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Item;
import hudson.model.Items;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.triggers.ConditionForm;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.model.OptionalJobProperty;
import jenkins.model.ParameterizedJobMixIn.ParameterizedJob;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;
import org.springframework.security.access.AccessDeniedException;

/** On a job that builds or releases: which jobs promote its runs and releases and take these back, and when that starts by itself. */
public final class PromotionProperty extends OptionalJobProperty<Job<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(PromotionProperty.class.getName());

    private String canaryJob;
    private String autoCanary;
    private String stableJob;
    private String rollbackJob;
    private String autoPromote;

    @DataBoundConstructor
    public PromotionProperty() {
        // all is set by setters
    }

    /** The job that goes on with what a run has built, by its name relative to this one; null for none. */
    @CheckForNull
    public String getCanaryJob() {
        return canaryJob;
    }

    @DataBoundSetter
    public void setCanaryJob(String canaryJob) {
        this.canaryJob = Util.fixEmptyAndTrim(canaryJob);
    }

    /** The condition by which that job starts by itself when a run has ended; null for never. */
    @CheckForNull
    public String getAutoCanary() {
        return autoCanary;
    }

    @DataBoundSetter
    public void setAutoCanary(String autoCanary) {
        this.autoCanary = Util.fixEmptyAndTrim(autoCanary);
    }

    /** The job that promotes releases, by its name relative to this one; null for none. */
    @CheckForNull
    public String getStableJob() {
        return stableJob;
    }

    @DataBoundSetter
    public void setStableJob(String stableJob) {
        this.stableJob = Util.fixEmptyAndTrim(stableJob);
    }

    /** The job that takes back, by its name relative to this one; null for none. */
    @CheckForNull
    public String getRollbackJob() {
        return rollbackJob;
    }

    @DataBoundSetter
    public void setRollbackJob(String rollbackJob) {
        this.rollbackJob = Util.fixEmptyAndTrim(rollbackJob);
    }

    /** The condition by which the promotion of a release starts by itself when a run has ended; null for never. */
    @CheckForNull
    public String getAutoPromote() {
        return autoPromote;
    }

    @DataBoundSetter
    public void setAutoPromote(String autoPromote) {
        this.autoPromote = Util.fixEmptyAndTrim(autoPromote);
    }

    /** Whether it is about releases, and not only about the runs themselves. */
    boolean isForReleases() {
        return stableJob != null || rollbackJob != null || autoPromote != null;
    }

    @CheckForNull
    static PromotionProperty of(Job<?, ?> job) {
        return job.getProperty(PromotionProperty.class);
    }

    /** Null if there is no such job, or the person who looks may not see it. */
    @CheckForNull
    static Job<?, ?> job(@CheckForNull String name, Job<?, ?> from) {
        try {
            Item item = name == null ? null : Jenkins.get().getItem(name, from.getParent(), Item.class);
            return item instanceof Job<?, ?> job && item instanceof ParameterizedJob ? job : null;
        } catch (AccessDeniedException e) {
            return null; // it may be discovered, but not read
        }
    }

    @Extension
    @Symbol("releasePromotions")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.PromotionProperty_DisplayName();
        }

        @POST
        public FormValidation doCheckCanaryJob(@AncestorInPath Item item, @QueryParameter String value) {
            return checkOther(item, value, Messages.RunPromotion_Itself());
        }

        @POST
        public FormValidation doCheckStableJob(@AncestorInPath Item item, @QueryParameter String value) {
            return checkOther(item, value, Messages.PromotionProperty_Itself());
        }

        @POST
        public FormValidation doCheckRollbackJob(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, value);
        }

        /** Checks the condition, and says what it would have said of the last runs. */
        @POST
        public FormValidation doCheckAutoCanary(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, value, run -> List.of());
        }

        /** Checks the condition, and says what it would have said of the last runs. */
        @POST
        public FormValidation doCheckAutoPromote(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, value, ReleaseCandidate::canaries);
        }

        private static FormValidation check(
                @CheckForNull Item item, String value, Function<Run<?, ?>, List<ReleaseEntry>> meant) {
            return ConditionForm.check(
                    item, value, () -> item instanceof Job<?, ?> job ? List.of(job) : List.of(), meant);
        }

        /** @param itself what is wrong with the job itself */
        private static FormValidation checkOther(@CheckForNull Item item, String value, String itself) {
            FormValidation checked = check(item, value);
            boolean same = item instanceof Job<?, ?> job && job(Util.fixEmptyAndTrim(value), job) == item;
            return same && checked.kind == FormValidation.Kind.OK && item.hasPermission(Item.CONFIGURE)
                    ? FormValidation.warning(itself)
                    : checked;
        }

        private static FormValidation check(@CheckForNull Item item, String value) {
            String name = Util.fixEmptyAndTrim(value);
            if (name == null || !(item instanceof Job<?, ?> job) || !item.hasPermission(Item.CONFIGURE)) {
                return FormValidation.ok();
            }
            return job(name, job) == null
                    ? FormValidation.warning(Messages.PromotionProperty_NoJob(name))
                    : FormValidation.ok();
        }

        /** Of jobs that the person who types may see. */
        public AutoCompletionCandidates doAutoCompleteCanaryJob(
                @QueryParameter String value, @AncestorInPath Item item) {
            return candidates(value, item);
        }

        /** Of jobs that the person who types may see. */
        public AutoCompletionCandidates doAutoCompleteStableJob(
                @QueryParameter String value, @AncestorInPath Item item) {
            return candidates(value, item);
        }

        /** Of jobs that the person who types may see. */
        public AutoCompletionCandidates doAutoCompleteRollbackJob(
                @QueryParameter String value, @AncestorInPath Item item) {
            return candidates(value, item);
        }

        private static AutoCompletionCandidates candidates(String value, @CheckForNull Item item) {
            return item == null || !item.hasPermission(Item.CONFIGURE)
                    ? new AutoCompletionCandidates()
                    : AutoCompletionCandidates.ofJobNames(Job.class, value, item, item.getParent());
        }
    }

    /** Follows jobs that are renamed or moved. */
    @Extension
    public static final class Follower extends ItemListener {

        @Override
        public void onLocationChanged(Item moved, String oldFullName, String newFullName) {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // jobs that who renames may not see, too
                for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                    PromotionProperty property = of(job);
                    if (property != null) {
                        follow(job, property, oldFullName, newFullName);
                    }
                }
            }
        }

        private static void follow(Job<?, ?> job, PromotionProperty property, String oldFullName, String newFullName) {
            String canary = renamed(property.canaryJob, job, oldFullName, newFullName);
            String stable = renamed(property.stableJob, job, oldFullName, newFullName);
            String rollback = renamed(property.rollbackJob, job, oldFullName, newFullName);
            if (Objects.equals(canary, property.canaryJob)
                    && Objects.equals(stable, property.stableJob)
                    && Objects.equals(rollback, property.rollbackJob)) {
                return;
            }
            property.canaryJob = canary;
            property.stableJob = stable;
            property.rollbackJob = rollback;
            try {
                job.save();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "could not save the new name of a job in " + job);
            }
        }

        @CheckForNull
        private static String renamed(@CheckForNull String name, Job<?, ?> job, String from, String to) {
            return name == null ? null : Items.computeRelativeNamesAfterRenaming(from, to, name, job.getParent());
        }
    }
}
