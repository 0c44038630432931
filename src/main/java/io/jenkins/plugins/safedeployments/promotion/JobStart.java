package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Action;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.queue.ScheduleResult;
import hudson.model.queue.WorkUnit;
import hudson.security.Permission;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.triggers.HandedOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/** Something of one job that is given to another: which job that is, whether it may be now, and how it starts. */
public abstract class JobStart {

    /** So many of the last runs of the other job are looked at. */
    private static final int RUNS = 20;

    /** Held from the last look at whether something is under way until the next one is in the queue. */
    private static final Object STARTING = new Object();

    /** Names the other job, and its permissions count. */
    private final Job<?, ?> owner;

    /** When it was looked up what is given; what has begun since may have changed that. */
    private final long lookedUp;

    JobStart(Job<?, ?> owner, long lookedUp) {
        this.owner = owner;
        this.lookedUp = lookedUp;
    }

    final Job<?, ?> owner() {
        return owner;
    }

    /** On the button. */
    @NonNull
    public abstract String getTitle();

    /** What who asks for it needs on the owner. */
    @NonNull
    abstract Permission permission();

    /** Name of the other job, relative to the owner; null if none is named. */
    @CheckForNull
    abstract String jobName();

    /** That no job is named, in a sentence. */
    @NonNull
    abstract String noJobName();

    /** What else speaks against it now, in a sentence; empty if nothing does. */
    @NonNull
    abstract String notNow(Job<?, ?> job);

    /** Whether a run with this cause does it, or something that must not be at the same time. */
    abstract boolean isMine(GivenCause cause);

    /** Names of the parameters that the other job is told. */
    @NonNull
    abstract Set<String> names();

    /** A parameter that is asked for, with the default that it has here. */
    @NonNull
    ParameterDefinition here(ParameterDefinition definition) {
        return definition;
    }

    /** The job that does it; null if there is none, or who asks may not see it. */
    @CheckForNull
    final Job<?, ?> job() {
        return PromotionProperty.job(jobName(), owner);
    }

    /** Why it can't be done now by who asks, in a sentence; empty if it can. */
    @NonNull
    public String getLocked() {
        return locked(Jenkins.getAuthentication2(), owner.hasPermission(permission()));
    }

    /** @param may whether the permission on the owner is given, or not needed */
    @NonNull
    final String locked(Authentication who, boolean may) {
        if (!may) {
            return Messages.Handover_NoPermission(permission().group.title + "/" + permission().name);
        }
        if (jobName() == null) {
            return noJobName();
        }
        Job<?, ?> job = job();
        if (job == null) {
            return Messages.Handover_JobNotSeen();
        }
        if (!job.getACL().hasPermission2(who, Item.BUILD)) {
            return Messages.Handover_MayNotBuild(job.getFullDisplayName());
        }
        if (!job.isBuildable()) {
            return Messages.Handover_NotBuildable(job.getFullDisplayName());
        }
        String notNow = notNow(job);
        return notNow.isEmpty() ? underWay(job) : notNow;
    }

    /** {@link #locked}, or that nobody is there to give a parameter a value. */
    @NonNull
    final String lockedByItself(Authentication who) {
        String locked = locked(who, true);
        return locked.isEmpty()
                ? asked().stream()
                        .filter(definition -> definition.getDefaultParameterValue() == null)
                        .findFirst()
                        .map(definition -> Messages.Handover_NoValue(definition.getName()))
                        .orElse("")
                : locked;
    }

    /**
     * Two are never started for the same at once. What leaves the queue is with an executor before, and has a run before it leaves
     * that, so that nothing is missed in between.
     */
    private String underWay(Job<?, ?> job) {
        for (Queue.Item item : Jenkins.get().getQueue().getItems()) {
            GivenCause cause = item.task == job ? mine(item.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_Queued(job.getFullDisplayName(), cause.by());
            }
        }
        for (Queue.Item item : begun()) {
            GivenCause cause = item.task == job ? mine(item.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_UnderWay(job.getFullDisplayName(), cause.by());
            }
        }
        int looked = 0;
        for (Run<?, ?> run = job.getLastBuild(); run != null && looked < RUNS; run = run.getPreviousBuild(), looked++) {
            GivenCause cause = run.isBuilding() || run.getTimeInMillis() >= lookedUp ? mine(run.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_UnderWay(run.getFullDisplayName(), cause.by());
            }
        }
        return "";
    }

    /** Whether it has been started, and has not ended. */
    final boolean isUnderWay() {
        Job<?, ?> job = job();
        return job != null && !underWay(job).isEmpty();
    }

    @CheckForNull
    private GivenCause mine(List<Cause> causes) {
        return GivenCause.among(causes).filter(this::isMine).findFirst().orElse(null);
    }

    /** What executors have taken from the queue. */
    private static List<Queue.Item> begun() {
        List<Queue.Item> begun = new ArrayList<>();
        for (Computer computer : Jenkins.get().getComputers()) {
            for (Executor executor : computer.getAllExecutors()) {
                WorkUnit unit = executor.getCurrentWorkUnit();
                if (unit != null) {
                    begun.add(unit.context.item);
                }
            }
        }
        return begun;
    }

    /** Whether the other job has had a run that this cause has started, as far as its last runs tell. */
    final boolean hasRun(Predicate<GivenCause> cause) {
        Job<?, ?> job = job();
        return job != null
                && job.getBuilds().limit(50).stream()
                        .anyMatch(run -> GivenCause.among(run.getCauses()).anyMatch(cause));
    }

    /** The parameters of the other job that it is not told, and has to get otherwise. */
    @NonNull
    final List<ParameterDefinition> asked() {
        Job<?, ?> job = job();
        Set<String> told = names();
        return job == null
                ? List.of()
                : HandedOn.definitions(job).stream()
                        .filter(definition -> !told.contains(definition.getName()))
                        .map(this::here)
                        .toList();
    }

    /** The values that are set here for the parameters that are asked for, when nobody is there to give others. */
    @NonNull
    final List<ParameterValue> defaults() {
        return asked().stream()
                .map(ParameterDefinition::getDefaultParameterValue)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Puts it into the queue, unless it is under way already: of many that ask at once one gets through.
     *
     * @param others values of the parameters that are {@link #asked} for
     * @return why it was not done, in a sentence; empty if it was
     */
    @NonNull
    final <C extends Cause & GivenCause> String start(C cause, Map<String, String> told, List<ParameterValue> others) {
        Job<?, ?> job = job();
        if (job == null) {
            return Messages.Handover_JobNotSeen();
        }
        synchronized (STARTING) {
            String underWay = underWay(job);
            if (!underWay.isEmpty()) {
                return underWay;
            }
            return schedule(job, cause, told, others) ? "" : Messages.Handover_NotTaken();
        }
    }

    private static <C extends Cause & GivenCause> boolean schedule(
            Job<?, ?> job, C cause, Map<String, String> told, List<ParameterValue> others) {
        List<ParameterValue> values = HandedOn.values(job, told);
        values.addAll(others);
        List<Cause> causes = new ArrayList<>(List.of(cause));
        if (!cause.getUser().isEmpty()) {
            causes.add(new Cause.UserIdCause(cause.getUser()));
        }
        Action[] actions = {new CauseAction(causes), new ParametersAction(values, told.keySet())};
        Queue.Task task = (Queue.Task) job;
        ScheduleResult result = Jenkins.get().getQueue().schedule2(task, 0, actions);
        return result.isAccepted();
    }
}
