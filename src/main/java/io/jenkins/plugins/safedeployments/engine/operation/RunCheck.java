package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck.Pods;
import io.jenkins.plugins.safedeployments.engine.release.Fence;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Runs one test in ready pods of the canary's present template, and in no others: in one, or in each in turn. */
abstract class RunCheck implements Move {

    final ReleaseState state;
    private final CanaryCheck check;
    private final Set<String> passed = new HashSet<>();
    private KubeObject pod;
    private Instant begun;
    private boolean over;

    RunCheck(ReleaseState state, CanaryCheck check) {
        this.state = state;
        this.check = check;
    }

    static RunCheck of(ReleaseState state, CanaryCheck check) {
        return check instanceof CommandTest command
                ? new RunCommandTest(state, command)
                : new RunHttpTest(state, (HttpTest) check);
    }

    /** Looks at the test in a pod; begins it at the first call for this pod. {@link UserException} if it failed. */
    abstract Next lookAt(KubeObject inPod);

    /** Whether there is nothing to run, which it then has said. */
    boolean isSettled() {
        return false;
    }

    @Override
    public final Next look() {
        if (over) {
            return Next.DONE;
        }
        notOvertaken();
        while (!over) {
            if (pod == null) {
                state.status("testing the canary: " + check.name());
                over = passed.isEmpty() && isSettled();
                pod = over ? null : nextPod();
                begun = state.session.now();
            }
            if (pod == null) {
                break; // all have passed
            }
            Next next = lookAt(pod);
            if (!next.isDone()) {
                return next;
            }
            state.say(
                    "test",
                    "'" + check.name() + "' passed"
                            + (check.pods() == Pods.ALL ? " in pod " + pod.name() : "")
                            + " (" + ReleaseState.seconds(Duration.between(begun, state.session.now())) + ")");
            passed.add(pod.uid());
            pod = null;
            over = check.pods() == Pods.ONE;
        }
        over = true;
        return Next.DONE;
    }

    /** As the watches tell, which is early enough: what a test writes is protected by itself. */
    private void notOvertaken() {
        View view = state.view();
        Optional<KubeObject> canary =
                view.get(Kind.DEPLOYMENT, state.session.target().deployment(Track.CANARY));
        if (canary.isPresent()) {
            Fence.check(canary.get(), state.fence());
        } else if (view.isComplete()) {
            state.claim.check(state.fence()); // it is gone: whoever took it away may have taken the release back
        }
    }

    /**
     * One that has not been tested yet; looked for anew each time, since pods come and go. That the watches know one is
     * enough to go on; that there is none, or none left, the API server itself has to say.
     */
    @CheckForNull
    private KubeObject nextPod() {
        View view = state.view();
        if (view.isComplete()) {
            Observation seen = observation(view);
            KubeObject untested = state.isOfRelease(seen.deployment()) ? untested(seen) : null;
            if (untested != null) {
                return untested;
            }
        }
        Observation observation = observation(state.session.cluster());
        KubeObject deployment = observation.deployment();
        if (!state.isOfRelease(deployment)) {
            throw new UserException("The canary of " + state.release().title() + " is "
                    + (deployment == null ? "gone" : "no longer this release's")
                    + ", so the test '" + check.name() + "' cannot run: take the release back with rollbackCanary.");
        }
        if (passed.isEmpty() && observation.readyPods().isEmpty()) {
            throw new UserException(
                    "The test '" + check.name() + "' found no ready pod of the canary: it was ready and is no longer.");
        }
        return untested(observation);
    }

    private Observation observation(ClusterReader source) {
        return Observation.of(source, state.session.target().deployment(Track.CANARY), "");
    }

    @CheckForNull
    private KubeObject untested(Observation observation) {
        return observation.readyPods().stream()
                .filter(candidate -> !passed.contains(candidate.uid()))
                .findFirst()
                .orElse(null);
    }
}
