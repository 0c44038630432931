package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Undoes what a release in progress did, and nothing else: evidence first, then stable back to what and how big it was,
 * and only when that serves the canary away. The order is that of Spinnaker's explicit rollback.
 */
final class Undo {

    private final ReleaseState state;
    private final Supplier<String> why;
    private String reason;
    private final boolean postMortem;
    private long stableGeneration;
    private AwaitRollout rollout;

    /** What this has made of stable; null if that is as it was, but for its size. */
    private KubeObject applied;

    /** @param why the reason for the record; asked when the release is known */
    Undo(ReleaseState state, Supplier<String> why, boolean postMortem) {
        this.state = state;
        this.why = why;
        this.postMortem = postMortem;
    }

    List<Move> moves() {
        WhileServing stable = new WhileServing(
                state,
                () -> hasStable()
                        ? rollout = new AwaitRollout(state, Track.STABLE, stableGeneration)
                        : () -> Next.DONE);
        return List.of(
                state.act("beginning the rollback", this::begin),
                state.act("collecting the post-mortem", this::collect),
                state.act("restoring what came with the release", this::restoreSupport),
                state.act("restoring stable", this::restoreStable),
                stable::await,
                state.act("comparing the images", this::compareImages),
                state.act("restoring Services", this::restoreServices),
                stable.act("removing the canary", this::removeCanary),
                state.act("recording the rollback", this::end));
    }

    /** What follows if the rollback failed: that is loud, leaves both tracks up and triggers nothing. */
    List<Move> failed(String cause) {
        return List.of(state.act("recording the failure", () -> {
            String text = "THE ROLLBACK FAILED: " + cause;
            state.sayFailed(text);
            state.enter(Phase.FAILED, text);
            state.say("left", "both tracks are left as they are, and nothing else is tried: a person must look");
        }));
    }

    private boolean hasStable() {
        return state.plan().originalReplicas() != null;
    }

    private void begin() {
        reason = why.get();
        state.say("rollback", state.release().title() + ": " + reason);
        state.enter(Phase.ROLLING_BACK, reason);
        state.applying.takeOver(); // what serves counts more than who manages it
        state.workloads.stamp(Track.STABLE, state.fence());
        state.workloads.stamp(Track.CANARY, state.fence());
    }

    private void collect() {
        if (postMortem && state.workloads.get(Track.CANARY).isPresent()) {
            state.keepEvidence(new PostMortem(state.session, state.release(), reason).collect());
        }
        state.takeBack(); // pods of stable may need as long to come back as others needed to come
    }

    /** Before stable gets new pods, which begin with what they find. */
    private void restoreSupport() {
        restore(object -> !object.kind().equals(Kind.SERVICE));
    }

    /** Not before stable serves: until then the pods that the release made may be all that the Service must find. */
    private void restoreServices() {
        restore(object -> object.kind().equals(Kind.SERVICE));
    }

    private void restore(Predicate<KubeObject> which) {
        state.plan().supportBefore().stream()
                .map(KubeObject::of)
                .filter(which)
                .forEach(before -> state.say("restored", state.supportObjects.restore(before, state.fence())));
    }

    private void restoreStable() {
        Integer original = state.plan().originalReplicas();
        if (original == null) {
            removeStableOfThisRelease();
            return;
        }
        Optional<KubeObject> stable = state.workloads.get(Track.STABLE);
        if (stable.isEmpty() || state.isOfRelease(stable.get())) {
            restoreTemplate(stable.isPresent());
        }
        // never smaller than it is: whoever has made it bigger meanwhile had a reason
        int now = stable.map(deployment -> deployment.integer(1, "spec", "replicas"))
                .orElse(0);
        int size = Math.max(original, now);
        state.sayIfAny("autoscaler", state.workloads.autoscaler().pin(size, state.fence()));
        Workloads.Resized resized = state.workloads.grow(size, state.fence(), stable.isEmpty());
        stableGeneration = resized.deployment().generation();
        state.say("stable", resized.text());
    }

    /** What an earlier release made is applied again, so that the same manager owns the same fields; else put back. */
    private void restoreTemplate(boolean isThere) {
        KubeObject before = KubeObject.of(Objects.requireNonNull(state.plan().before(), "there was a stable"));
        Optional<Release> earlier = earlier(before);
        if (earlier.isPresent()) {
            applied = state.workloads.applyEarlier(
                    KubeObject.of(earlier.get().plan().stable()), earlier.get().number(), state.fence());
            state.say(
                    "stable",
                    (isThere ? "rolled back to " : "was deleted; made again by ")
                            + earlier.get().title());
            warnOfLostChanges(earlier.get(), before, applied);
        } else if (!isThere) {
            throw new UserException("Deployment " + before.name()
                    + " is gone: somebody deleted it, and there is no record to make it from. The canary is left as it is,"
                    + " since it is all that serves: make " + before.name()
                    + " again by hand, then run rollbackCanary again.");
        } else {
            applied = state.workloads.restore(before, state.manifest(Track.STABLE), state.fence());
            state.say("stable", "rolled back to what it was before the release");
        }
    }

    /** What somebody had set between the two releases went by the promotion, and the earlier release does not have it. */
    private void warnOfLostChanges(Release earlier, KubeObject before, KubeObject after) {
        SortedSet<String> lost = Differences.paths(
                "spec",
                FieldOwners.content(before),
                FieldOwners.content(after.with(before.get("spec", "paused"), "spec", "paused")));
        if (!lost.isEmpty()) {
            state.say(
                    "warning",
                    "Stable is as " + earlier.title()
                            + " made it, and not as it was before this release: it had been changed"
                            + " in between, in " + String.join(", ", lost)
                            + ". What of it is still wanted, set again, and put it into the manifests");
        }
    }

    /** The release that had made stable what it was, if one had and its record is there. */
    private Optional<Release> earlier(KubeObject before) {
        String number = before.annotation(Names.RELEASE);
        return number == null ? Optional.empty() : state.store.get(Integer.parseInt(number));
    }

    /** New pods of the same template bring in what its tag names by now; nothing here may keep the canary from going. */
    private void compareImages() {
        Map<String, Object> before = state.plan().before();
        if (before != null) {
            try {
                earlier(KubeObject.of(before)).ifPresent(state::compareImages);
            } catch (UserException e) {
                state.say("warning", "The images of stable could not be compared: " + e.getMessage());
            }
        }
    }

    /** A first release has nothing to return to; what it made of stable goes with it. */
    private void removeStableOfThisRelease() {
        state.workloads.get(Track.STABLE).filter(state::isOfRelease).ifPresent(stable -> {
            state.workloads.delete(Track.STABLE, state.fence());
            state.say("stable", "removed: the release had made it");
        });
        state.say("stable", "there was none before this release, so nothing serves after it");
    }

    private void removeCanary() {
        if (state.workloads.delete(Track.CANARY, state.fence())) {
            state.say("canary", "removed");
        } else {
            state.say("canary", "there is none");
        }
        state.plan().supportMade().stream()
                .map(KubeObject::of)
                .forEach(made -> state.sayIfAny("removed", state.supportObjects.remove(made, state.fence())));
        state.sayIfAny("autoscaler", state.workloads.autoscaler().unpin(state.fence()));
    }

    /** What somebody makes of stable meanwhile is theirs to answer for; it must not keep the canary from going. */
    private String changed() {
        if (applied == null || !FieldOwners.isChanged(applied, rollout.served())) {
            return "";
        }
        String text =
                "Somebody has changed " + applied + " while it was rolled back, so it is not what it was before the"
                        + " release: look at it by hand, or return to an earlier release with rollbackCanary and 'to'";
        state.say("warning", text);
        return text;
    }

    private void end() {
        String changed = changed();
        state.enter(Phase.ROLLED_BACK, changed.isEmpty() ? reason : reason + " (" + changed + ")");
        state.claim.release(state.fence(), state.session.now());
    }
}
