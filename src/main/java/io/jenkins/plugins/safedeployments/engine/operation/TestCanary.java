package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.Tested;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs tests in the canary of the release that holds the target, and records how they ended: the step {@code canaryTest}. It
 * takes the claim from nobody: it acts under the fencing number that it finds, and ends when somebody raises that.
 */
public final class TestCanary extends ReleaseOperation {

    private final int number;
    private final List<CanaryCheck> checks;
    private final Set<String> passedBefore = new HashSet<>();

    /** The test that is under way, or about to begin. */
    private CanaryCheck current;

    /** @param number of the only release that may be tested; 0 for whichever is in canary */
    public TestCanary(Session session, int number, List<? extends CanaryCheck> checks) {
        super(session);
        this.number = number;
        this.checks = List.copyOf(checks);
        if (checks.isEmpty()) {
            throw new UserException(
                    "'tests' is empty: say what is to be tried in the canary, such as exec('npm run ping').");
        }
        current = checks.get(0);
    }

    @Override
    Move find() {
        return state.act("looking for the release in canary", this::findRelease);
    }

    @Override
    List<Move> work() {
        List<Move> moves = new ArrayList<>();
        moves.add(new LazyMove(() -> AwaitRollout.beforeTests(state)));
        checks.forEach(check -> moves.add(recorded(check, RunCheck.of(state, check))));
        return moves;
    }

    private void findRelease() {
        Target target = session.target();
        Optional<Release> own = state.own();
        own.ifPresent(this::findOwnResults);
        if (own.isPresent() && checks.stream().allMatch(check -> passedBefore.contains(check.name()))) {
            state.hold(own.get(), 0);
            settle(done());
            return;
        }
        Claim.State claim = state.claim.look();
        int wanted = own.map(Release::number).orElse(number);
        if (claim.holder() == 0 || wanted != 0 && wanted != claim.holder()) {
            throw new UserException(
                    claim.holder() == 0
                            ? "No release of " + target + " is in canary: run canaryDeploy first."
                            : "Release " + wanted + " of " + target + " is not in canary; " + claim.text() + ", is.");
        }
        Release release = state.store
                .get(claim.holder())
                .orElseThrow(() -> new UserException("Release " + claim.holder() + " of " + target
                        + " has no record, so it cannot be tested: take it back with rollbackCanary."));
        mayBeTested(release, claim);
        state.hold(release, claim.fence());
        state.say(
                "release",
                release.number() + " of " + target + ", image " + release.plan().image());
        passedBefore.forEach(name -> state.say("resumed", "'" + name + "' has passed before"));
    }

    /** What this very step has recorded before a restart is not done again. */
    private void findOwnResults(Release release) {
        for (CanaryCheck check : checks) {
            Optional<Tested.Result> result = release.tested()
                    .result(check.name())
                    .filter(r -> r.actor().equals(session.actor().id()));
            if (result.isPresent() && !result.get().passed()) {
                throw new UserException(result.get().cause());
            }
            result.ifPresent(passed -> passedBefore.add(check.name()));
        }
    }

    private void mayBeTested(Release release, Claim.State claim) {
        String title = release.title() + " of " + session.target();
        switch (release.phase()) {
            case CANARY_READY -> {}
            case CANARY_STARTING ->
                throw new UserException("The canary of " + title + " is still being brought up by " + claim.run()
                        + ": wait for it, or give these tests to canaryDeploy itself.");
            case FAILED ->
                throw new UserException(title + " has failed, so its canary is not tested: " + release.cause());
            default ->
                throw new UserException("There is no canary to test: " + title + " is "
                        + release.phase().text() + " by " + claim.run() + ".");
        }
    }

    private Move recorded(CanaryCheck check, RunCheck run) {
        return () -> {
            if (passedBefore.contains(check.name())) {
                return Next.DONE;
            }
            current = check;
            Next next = run.look();
            if (next.isDone()) {
                record(check, "", "test '" + check.name() + "' passed");
            }
            return next;
        };
    }

    private void record(CanaryCheck check, String cause, String text) {
        Tested.Result result = new Tested.Result(check.name(), session.actor().id(), cause);
        state.change(release ->
                release.tested().result(check.name()).filter(result::equals).isPresent()
                        ? release // the answer to the first try was lost
                        : release.learn(release.tested().with(result), text, session.actor(), session.now()));
    }

    /** Nothing is undone: the canary stays, and its record says that it should not be promoted. */
    @Override
    List<Move> undoOrKeep(String cause) {
        return List.of(state.act("recording the failure", () -> {
            state.sayFailed(cause);
            record(current, cause, "test '" + current.name() + "' failed: " + cause);
            state.say("left", "the canary is left as it is: test it again, or take it back with rollbackCanary");
        }));
    }

    @Override
    String done() {
        return (checks.size() == 1 ? "The test" : "All " + checks.size() + " tests") + " of "
                + state.release().title() + " passed after " + state.elapsed() + ".";
    }
}
