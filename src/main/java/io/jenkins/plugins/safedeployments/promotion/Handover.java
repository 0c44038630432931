package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
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

/** A release that is given to the job that is named for it, and what is to be done. */
public final class Handover extends JobStart {

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

    private final Kind kind;
    private final TargetHistory history;
    private final KnownRelease release;

    /** Whether another of the good releases can be chosen instead. */
    private final boolean choice;

    /** @param owner whose release it is; names the other job, and its permissions count */
    Handover(Kind kind, Job<?, ?> owner, TargetHistory history, KnownRelease release) {
        this(kind, owner, history, release, false);
    }

    private Handover(Kind kind, Job<?, ?> owner, TargetHistory history, KnownRelease release, boolean choice) {
        super(owner, history.lookedUp());
        this.choice = choice;
        this.kind = kind;
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
        KnownRelease earlier = release.isStable() ? history.lastGood() : null;
        if (earlier != null) {
            all.add(new Handover(Kind.RETURN, owner, history, earlier).withChoice());
        }
        return all;
    }

    /** The same, but that another of the good releases can be chosen to return to. */
    @NonNull
    Handover withChoice() {
        return new Handover(kind, owner(), history, release, kind == Kind.RETURN);
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

    @NonNull
    @Override
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

    @NonNull
    @Override
    Permission permission() {
        return kind == Kind.PROMOTE ? SafeDeploymentsPermissions.PROMOTE : SafeDeploymentsPermissions.ROLL_BACK;
    }

    @CheckForNull
    @Override
    String jobName() {
        PromotionProperty property = PromotionProperty.of(owner());
        if (property == null) {
            return null;
        }
        return kind == Kind.PROMOTE ? property.getStableJob() : property.getRollbackJob();
    }

    @NonNull
    @Override
    String noJobName() {
        return kind == Kind.PROMOTE ? Messages.Handover_NoStableJob() : Messages.Handover_NoRollbackJob();
    }

    @NonNull
    @Override
    public String getLocked() {
        return release.isUnderWay() ? Messages.Handover_MakerUnderWay(release.getMadeBy()) : super.getLocked();
    }

    @NonNull
    @Override
    String notNow(Job<?, ?> job) {
        if (!fits()) {
            return Messages.Handover_NotNow(
                    release.getTitle(), release.getPhase().text());
        }
        KnownRelease inProgress = kind == Kind.RETURN ? history.inProgress() : null;
        return inProgress == null
                ? ""
                : Messages.Handover_InProgress(
                        inProgress.getNumber(), inProgress.getPhase().text());
    }

    /** Returns to different releases are about the same one, too: that which is taken back. */
    @Override
    boolean isMine(GivenCause cause) {
        return release.getTarget().equals(cause.about())
                && (cause.getRelease() == release.getNumber() || kind == Kind.RETURN && cause.kind() == Kind.RETURN);
    }

    @NonNull
    @Override
    Set<String> names() {
        return told("", false).keySet();
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
}
