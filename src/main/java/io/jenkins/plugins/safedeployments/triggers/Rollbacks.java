package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.SimpleParameterDefinition;
import hudson.model.TaskListener;
import hudson.model.queue.QueueListener;
import hudson.model.queue.ScheduleResult;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn.ParameterizedJob;

/**
 * Starts rollback jobs: the one way for triggers, steps and post-build actions. Each rollback job is started at most once for a
 * failed run, since the link to it is kept with the run before anything else is done.
 */
final class Rollbacks {

    /** Held from the look at whether a rollback is lost until it is in the queue. */
    private static final Object STARTING = new Object();

    private Rollbacks() {}

    /**
     * Starts a rollback job, unless it has been before.
     *
     * @param entry the release that is meant; null if the run made none
     * @param lines further parameters, or others of {@link HandedOn#WHAT}, each {@code NAME=value}; a value can have
     *     {@code ${ROLLBACK_OF_RELEASE}} and the like
     * @param afterwards whether Jenkins was down since the run ended: what was put into the queue may be lost
     */
    static void start(
            Run<?, ?> failed,
            Job<?, ?> job,
            @CheckForNull ReleaseEntry entry,
            List<String> lines,
            TaskListener log,
            boolean afterwards) {
        String name = job.getFullName();
        synchronized (STARTING) {
            boolean lost = afterwards && isLost(failed, job);
            boolean begins = RollbackLinks.put(
                    failed,
                    name,
                    link -> lost || link == null || link.getState() == RollbackLink.State.ASKED_FOR
                            ? RollbackLink.queued(name, 0, link)
                            : null);
            if (begins) {
                schedule(failed, job, entry, lines, log);
            }
        }
    }

    /**
     * Whether a rollback was never started, or is neither in the queue nor has run. The queue knows for minutes what has left it,
     * so that nothing is missed in between.
     */
    static boolean isLost(Run<?, ?> failed, Job<?, ?> job) {
        for (RollbackLink link : RollbackLinks.of(failed)) {
            if (link.getJob().equals(job.getFullName())) {
                return link.getState() == RollbackLink.State.QUEUED
                        && Jenkins.get().getQueue().getItem(link.queueId()) == null
                        && !hasRun(failed, job);
            }
        }
        return !hasRun(failed, job);
    }

    /** Whether what a run has left is not to be touched any more, since a later one has succeeded. */
    static boolean isOvertaken(Run<?, ?> run) {
        for (Run<?, ?> later = run.getNextBuild(); later != null; later = later.getNextBuild()) {
            if (!later.isBuilding() && Result.SUCCESS.equals(later.getResult())) {
                return true;
            }
        }
        return false;
    }

    private static void schedule(
            Run<?, ?> failed, Job<?, ?> job, @CheckForNull ReleaseEntry entry, List<String> lines, TaskListener log) {
        String name = job.getFullName();
        try {
            mayRun(failed, job);
            Map<String, String> handedOn = Deployed.values(failed, entry);
            ParametersAction parameters = new ParametersAction(parameters(job, lines, handedOn), handedOn.keySet());
            ScheduleResult result = Jenkins.get()
                    .getQueue()
                    .schedule2(
                            (Queue.Task) job,
                            ((ParameterizedJob<?, ?>) job).getQuietPeriod(),
                            List.of(new CauseAction(new FailedDeploymentCause(failed)), parameters));
            Queue.Item item = result.getItem();
            if (item == null) {
                throw new UserException("the queue has refused it");
            }
            RollbackLinks.put(
                    failed,
                    name,
                    link -> link != null && link.getState() == RollbackLink.State.QUEUED
                            ? RollbackLink.queued(name, item.getId(), link)
                            : null); // else it runs by now
            log.getLogger().println("[rollback] starting " + ModelHyperlinkNote.encodeTo(job));
        } catch (UserException e) {
            refuse(failed, name, e.getMessage(), log);
        }
    }

    /** Says and keeps that a rollback job is not started, so that nobody thinks that it was. */
    static void refuse(Run<?, ?> failed, String job, String why, TaskListener log) {
        RollbackLinks.put(failed, job, link -> RollbackLink.refused(job, why));
        log.error("[rollback] " + job + " is NOT started: " + why);
    }

    /** What people have taken out of the queue, by hand or by a judgment, is not started again by itself. */
    private static void takenOut(FailedDeploymentCause cause, Job<?, ?> job) {
        Run<?, ?> failed = cause.getFailedRun();
        if (failed != null) {
            String name = job.getFullName();
            RollbackLinks.put(
                    failed,
                    name,
                    link -> link != null && link.getState() == RollbackLink.State.QUEUED
                            ? RollbackLink.refused(name, "it was taken out of the queue")
                            : null);
        }
    }

    /** Called with the lock of the queue held, so that what may read or write a run is done in another thread. */
    @Extension
    public static final class Left extends QueueListener {

        @Override
        public void onLeft(Queue.LeftItem item) {
            if (!item.isCancelled() || Jenkins.get().isTerminating() || !(item.task instanceof Job<?, ?> job)) {
                return;
            }
            for (Cause cause : item.getCauses()) {
                if (cause instanceof FailedDeploymentCause deployment) {
                    ReleaseRuntime.get().execute(() -> takenOut(deployment, job));
                }
            }
        }
    }

    private static void mayRun(Run<?, ?> failed, Job<?, ?> job) {
        if (!(job instanceof ParameterizedJob<?, ?> parameterized)) {
            throw new UserException("it is of a kind that cannot be started by others");
        }
        if (job == failed.getParent()) {
            throw new UserException("a job cannot be its own rollback job: make another one");
        }
        if (FailedDeploymentCause.isBehind(failed)) {
            throw new UserException("the failed run is a rollback itself, and a rollback of a rollback helps nobody:"
                    + " a person must look");
        }
        if (!parameterized.isBuildable()) {
            throw new UserException("it is disabled");
        }
    }

    @NonNull
    private static List<ParameterValue> parameters(Job<?, ?> job, List<String> lines, Map<String, String> handedOn) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String line : lines) {
            given.put(name(line), hudson.Util.replaceMacro(line.substring(line.indexOf('=') + 1), handedOn));
        }
        Map<String, String> told = new LinkedHashMap<>(handedOn);
        for (String name : handedOn.keySet()) {
            String other = HandedOn.WHAT.contains(name) ? given.remove(name) : null;
            if (other != null) {
                told.put(name, other);
            }
        }
        List<ParameterValue> values = HandedOn.values(job, told);
        for (ParameterDefinition definition : HandedOn.definitions(job)) {
            String text = given.remove(definition.getName());
            if (!told.containsKey(definition.getName())) {
                values.add(value(definition, text));
            }
        }
        if (!given.isEmpty()) {
            throw new UserException("it has no parameter " + String.join(", ", given.keySet()));
        }
        return values;
    }

    /** @throws UserException if the line is no good */
    @NonNull
    static String name(String line) {
        int equals = line.indexOf('=');
        if (equals < 1) {
            throw new UserException("'parameters' has '" + line + "': write each as 'NAME=value'.");
        }
        return line.substring(0, equals).trim();
    }

    private static ParameterValue value(ParameterDefinition definition, @CheckForNull String text) {
        ParameterValue value;
        try {
            value = text == null
                    ? definition.getDefaultParameterValue()
                    : definition instanceof SimpleParameterDefinition simple ? simple.createValue(text) : null;
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "its parameter " + definition.getName() + " can't be '" + text + "': " + e.getMessage(), e);
        }
        if (value == null) {
            throw new UserException("its parameter " + definition.getName()
                    + (text == null ? " has no default, so give it a value" : " can't be given as a text"));
        }
        return value;
    }

    /** Whether a rollback job has a run for a failed run already, as far as its last runs tell. */
    private static boolean hasRun(Run<?, ?> failed, Job<?, ?> job) {
        return job.getBuilds().limit(50).stream()
                .anyMatch(run -> run.getCauses().stream()
                        .anyMatch(
                                cause -> cause instanceof FailedDeploymentCause deployment && deployment.isOf(failed)));
    }

    /** The failed run that a run rolls back; null if it is none of these, or that run is gone. */
    @CheckForNull
    static Run<?, ?> failedRun(Run<?, ?> rollback) {
        for (Cause cause : rollback.getCauses()) {
            if (cause instanceof FailedDeploymentCause deployment) {
                return deployment.getFailedRun();
            }
        }
        return null;
    }

    /** A job by its name, as seen from another; null if it is not there or may not be seen by who asks. */
    @CheckForNull
    static Job<?, ?> find(String name, Item from) {
        try {
            Job<?, ?> found = Jenkins.get().getItem(name.trim(), from, Job.class);
            return found != null && found.hasPermission(Item.READ) ? found : null;
        } catch (org.springframework.security.access.AccessDeniedException e) {
            return null; // it may be discovered, but not read
        }
    }
}
