package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Action;
import hudson.model.BooleanParameterDefinition;
import hudson.model.BooleanParameterValue;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import hudson.model.queue.ScheduleResult;
import hudson.security.Permission;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Names of the parameters by which the other job learns what is meant; a job that has not defined them gets them, too. */
    static final String APP = "APP";

    static final String CLUSTER = "CLUSTER";
    static final String NAMESPACE = "NAMESPACE";

    /** The release that is promoted or taken back. */
    static final String RELEASE = "RELEASE";

    /** The release to return to; empty if it is not about that. */
    static final String RETURN_TO = "RETURN_TO";

    static final String REASON = "REASON";

    /** Whether to return to a release that had been taken back. */
    static final String FORCE = "FORCE";

    /** That it is known that migrated data stays as it is. */
    static final String ACKNOWLEDGE_MIGRATION = "ACKNOWLEDGE_MIGRATION";

    static final Set<String> NAMES =
            Set.of(APP, CLUSTER, NAMESPACE, RELEASE, RETURN_TO, REASON, FORCE, ACKNOWLEDGE_MIGRATION);

    private final Kind kind;
    private final Job<?, ?> owner;
    private final TargetHistory history;
    private final KnownRelease release;

    /** @param owner whose release it is; names the other job, and its permissions count */
    Handover(Kind kind, Job<?, ?> owner, TargetHistory history, KnownRelease release) {
        this.kind = kind;
        this.owner = owner;
        this.history = history;
        this.release = release;
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
        return all;
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

    /** Two are never started for the same release at once. */
    private String underWay(Job<?, ?> job) {
        Target target = release.getTarget();
        for (Queue.Item item : Jenkins.get().getQueue().getItems()) {
            if (item.task == job && PromotionCause.isFor(item.getCauses(), target, release.getNumber())) {
                return Messages.Handover_Queued(job.getFullDisplayName());
            }
        }
        for (Run<?, ?> run = job.getLastBuild(); run != null; run = run.getPreviousBuild()) {
            if (run.isBuilding() && PromotionCause.isFor(run.getCauses(), target, release.getNumber())) {
                return Messages.Handover_UnderWay(run.getFullDisplayName());
            }
            if (job.getLastBuild().getNumber() - run.getNumber() > 20) {
                break;
            }
        }
        return "";
    }

    /** What the other job is told, by name of the parameter. */
    @NonNull
    Map<String, String> told(String reason, boolean acknowledgeMigration) {
        Target target = release.getTarget();
        KnownRelease stable = history.stable();
        Map<String, String> told = new LinkedHashMap<>();
        told.put(APP, target.app());
        told.put(CLUSTER, target.cluster());
        told.put(NAMESPACE, target.namespace());
        told.put(RELEASE, Integer.toString(release.getNumber()));
        told.put(RETURN_TO, "");
        told.put(REASON, reason);
        told.put(FORCE, "false");
        told.put(ACKNOWLEDGE_MIGRATION, Boolean.toString(acknowledgeMigration));
        if (kind == Kind.RETURN) {
            told.put(RELEASE, stable == null ? "" : Integer.toString(stable.getNumber()));
            told.put(RETURN_TO, Integer.toString(release.getNumber()));
            told.put(FORCE, Boolean.toString(release.getPhase() != Phase.PROMOTED));
        }
        return told;
    }

    /**
     * Puts it into the queue.
     *
     * @param others values of the job's further parameters
     * @return whether it was taken
     */
    boolean start(PromotionCause cause, Map<String, String> told, List<ParameterValue> others) {
        Job<?, ?> job = job();
        if (job == null) {
            return false;
        }
        List<ParameterValue> values = new ArrayList<>();
        Set<String> flags = flags(job);
        told.forEach((name, value) -> values.add(
                flags.contains(name)
                        ? new BooleanParameterValue(name, Boolean.parseBoolean(value))
                        : new StringParameterValue(name, value)));
        others.stream().filter(value -> !NAMES.contains(value.getName())).forEach(values::add);
        List<Cause> causes = new ArrayList<>(List.of(cause));
        if (!cause.getUser().isEmpty()) {
            causes.add(new Cause.UserIdCause(cause.getUser()));
        }
        Action[] actions = {new CauseAction(causes), new ParametersAction(values, NAMES)};
        Queue.Task task = (Queue.Task) job;
        ScheduleResult result = Jenkins.get().getQueue().schedule2(task, 0, actions);
        return result.isAccepted();
    }

    private static Set<String> flags(Job<?, ?> job) {
        ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
        return property == null
                ? Set.of()
                : property.getParameterDefinitions().stream()
                        .filter(definition -> definition instanceof BooleanParameterDefinition)
                        .map(ParameterDefinition::getName)
                        .collect(Collectors.toSet());
    }
}
