package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import io.jenkins.plugins.safedeployments.runtime.Origins;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.core.Authentication;

/** A canary that a run has left, for the job that makes it stable. */
final class ReleaseCandidate implements Candidate {

    private final Run<?, ?> run;
    private final ReleaseEntry entry;
    private final String condition;

    /** Looked up once, so that what it says and what is started is the same. */
    private Optional<Handover> handover;

    private ReleaseCandidate(Run<?, ?> run, ReleaseEntry entry, String condition) {
        this.run = run;
        this.entry = entry;
        this.condition = condition;
    }

    /** None if the job promotes no releases by itself. */
    @NonNull
    static List<Candidate> of(Run<?, ?> run) {
        PromotionProperty property = PromotionProperty.of(run.getParent());
        String condition = property == null ? null : property.getAutoPromote();
        List<Candidate> candidates = new ArrayList<>();
        if (condition != null) {
            canaries(run).forEach(entry -> candidates.add(new ReleaseCandidate(run, entry, condition)));
        }
        return candidates;
    }

    /** The last one of each target. */
    @NonNull
    static List<ReleaseEntry> canaries(Run<?, ?> run) {
        Map<Target, ReleaseEntry> last = new LinkedHashMap<>();
        for (ReleaseEntry entry : ReleasesAction.entries(run)) {
            if (entry.getAct() == Act.CANARY_DEPLOY) {
                last.put(entry.getTarget(), entry);
            }
        }
        return new ArrayList<>(last.values());
    }

    @NonNull
    @Override
    public ReleaseEntry entry() {
        return entry;
    }

    @NonNull
    @Override
    public String condition() {
        return condition;
    }

    @NonNull
    @Override
    public String title() {
        return "release " + entry.getRelease() + " of " + entry.getTarget();
    }

    /** The promotion that has led to this release of the same target. */
    @NonNull
    @Override
    public String circle() {
        return Origins.of(run).stream()
                .filter(PromotionCause.class::isInstance)
                .map(PromotionCause.class::cast)
                .filter(cause -> cause.kind() == Kind.PROMOTE && cause.target().equals(entry.getTarget()))
                .findFirst()
                .map(cause -> Messages.AutoPromoter_Circle(cause.getRelease() + " of " + cause.target()))
                .orElse("");
    }

    @NonNull
    @Override
    public String whyNot(Authentication who) {
        Handover found = jobStart();
        KnownRelease newest = found == null ? null : found.history().newest();
        if (newest != null && newest.getNumber() > entry.getRelease()) {
            return Messages.AutoPromoter_Newer(newest.getTitle());
        }
        return found == null || entry.getPhase() == Phase.ROLLED_BACK
                ? Messages.Handover_NotNow(
                        "release " + entry.getRelease(), entry.getPhase().text())
                : found.lockedByItself(who);
    }

    @CheckForNull
    @Override
    public Handover jobStart() {
        if (handover == null) {
            handover = new JobReleasesTab(run.getParent())
                    .histories().stream()
                            .filter(history -> history.getTarget().equals(entry.getTarget()))
                            .filter(history -> history.find(entry.getRelease()) != null)
                            .map(history -> new Handover(
                                    Kind.PROMOTE, run.getParent(), history, history.find(entry.getRelease())))
                            .findFirst();
        }
        return handover.orElse(null);
    }

    @NonNull
    @Override
    public String promote(String why) {
        Handover found = jobStart();
        return found == null
                ? Messages.ReleasesTab_NotKnown()
                : found.start(
                        new PromotionCause(found, run.getParent(), run, "", why),
                        found.told("", false),
                        found.defaults());
    }
}
