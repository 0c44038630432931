package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Items;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.triggers.Trigger;
import hudson.triggers.TriggerDescriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.ParameterizedJobMixIn.ParameterizedJob;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;
import org.springframework.security.core.Authentication;

/**
 * Starts a job when one of others has ended with one of certain results: {@code failedDeployment}. For rollback jobs; unlike
 * "build after other projects", it can say "failed, and not succeeded".
 */
public final class FailedDeploymentTrigger extends Trigger<Item> {

    private static final Logger LOGGER = Logger.getLogger(FailedDeploymentTrigger.class.getName());

    private static final List<String> DEFAULT_RESULTS = List.of(Result.FAILURE.toString());

    private String upstream;
    private Set<String> results = new LinkedHashSet<>(DEFAULT_RESULTS);
    private String when;
    private List<String> parameters = new ArrayList<>();
    private boolean onlyIfDeployed = true;

    @DataBoundConstructor
    public FailedDeploymentTrigger(String upstream) {
        this.upstream = Util.fixNull(Util.fixEmptyAndTrim(upstream));
    }

    /** Names of the jobs that are followed, separated by commas, relative to the job's folder. */
    @NonNull
    public String getUpstream() {
        return upstream;
    }

    /** With which results one of them starts this job, in Jenkins' words. */
    @NonNull
    public List<String> getResults() {
        return new ArrayList<>(results);
    }

    /** @param results none for {@code FAILURE}, since Job DSL sets an empty list if a script says nothing */
    @DataBoundSetter
    public void setResults(@CheckForNull List<String> results) {
        Set<String> known = new LinkedHashSet<>();
        for (String text : results == null || results.isEmpty() ? DEFAULT_RESULTS : results) {
            Result result = Result.fromString(text.trim());
            if (!result.toString().equalsIgnoreCase(text.trim())) {
                throw new IllegalArgumentException("'results' has '" + text
                        + "': write some of SUCCESS, UNSTABLE, FAILURE, ABORTED and NOT_BUILT.");
            }
            known.add(result.toString());
        }
        this.results = known;
    }

    /** What else must hold: a {@link Condition} on the run that ended; null for nothing. */
    @CheckForNull
    public String getWhen() {
        return when;
    }

    @DataBoundSetter
    public void setWhen(String when) {
        this.when = Util.fixEmptyAndTrim(when);
    }

    /** Values of this job's parameters, each as {@code NAME=value}. */
    @NonNull
    public List<String> getParameters() {
        return new ArrayList<>(parameters);
    }

    @DataBoundSetter
    public void setParameters(List<String> parameters) {
        this.parameters = parameters == null ? new ArrayList<>() : new ArrayList<>(parameters);
    }

    /** Whether a run starts this job only if it has left a release in a cluster. */
    public boolean isOnlyIfDeployed() {
        return onlyIfDeployed;
    }

    @DataBoundSetter
    public void setOnlyIfDeployed(boolean onlyIfDeployed) {
        this.onlyIfDeployed = onlyIfDeployed;
    }

    @Override
    public void start(Item item, boolean newInstance) {
        super.start(item, newInstance);
        FollowedJobs.get().forget();
        if (!(item
                instanceof
                Job)) { // such as a multibranch project, where no form offers it, but a seed script can put it
            LOGGER.warning(() -> item.getFullName() + " is no job, so its trigger failedDeployment starts nothing");
        } else if (newInstance) {
            upstreams(item).forEach(FollowedJobs::begin);
        }
    }

    @Override
    public void stop() {
        super.stop();
        FollowedJobs.get().forget();
    }

    @SuppressWarnings("rawtypes") // so items are found
    @NonNull
    List<Job> upstreams(Item project) {
        try (ACLContext as = ACL.as2(ACL.SYSTEM2)) {
            return Items.fromNameList(project.getParent(), upstream, Job.class);
        }
    }

    /** Follows a job to another name. */
    boolean rename(String from, String to) {
        String revised =
                job == null ? upstream : Items.computeRelativeNamesAfterRenaming(from, to, upstream, job.getParent());
        if (revised.equals(upstream)) {
            return false;
        }
        upstream = revised;
        return true;
    }

    /** One of the jobs that it follows has ended. */
    void ended(Run<?, ?> run, TaskListener log) {
        consider(run, log, false);
    }

    /** After a start of Jenkins: a run may have ended without having been considered, or its rollback may be lost. */
    void catchUp(Run<?, ?> run) {
        if (job != null) {
            consider(run, TaskListener.NULL, true);
        }
    }

    private void consider(Run<?, ?> run, TaskListener log, boolean afterwards) {
        Job<?, ?> project = job instanceof Job<?, ?> its ? its : null;
        Result result = run.getResult();
        if (project == null || result == null || !results.contains(result.toString())) {
            return;
        }
        boolean tell = mayTell(project, run);
        if (!maySee(project, run)) {
            LOGGER.log(
                    Level.WARNING,
                    "{0} is not started for {1}: it runs as {2}, who may not see that job",
                    new Object[] {
                        project.getFullName(), run, authentication(project).getName()
                    });
            if (tell) {
                log.error("[rollback] " + project.getFullName() + " is NOT started: it runs as "
                        + authentication(project).getName() + ", who may not see this job.");
            }
            return;
        }
        TaskListener told = tell ? log : TaskListener.NULL;
        try {
            List<ReleaseEntry> left = Deployed.left(run);
            String whyNot = whyNot(run, left, afterwards, project);
            if (whyNot != null) {
                told.getLogger().println("[rollback] " + project.getFullName() + " is not started: " + whyNot);
                LOGGER.fine(() -> project.getFullName() + " is not started for " + run + ": " + whyNot);
                return;
            }
            ReleaseEntry meant = left.stream()
                    .filter(entry -> answer(run, entry).holds())
                    .findFirst()
                    .orElse(null);
            Rollbacks.start(run, project, meant, parameters, told, afterwards);
        } catch (UserException e) {
            Rollbacks.refuse(run, project.getFullName(), e.getMessage(), told);
        }
    }

    /** Why a run does not start the job; null if it does. */
    @CheckForNull
    private String whyNot(Run<?, ?> run, List<ReleaseEntry> left, boolean afterwards, Job<?, ?> project) {
        if (onlyIfDeployed && left.isEmpty()) {
            return Deployed.whyNothingIsLeft(run);
        }
        if (FailedDeploymentCause.isBehind(run)) {
            return "the run is a rollback itself, or was started by one; a person must look";
        }
        if (afterwards && !Rollbacks.isLost(run, project)) {
            return "it was started before";
        }
        if (afterwards && Rollbacks.isOvertaken(run)) {
            return "a later run of the same job has succeeded meanwhile";
        }
        Answer first = answer(run, left.isEmpty() ? null : left.get(0));
        boolean holds = first.holds()
                || left.stream().anyMatch(entry -> answer(run, entry).holds());
        return holds ? null : first.why();
    }

    private Answer answer(Run<?, ?> run, @CheckForNull ReleaseEntry entry) {
        return when == null
                ? new Answer(true, "", List.of())
                : Condition.parse(when).check(new RunValues(run, entry));
    }

    /** Whether who the run acts as may know that the job exists. */
    private static boolean mayTell(Job<?, ?> project, Run<?, ?> run) {
        try (ACLContext as = ACL.as2(RollbackRequests.authentication(run))) {
            return Rollbacks.find("/" + project.getFullName(), project) == project;
        }
    }

    /** Whether who the job runs as may see the run; without it a job could learn of runs that nobody shows it. */
    private static boolean maySee(Job<?, ?> project, Run<?, ?> run) {
        try (ACLContext as = ACL.as2(authentication(project))) {
            return Rollbacks.find("/" + run.getParent().getFullName(), project) == run.getParent();
        }
    }

    private static Authentication authentication(Job<?, ?> project) {
        return project instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }

    @Extension
    @Symbol("failedDeployment")
    public static final class DescriptorImpl extends TriggerDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.FailedDeploymentTrigger_DisplayName();
        }

        @Override
        public boolean isApplicable(Item item) {
            return item instanceof Job && item instanceof ParameterizedJob;
        }

        @Override
        public Trigger<?> newInstance(@CheckForNull StaplerRequest2 request, @NonNull JSONObject form)
                throws FormException {
            List<String> results = new ArrayList<>();
            for (String result : getAllResults()) {
                if (form.optBoolean("result_" + result)) {
                    results.add(result);
                }
                form.remove("result_" + result);
            }
            String lines = form.optString("parameters");
            form.remove("parameters"); // a list for scripts, lines of a text in the form
            FailedDeploymentTrigger trigger = (FailedDeploymentTrigger) super.newInstance(request, form);
            trigger.setResults(results);
            trigger.setParameters(lines.lines().filter(line -> !line.isBlank()).toList());
            return trigger;
        }

        @Restricted(NoExternalUse.class) // config.jelly
        @NonNull
        public List<String> getAllResults() {
            return List.of("FAILURE", "UNSTABLE", "ABORTED", "NOT_BUILT", "SUCCESS");
        }

        @Restricted(NoExternalUse.class) // config.jelly
        public boolean isChosen(@CheckForNull FailedDeploymentTrigger trigger, String result) {
            return trigger == null ? result.equals("FAILURE") : trigger.results.contains(result);
        }

        @Restricted(NoExternalUse.class) // config.jelly
        @NonNull
        public String lines(@CheckForNull List<String> values) {
            return values == null ? "" : String.join("\n", values);
        }

        @POST
        public AutoCompletionCandidates doAutoCompleteUpstream(
                @QueryParameter String value, @AncestorInPath Item self, @AncestorInPath ItemGroup container) {
            return self == null || !self.hasPermission(Item.CONFIGURE)
                    ? new AutoCompletionCandidates()
                    : AutoCompletionCandidates.ofJobNames(Job.class, value, self, container);
        }

        @POST
        public FormValidation doCheckUpstream(@AncestorInPath Item item, @QueryParameter String value) {
            if (item == null || !item.hasPermission(Item.CONFIGURE)) {
                return FormValidation.ok();
            }
            String[] names = Util.fixNull(value).split(",");
            for (String name : names) {
                if (name.isBlank()) {
                    return FormValidation.error(Messages.FailedDeploymentTrigger_UpstreamMissing());
                }
                Job<?, ?> found = Rollbacks.find(name, item);
                if (found == null) {
                    return FormValidation.error(Messages.FailedDeploymentTrigger_NoSuchJob(name.trim()));
                }
                if (found == item) {
                    return FormValidation.error(Messages.FailedDeploymentTrigger_Itself());
                }
            }
            return FormValidation.ok();
        }

        /** Checks the condition, and says what it would have said of the last runs. */
        @POST
        public FormValidation doCheckWhen(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String upstream) {
            return ConditionForm.check(item, value, () -> jobs(item, Util.fixNull(upstream)), Deployed::left);
        }

        private static List<Job<?, ?>> jobs(Item item, String upstream) {
            List<Job<?, ?>> jobs = new ArrayList<>();
            for (String name : upstream.split(",")) {
                Job<?, ?> job = name.isBlank() ? null : Rollbacks.find(name, item);
                if (job != null) {
                    jobs.add(job);
                }
            }
            return jobs;
        }

        @POST
        public FormValidation doCheckParameters(@AncestorInPath Item item, @QueryParameter String value) {
            if (item == null || !item.hasPermission(Item.CONFIGURE)) {
                return FormValidation.ok();
            }
            try {
                Util.fixNull(value).lines().filter(line -> !line.isBlank()).forEach(Rollbacks::name);
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}
