package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;

/**
 * What was applied with a release while somebody else took that back: the request may have been under way for longer than
 * that took. It bears no stamp that would have refused it, so it is taken away again by who has applied it; unless a later
 * release has begun, which may need it.
 */
final class LateSupport {

    private final ReleaseState state;
    private final SupportObjects objects;

    LateSupport(ReleaseState state) {
        this.state = state;
        this.objects = new SupportObjects(state.session.cluster(), state.applying, this::checkLast);
    }

    private void checkLast(int release) {
        int last = state.claim.look().lastRelease();
        if (last != release) {
            throw new FencedException("Release " + last + " has begun since.");
        }
    }

    /** Puts what came too late back to what it was, for who is overtaken and has just applied something. */
    void withdraw() {
        Release over = state.store.get(state.release().number()).orElse(state.release());
        boolean takenBack = over.phase() == Phase.ROLLING_BACK || over.phase() == Phase.ROLLED_BACK;
        if (!takenBack || over.facts().returnTo() != null) {
            return; // whoever goes on with it needs the same
        }
        try {
            // as long as its canary is there, that may need them, and who takes it away looks after them next
            boolean needed =
                    state.workloads.get(Track.CANARY).filter(state::isOfRelease).isPresent();
            over.plan().supportBefore().stream()
                    .map(KubeObject::of)
                    .filter(before -> !needed || !before.kind().equals(Kind.SERVICE))
                    .forEach(before -> state.say("restored", objects.restore(before, over.number())));
            if (!needed) {
                removeMade(over);
            }
        } catch (FencedException e) {
            warn(over, e);
        }
    }

    /** Removes what a release had brought that is over, for who died in the midst of applying it, and comes back. */
    void remove(Release over) {
        try {
            removeMade(over);
        } catch (FencedException e) {
            warn(over, e);
        }
    }

    private void removeMade(Release over) {
        over.plan().supportMade().stream()
                .map(KubeObject::of)
                .forEach(made -> state.sayIfAny("removed", objects.remove(made, over.number())));
    }

    private void warn(Release over, FencedException later) {
        state.say(
                "warning",
                "What comes with " + over.title()
                        + " may have been applied after that was taken back, and is left as it" + " is: "
                        + later.getMessage() + " If that needs the same objects, apply them again.");
    }
}
