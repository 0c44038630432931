package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.init.InitMilestone;
import hudson.model.AbstractProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Project;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** Which triggers follow which jobs, by full name; found out anew when one of them has changed. */
@Extension
public final class FollowedJobs extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(FollowedJobs.class.getName());

    static final Considered CONSIDERED = new Considered("safe-deployments-considered");

    /** Null when it is to be found out. */
    private Map<String, List<FailedDeploymentTrigger>> followers;

    @NonNull
    static FollowedJobs get() {
        return ExtensionList.lookupSingleton(FollowedJobs.class);
    }

    /**
     * Somebody begins to follow a job. What it has ended before is none of their business; but jobs that are written as code are
     * made anew at each start of Jenkins, and have to see what ended while it was down.
     */
    static void begin(Job<?, ?> upstream) {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED || !CONSIDERED.isKept(upstream)) {
            CONSIDERED.all(upstream);
        }
    }

    synchronized void forget() {
        followers = null;
    }

    private synchronized Map<String, List<FailedDeploymentTrigger>> followers() {
        if (followers == null) {
            followers = new HashMap<>();
            try (ACLContext as = ACL.as2(ACL.SYSTEM2)) {
                for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                    FailedDeploymentTrigger trigger = trigger(job);
                    if (trigger != null) {
                        for (Job<?, ?> upstream : trigger.upstreams(job)) {
                            followers
                                    .computeIfAbsent(upstream.getFullName(), name -> new ArrayList<>())
                                    .add(trigger);
                        }
                    }
                }
            }
        }
        return followers;
    }

    @CheckForNull
    private static FailedDeploymentTrigger trigger(Job<?, ?> job) {
        return ParameterizedJobMixIn.getTrigger(job, FailedDeploymentTrigger.class);
    }

    private List<FailedDeploymentTrigger> of(Job<?, ?> upstream) {
        return followers().getOrDefault(upstream.getFullName(), List.of());
    }

    @Override
    public void onStarted(Run<?, ?> run, TaskListener log) {
        link(run, RollbackLink.running(run));
    }

    @Override
    public void onCompleted(Run<?, ?> run, @NonNull TaskListener log) {
        link(run, RollbackLink.ended(run));
        RollbackRequests.ended(run, log);
        List<FailedDeploymentTrigger> triggers = of(run.getParent());
        triggers.forEach(trigger -> trigger.ended(run, log));
        if (!triggers.isEmpty()) {
            CONSIDERED.all(run.getParent());
        }
    }

    private static void link(Run<?, ?> rollback, RollbackLink link) {
        Run<?, ?> failed;
        try (ACLContext as = ACL.as2(ACL.SYSTEM2)) {
            failed = Rollbacks.failedRun(rollback);
        }
        if (failed != null) {
            RollbackLinks.put(failed, link.getJob(), before -> link);
        }
    }

    /** After a start of Jenkins. */
    void catchUp() {
        try (ACLContext as = ACL.as2(ACL.SYSTEM2)) {
            RollbackRequests.catchUp();
            followers().forEach((name, triggers) -> {
                Job<?, ?> upstream = Jenkins.get().getItemByFullName(name, Job.class);
                if (upstream != null) {
                    for (Run<?, ?> run : CONSIDERED.notYet(
                            upstream, one -> !RollbackLinks.of(one).isEmpty())) {
                        triggers.forEach(trigger -> trigger.catchUp(run));
                    }
                    CONSIDERED.all(upstream);
                }
            });
            for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                if (!followers().containsKey(job.getFullName())) {
                    CONSIDERED.forget(job); // or who follows it again would see what ended until then
                }
            }
        }
    }

    /** Follows jobs to other names, and catches up after a start. */
    @Extension
    public static final class Items extends ItemListener {

        @Override
        public void onLoaded() {
            ReleaseRuntime.get().execute(() -> get().catchUp());
        }

        @Override
        public void onCreated(Item item) {
            get().forget();
        }

        @Override
        public void onDeleted(Item item) {
            get().forget();
        }

        @Override
        public void onLocationChanged(Item item, String oldFullName, String newFullName) {
            try (ACLContext as = ACL.as2(ACL.SYSTEM2)) {
                for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                    FailedDeploymentTrigger trigger = trigger(job);
                    boolean changed = trigger != null && trigger.rename(oldFullName, newFullName);
                    for (NamesRollbackJob part : parts(job)) {
                        changed |= part.rename(oldFullName, newFullName, job);
                    }
                    if (changed) {
                        save(job);
                    }
                }
            }
            get().forget();
        }

        /** Build steps and post-build actions. */
        private static List<NamesRollbackJob> parts(Job<?, ?> job) {
            List<NamesRollbackJob> parts = new ArrayList<>();
            if (job instanceof Project<?, ?> project) {
                parts.addAll(Util.filter(project.getBuildersList(), NamesRollbackJob.class));
            }
            if (job instanceof AbstractProject<?, ?> project) {
                parts.addAll(Util.filter(project.getPublishersList(), NamesRollbackJob.class));
            }
            return parts;
        }

        private static void save(Job<?, ?> job) {
            try {
                job.save();
            } catch (IOException e) {
                LOGGER.log(
                        Level.WARNING,
                        e,
                        () -> "could not save " + job.getFullName() + ", which names a job that has another name now");
            }
        }
    }
}
