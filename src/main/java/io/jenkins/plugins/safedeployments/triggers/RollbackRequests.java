package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.springframework.security.core.Authentication;

/**
 * What a failing run asks for itself: a rollback job, started when the run has ended and only if it has not succeeded, so that
 * nothing is taken back under the hands of a run that tries again.
 */
public final class RollbackRequests {

    private static final Logger LOGGER = Logger.getLogger(RollbackRequests.class.getName());

    /** Of jobs whose runs have asked. */
    private static final Considered CONSIDERED = new Considered("safe-deployments-rollbacks-considered");

    private RollbackRequests() {}

    /**
     * The job that a run names as its rollback job.
     *
     * @param name as seen from the run's job
     * @throws UserException if the run may not start it; one that it may not see does not exist for it
     */
    @NonNull
    public static Job<?, ?> find(Run<?, ?> run, String name) {
        try (ACLContext as = ACL.as2(authentication(run))) {
            Job<?, ?> job = Rollbacks.find(name, run.getParent());
            if (job == null) {
                throw new UserException("'rollbackJob' is '" + name + "', but there is no such job, or " + as(run)
                        + " may not see it: correct the name, or grant the permission.");
            }
            if (job == run.getParent()) {
                throw new UserException(
                        "'rollbackJob' is '" + name + "', the job itself, which would be a loop: name another job.");
            }
            if (!job.hasPermission(Item.BUILD)) {
                throw new UserException("'rollbackJob' is '" + name + "', but " + as(run)
                        + " may not build it: grant the permission, or let the job run as somebody who has it.");
            }
            return job;
        }
    }

    private static String as(Run<?, ?> run) {
        return "the job, which runs as " + authentication(run).getName() + ",";
    }

    /**
     * Asks for a rollback job, for the case that the run fails.
     *
     * @param evenIfUnstable whether a run that ends unstable has failed
     * @throws UserException if the run may not start it
     */
    public static void ask(Run<?, ?> run, String name, boolean evenIfUnstable) {
        String job = find(run, name).getFullName();
        Result best = evenIfUnstable ? Result.UNSTABLE : Result.FAILURE;
        if (!CONSIDERED.isKept(run.getParent())) {
            CONSIDERED.all(run.getParent());
        }
        RollbackLinks.put(run, job, link -> link == null ? RollbackLink.askedFor(job, best) : null);
    }

    /** One of the runs that may have asked has ended. */
    static void ended(Run<?, ?> run, TaskListener log) {
        carryOut(run, log, false);
        if (CONSIDERED.isKept(run.getParent())) {
            CONSIDERED.all(run.getParent());
        }
    }

    /** After a start of Jenkins: a run may have ended without a word, or its rollback may be lost. */
    static void catchUp() {
        for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
            if (CONSIDERED.isKept(job)) {
                for (Run<?, ?> run : CONSIDERED.notYet(job, RollbackRequests::isOpen)) {
                    if (isOpen(run) && !Rollbacks.isOvertaken(run)) {
                        carryOut(run, TaskListener.NULL, true);
                    }
                }
                CONSIDERED.all(job);
            }
        }
    }

    private static boolean isOpen(Run<?, ?> run) {
        return RollbackLinks.of(run).stream().anyMatch(link -> isOpen(link, true));
    }

    /** Whether the run has asked for it, and it is not known to have begun. */
    private static boolean isOpen(RollbackLink link, boolean afterwards) {
        return link.getState() == RollbackLink.State.ASKED_FOR
                || afterwards
                        && link.getState() == RollbackLink.State.QUEUED
                        && !link.getOutcome().isEmpty();
    }

    private static void carryOut(Run<?, ?> run, TaskListener log, boolean afterwards) {
        Result result = run.getResult();
        for (RollbackLink link : RollbackLinks.of(run)) {
            if (!isOpen(link, afterwards)) {
                continue;
            }
            if (result == null || result.isBetterThan(Result.fromString(link.getOutcome()))) {
                continue; // it has not failed
            }
            List<ReleaseEntry> left = Deployed.left(run);
            if (left.isEmpty()) {
                log.getLogger()
                        .println("[rollback] " + link.getJob() + " is not started: " + Deployed.whyNothingIsLeft(run));
                continue;
            }
            try {
                Rollbacks.start(run, find(run, "/" + link.getJob()), left.get(0), List.of(), log, afterwards);
            } catch (UserException e) {
                Rollbacks.refuse(run, link.getJob(), e.getMessage(), log);
            }
        }
    }

    /** As whom a run acts. */
    @NonNull
    static Authentication authentication(Run<?, ?> run) {
        if (run instanceof FlowExecutionOwner.Executable executable) {
            FlowExecutionOwner owner = executable.asFlowExecutionOwner();
            try {
                FlowExecution execution = owner == null ? null : owner.get();
                if (execution != null) {
                    return execution.getAuthentication2();
                }
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "it has no execution", e);
            }
        }
        return run.getParent() instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }
}
