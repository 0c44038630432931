package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The page that says in numbers what a promotion or rollback will do, and has the parameters of the job that does it. */
@Restricted(NoExternalUse.class) // index.jelly
public final class Confirmation {

    private final ReleasesTab tab;
    private final Handover handover;

    /** Null if the cluster did not answer. */
    private final ClusterRecord record;

    private final String noAnswer;

    Confirmation(ReleasesTab tab, Handover handover) {
        this.tab = tab;
        this.handover = handover;
        ClusterRecord answer = null;
        String problem = "";
        try {
            answer = ClusterRecord.of(handover.getRelease().getTarget(), tab.job());
        } catch (UserException e) {
            problem = e.getMessage();
        }
        this.record = answer;
        this.noAnswer = problem;
    }

    @NonNull
    public Handover getHandover() {
        return handover;
    }

    @NonNull
    public String getTitle() {
        KnownRelease stable = handover.history().stable();
        KnownRelease what = isChoice() && stable != null ? stable : handover.getRelease();
        return handover.getTitle() + ": " + what.getTitle() + " of "
                + handover.getRelease().getTarget();
    }

    private boolean isChoice() {
        return !handover.getChoices().isEmpty();
    }

    /** The job that will do it. */
    @CheckForNull
    public Job<?, ?> getJob() {
        return handover.job();
    }

    /** Why the numbers are not known; empty if they are. */
    @NonNull
    public String getNoAnswer() {
        return noAnswer;
    }

    @CheckForNull
    private Release recorded() {
        return record == null
                ? null
                : record.releases().stream()
                        .filter(release ->
                                release.number() == handover.getRelease().getNumber())
                        .findFirst()
                        .orElse(null);
    }

    /** What will happen, a sentence each. */
    @NonNull
    public List<String> getSteps() {
        Release release = recorded();
        if (record != null && isChoice()) {
            return back("the release that is chosen below");
        }
        if (release == null) {
            return record == null
                    ? List.of()
                    : List.of("The cluster has no record of release "
                            + handover.getRelease().getNumber() + " any more, so this will fail.");
        }
        return switch (handover.kind()) {
            case PROMOTE -> promotion(release);
            case ROLL_BACK -> rollback(release);
            case RETURN -> back(release.title());
        };
    }

    private List<String> promotion(Release release) {
        Plan plan = release.plan();
        List<String> steps = new ArrayList<>();
        if (release.phase() != Phase.CANARY_READY) {
            steps.add("In the cluster " + release.title() + " is "
                    + release.phase().text() + " by now, so this may be refused.");
        }
        Integer size = plan.originalReplicas() == null ? plan.manifestReplicas() : plan.originalReplicas();
        String pods = size == null ? "as many pods as the job says" : pods(size);
        steps.add(
                record.stable() == 0
                        ? "Stable is made, with " + pods + " of " + plan.image() + "."
                        : "Stable, now " + pods(record.stable()) + stableImage() + ", rolls to " + pods + " of "
                                + plan.image() + ".");
        steps.add("When all of it serves, the canary of " + pods(record.canary()) + " is removed.");
        return steps;
    }

    private List<String> rollback(Release release) {
        Plan plan = release.plan();
        List<String> steps = new ArrayList<>();
        if (release.phase().isFinal()) {
            steps.add("In the cluster " + release.title() + " is "
                    + release.phase().text() + " by now, so there is nothing to do.");
            return steps;
        }
        Integer before = plan.originalReplicas();
        steps.add(
                before == null
                        ? "There was no stable before this release, so nothing serves after it."
                        : "Stable, now " + pods(record.stable()) + ", gets back to " + pods(before)
                                + " of what it was before the release.");
        steps.add("When all of it serves, the canary of " + pods(record.canary()) + " of " + plan.image()
                + " is removed.");
        return steps;
    }

    private List<String> back(String goal) {
        KnownRelease stable = handover.history().stable();
        return List.of(
                "Stable, " + pods(record.stable()) + (stable == null ? "" : " of " + stable.getTitle()) + ", rolls to "
                        + goal + ", with as many pods.",
                stable == null
                        ? "The release that stable runs is taken back."
                        : "Release " + stable.getNumber() + " is recorded as rolled back.");
    }

    private String stableImage() {
        return record.releases().stream()
                .filter(release -> release.phase() == Phase.PROMOTED)
                .max(Comparator.comparingInt(Release::number))
                .map(release -> " of " + release.plan().image())
                .orElse("");
    }

    private static String pods(int number) {
        return number == 1 ? "1 pod" : number + " pods";
    }

    /** Names of migrations that would not be brought back; empty if there are none. */
    @NonNull
    public String getMigrations() {
        if (record == null || !handover.isDestructive()) {
            return "";
        }
        KnownRelease stable = handover.history().stable();
        int goal = handover.getChoices().stream()
                .mapToInt(KnownRelease::getNumber)
                .min()
                .orElse(handover.getRelease().getNumber());
        int from = handover.kind() == Handover.Kind.ROLL_BACK ? goal : goal + 1;
        int to = handover.kind() == Handover.Kind.ROLL_BACK || stable == null
                ? handover.getRelease().getNumber()
                : stable.getNumber();
        return record.releases().stream()
                .filter(release -> release.number() >= from && release.number() <= to && release.hasMigrated())
                .map(release -> release.migrations() + " in release " + release.number())
                .collect(Collectors.joining(", "));
    }

    /** Whether migrated data has to be acknowledged, or may have to be, since the cluster did not answer. */
    public boolean isAcknowledging() {
        return handover.isDestructive() && (record == null || !getMigrations().isEmpty());
    }

    /** The parameters of the job that this does not set by itself. */
    @NonNull
    public List<ParameterDefinition> getParameters() {
        return handover.asked();
    }

    @NonNull
    public Target getTarget() {
        return handover.getRelease().getTarget();
    }

    @NonNull
    public ReleasesTab getTab() {
        return tab;
    }
}
