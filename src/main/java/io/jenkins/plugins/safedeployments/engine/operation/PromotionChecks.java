package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.LabelSelector;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What has to be so in the cluster for a release to be promoted, unless that is forced: what was proved is there, and serves. */
final class PromotionChecks {

    private final ReleaseState state;
    private final Session session;
    private final Force force;

    /** What was let pass, and said. */
    private final Set<String> forced = new HashSet<>();

    PromotionChecks(ReleaseState state, Session session, Force force) {
        this.state = state;
        this.session = session;
        this.force = force;
    }

    /** @throws UserException unless it is to be let pass, which is said once */
    void unlessForced(String text) {
        if (!force.given()) {
            throw new UserException(text + (text.endsWith(".") ? " " : ". ")
                    + "Take it back with rollbackCanary, or promote it with 'force' and a 'reason'.");
        }
        if (forced.add(text)) {
            state.say("forced", text + "; promoted all the same: " + force.reason());
        }
    }

    /** What was judged is what is promoted. While a promotion is repeated the canary may be gone already. */
    void canaryIsUnchanged(Release release) {
        if (release.phase() == Phase.PROMOTING) {
            return;
        }
        Optional<KubeObject> canary = state.workloads.get(Track.CANARY);
        String expected = Integer.toString(release.number());
        if (canary.isEmpty() || !expected.equals(canary.get().annotation(Names.RELEASE))) {
            throw new UserException("The canary of " + release.title() + " is "
                    + (canary.isEmpty() ? "gone" : "no longer this release's")
                    + ", so what would be promoted has not been proved: take the release back with rollbackCanary.");
        }
        String editor = FieldOwners.editorSinceApplied(canary.get());
        if (!editor.isEmpty()) {
            unlessForced("'" + editor + "' has changed the canary of " + release.title()
                    + " since it was deployed, so what was tested and judged is not what would be promoted");
        }
        canaryStillServes(release, canary.get());
    }

    /** What has proved itself hours ago, and does not serve any more, is not promoted. What it says of itself does to ask no more. */
    private void canaryStillServes(Release release, KubeObject canary) {
        if (!rollout(canary).isComplete()) {
            unlessForced("The canary of " + release.title() + " does not serve at this moment" + whyNot(release));
        }
        Integer before = release.facts().restarts();
        if (before != null) {
            List<KubeObject> pods = session.cluster().list(Kind.POD).stream()
                    .filter(pod -> LabelSelector.of(canary).selects(pod.map("metadata", "labels")))
                    .toList();
            if (Restarts.of(pods) > before) {
                unlessForced("The canary of " + release.title() + " has been restarted since it was ready: "
                        + Restarts.text(pods));
            }
        }
    }

    /** What it says of itself, also while its controller has not seen that it was stamped, which changes nothing in it. */
    static boolean isAvailable(KubeObject canary) {
        Rollout now = rollout(canary);
        return now.available() >= now.wanted();
    }

    private static Rollout rollout(KubeObject canary) {
        return Rollout.of(new Observation(canary, null, List.of(), Set.of(), 0), 0, false);
    }

    private String whyNot(Release release) {
        String service = release.plan().service();
        Observation seen = Observation.of(session.cluster(), session.target().deployment(Track.CANARY), service);
        Testimony testimony = new Testimony(session.cluster(), session.report());
        return " (" + Rollout.of(seen, 0, !service.isEmpty()) + ")"
                + new Diagnosis()
                        .likeliest(seen)
                        .map(problem -> ": " + testimony.hear(problem).text())
                        .orElse("");
    }

    /** What somebody has changed in stable by hand since would go with the promotion, unless that was begun before. */
    void stableIsUnchanged(Release release, KubeObject stable) {
        Workloads.checkNotPaused(stable);
        if (Integer.toString(release.number()).equals(stable.annotation(Names.RELEASE))) {
            return;
        }
        String editor = FieldOwners.editorSince(release.plan().before(), stable);
        if (!editor.isEmpty()) {
            unlessForced("'" + editor + "' has changed " + stable + " since " + release.title()
                    + " was begun, and its promotion would undo that: what is to stay belongs into the manifests of a new"
                    + " release");
        }
    }
}
