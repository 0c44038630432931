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
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.runtime.RenamedJobs;
import io.jenkins.plugins.safedeployments.triggers.HandedOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/** A release that is given to the job that is named for it: what is to be done, whether that may be now, and how it starts. */
public final class Handover {

    /** What the other job is to do. */
    public enum Kind {
        /** What is in canary becomes stable. */
        PROMOTE,
        /** What is in progress is taken back. */
        ROLL_BACK,
        /** Stable returns to this release. */
        RETURN;

        @NonNull
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        @CheckForNull
        static Kind of(String id) {
            for (Kind kind : values()) {
                if (kind.id().equals(id)) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** So many of the last runs of the other job are looked at. */
    private static final int RUNS = 20;

    /** Held from the last look at whether something is under way until the next one is in the queue. */
    private static final Object STARTING = new Object();

    private final Kind kind;
    private final Job<?, ?> owner;
    private final TargetHistory history;
    private final KnownRelease release;

    /** Whether another of the good releases can be chosen instead. */
    private final boolean choice;

    /** When it was looked up where the release is; what has begun since may have brought it somewhere else. */
    private final long lookedUp;

    /** @param owner whose release it is; names the other job, and its permissions count */
    Handover(Kind kind, Job<?, ?> owner, TargetHistory history, KnownRelease release) {
        this(kind, owner, history, release, false);
    }

    private Handover(Kind kind, Job<?, ?> owner, TargetHistory history, KnownRelease release, boolean choice) {
        this.choice = choice;
        this.kind = kind;
        this.owner = owner;
        this.history = history;
        this.release = release;
        this.lookedUp = history.lookedUp();
    }

    /** Those that a release's phase offers, whether or not they may be done now. */
    @NonNull
    static List<Handover> of(Job<?, ?> owner, TargetHistory history, KnownRelease release) {
        List<Handover> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            Handover handover = new Handover(kind, owner, history, release);
            if (handover.fits()) {
                all.add(handover);
            }
        }
        KnownRelease earlier = release.isStable() ? history.lastGood() : null;
        if (earlier != null) {
            all.add(new Handover(Kind.RETURN, owner, history, earlier).withChoice());
        }
        return all;
    }

    /** The same, but that another of the good releases can be chosen to return to. */
    @NonNull
    Handover withChoice() {
        return new Handover(kind, owner, history, release, kind == Kind.RETURN);
    }

    /** Those that can be chosen to return to; empty if there is no choice. */
    @NonNull
    public List<KnownRelease> getChoices() {
        return choice ? history.goals() : List.of();
    }

    /** Whether the release is where this makes sense. */
    boolean fits() {
        Phase phase = release.getPhase();
        return switch (kind) {
            case PROMOTE -> phase == Phase.CANARY_READY;
            case ROLL_BACK -> phase == Phase.CANARY_READY || phase == Phase.FAILED;
            case RETURN -> release.isPromotedOnce() && phase.isFinal() && !release.isStable();
        };
    }

    @NonNull
    public String getKind() {
        return kind.id();
    }

    @NonNull
    public KnownRelease getRelease() {
        return release;
    }

    /** On the button. */
    @NonNull
    public String getTitle() {
        if (choice) {
            return Messages.Handover_RollBack();
        }
        return switch (kind) {
            case PROMOTE -> Messages.Handover_Promote();
            case ROLL_BACK -> Messages.Handover_RollBack();
            case RETURN ->
                release.getPhase() == Phase.PROMOTED
                        ? Messages.Handover_RollBackTo()
                        : Messages.Handover_PromoteAgain();
        };
    }

    public boolean isDestructive() {
        return kind != Kind.PROMOTE;
    }

    Kind kind() {
        return kind;
    }

    TargetHistory history() {
        return history;
    }

    /** Number of the release that stable runs, as far as is known; empty if it is not, or nothing of it is to be changed. */
    @NonNull
    public String getStable() {
        KnownRelease stable = kind == Kind.RETURN ? history.stable() : null;
        return stable == null ? "" : Integer.toString(stable.getNumber());
    }

    /** What who asks for it needs on the job whose release it is. */
    @NonNull
    Permission permission() {
        return kind == Kind.PROMOTE ? SafeDeploymentsPermissions.PROMOTE : SafeDeploymentsPermissions.ROLL_BACK;
    }

    /** The job that does it; null if there is none, or who asks may not see it. */
    @CheckForNull
    Job<?, ?> job() {
        return PromotionProperty.job(jobName(), owner);
    }

    @CheckForNull
    private String jobName() {
        PromotionProperty property = PromotionProperty.of(owner);
        if (property == null) {
            return null;
        }
        return kind == Kind.PROMOTE ? property.getStableJob() : property.getRollbackJob();
    }

    /** Why it can't be done now by who asks, in a sentence; empty if it can. */
    @NonNull
    public String getLocked() {
        return release.isUnderWay()
                ? Messages.Handover_MakerUnderWay(release.getMadeBy())
                : locked(Jenkins.getAuthentication2(), owner.hasPermission(permission()));
    }

    /** @param may whether the permission on the owner is given, or not needed */
    @NonNull
    String locked(Authentication who, boolean may) {
        if (!may) {
            return Messages.Handover_NoPermission(permission().group.title + "/" + permission().name);
        }
        if (jobName() == null) {
            return kind == Kind.PROMOTE ? Messages.Handover_NoStableJob() : Messages.Handover_NoRollbackJob();
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
        if (!fits()) {
            return Messages.Handover_NotNow(
                    release.getTitle(), release.getPhase().text());
        }
        KnownRelease inProgress = kind == Kind.RETURN ? history.inProgress() : null;
        if (inProgress != null) {
            return Messages.Handover_InProgress(
                    inProgress.getNumber(), inProgress.getPhase().text());
        }
        return underWay(job);
    }

    /**
     * Two are never started for the same release at once. What leaves the queue is with an executor before, and has a run before
     * it leaves that, so that nothing is missed in between.
     */
    private String underWay(Job<?, ?> job) {
        for (Queue.Item item : Jenkins.get().getQueue().getItems()) {
            PromotionCause cause = item.task == job ? mine(item.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_Queued(job.getFullDisplayName(), cause.by());
            }
        }
        for (Queue.Item item : begun()) {
            PromotionCause cause = item.task == job ? mine(item.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_UnderWay(job.getFullDisplayName(), cause.by());
            }
        }
        int looked = 0;
        for (Run<?, ?> run = job.getLastBuild(); run != null && looked < RUNS; run = run.getPreviousBuild(), looked++) {
            PromotionCause cause = run.isBuilding() || run.getTimeInMillis() >= lookedUp ? mine(run.getCauses()) : null;
            if (cause != null) {
                return Messages.Handover_UnderWay(run.getFullDisplayName(), cause.by());
            }
        }
        return "";
    }

    /** Whether it has been started, and has not ended. */
    boolean isUnderWay() {
        Job<?, ?> job = job();
        return job != null && !underWay(job).isEmpty();
    }

    /** Returns to different releases are about the same one, too: that which is taken back. */
    @CheckForNull
    private PromotionCause mine(List<Cause> causes) {
        return causes.stream()
                .filter(PromotionCause.class::isInstance)
                .map(PromotionCause.class::cast)
                .filter(cause -> cause.target().equals(release.getTarget()))
                .filter(cause ->
                        cause.getRelease() == release.getNumber() || kind == Kind.RETURN && cause.kind() == Kind.RETURN)
                .findFirst()
                .orElse(null);
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

    /** Whether the job has had a run that this cause has started, as far as its last runs tell. */
    static boolean hasRun(Job<?, ?> job, Predicate<PromotionCause> cause) {
        return job.getBuilds().limit(50).stream()
                .anyMatch(run -> run.getCauses().stream()
                        .anyMatch(one -> one instanceof PromotionCause promotion && cause.test(promotion)));
    }

    /** What the other job is told, by name of the parameter. */
    @NonNull
    Map<String, String> told(String reason, boolean acknowledgeMigration) {
        KnownRelease stable = history.stable();
        KnownRelease acted = kind == Kind.RETURN ? stable : release;
        Map<String, String> told =
                HandedOn.what(release.getTarget(), acted == null ? "" : Integer.toString(acted.getNumber()));
        told.put(HandedOn.REASON, reason);
        told.put(HandedOn.ACKNOWLEDGE_MIGRATION, Boolean.toString(acknowledgeMigration));
        if (kind == Kind.RETURN) {
            told.put(HandedOn.RETURN_TO, Integer.toString(release.getNumber()));
            told.put(HandedOn.FORCE, Boolean.toString(release.getPhase() != Phase.PROMOTED));
        }
        if (isDestructive()) {
            told.putAll(ofRun(acted, told));
        }
        return told;
    }

    /** The parameters of the other job that it is not told, and has to get otherwise. */
    @NonNull
    List<ParameterDefinition> asked() {
        Job<?, ?> job = job();
        Set<String> told = told("", false).keySet();
        return job == null
                ? List.of()
                : HandedOn.definitions(job).stream()
                        .filter(definition -> !told.contains(definition.getName()))
                        .toList();
    }

    /** {@link #locked}, or that nobody is there to give a parameter a value. */
    @NonNull
    String lockedByItself(Authentication who) {
        String locked = locked(who, true);
        return locked.isEmpty()
                ? asked().stream()
                        .filter(definition -> definition.getDefaultParameterValue() == null)
                        .findFirst()
                        .map(definition -> Messages.Handover_NoValue(definition.getName()))
                        .orElse("")
                : locked;
    }

    /** As the trigger for rollback jobs and the like tell it. */
    private static Map<String, String> ofRun(@CheckForNull KnownRelease acted, Map<String, String> told) {
        if (acted == null) {
            return HandedOn.of(null, told, "", null, List.of());
        }
        return HandedOn.of(
                RenamedJobs.run(acted.maker(), Long.MAX_VALUE),
                told,
                acted.getImage(),
                acted.getPhase(),
                List.of(HandedOn.line(acted.getTarget(), acted.getNumber(), acted.getPhase())));
    }

    /**
     * Puts it into the queue, unless it is under way already: of many that ask at once one gets through.
     *
     * @param others values of the parameters that are {@link #asked} for
     * @return why it was not done, in a sentence; empty if it was
     */
    @NonNull
    String start(PromotionCause cause, Map<String, String> told, List<ParameterValue> others) {
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

    private static boolean schedule(
            Job<?, ?> job, PromotionCause cause, Map<String, String> told, List<ParameterValue> others) {
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
