package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Facts;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Leaves a canary in the traffic for a time, and fails as soon as it is not well: a container that is started again, a problem
 * that does not pass by itself, or no longer serving. When it ends is in the record, so that no restart begins it anew.
 */
final class Soak implements Move {

    /** A pod that is moved to another node needs some time to be back. */
    private static final Duration BACK = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final ReleaseState state;
    private final Duration time;
    private final Diagnosis diagnosis = new Diagnosis();
    private final String deployment;
    private final String service;
    private Instant end;
    private Instant sickSince;

    Soak(ReleaseState state, Duration time) {
        this.state = state;
        this.time = time;
        this.deployment = state.session.target().deployment(Track.CANARY);
        this.service = state.plan().service();
    }

    @Override
    public Next look() {
        Instant now = state.session.now();
        if (end == null) {
            begin(now);
        }
        View view = state.view();
        ClusterReader source = view.isComplete() ? view : state.session.cluster();
        Observation seen = Observation.of(source, deployment, service);
        if (source == view && !state.isOfRelease(seen.deployment())) {
            source = state.session.cluster(); // watches may be behind
            seen = Observation.of(source, deployment, service);
        }
        isWell(seen, now);
        boolean serves = Rollout.of(seen, 0, !service.isEmpty()).isComplete();
        if (serves && source == view && !now.isBefore(end)) {
            seen = Observation.confirmed(state.session.cluster(), view, deployment, service);
            serves = Rollout.of(seen, 0, !service.isEmpty()).isComplete();
        }
        serves(serves, seen, now);
        if (serves && !now.isBefore(end)) {
            state.say("soak", "passed");
            return Next.DONE;
        }
        return Next.waitUntil(wake(now, view.isComplete()));
    }

    private void begin(Instant now) {
        Facts facts = state.release().facts();
        Instant known = facts.soaksUntil();
        if (known == null) {
            known = now.plus(time).truncatedTo(ChronoUnit.SECONDS);
            state.learn(
                    facts.withRestarts(Restarts.of(state.newPods(Track.CANARY))).withSoakUntil(known.toString()));
        }
        end = known;
        state.countAfter(end);
        state.say("soak", "the canary has to stay well until " + end);
        state.status("watching the canary until " + end);
    }

    /** @throws UserException if it can't be what this release has made any more, or is certain to be sick */
    private void isWell(Observation seen, Instant now) {
        if (!state.isOfRelease(seen.deployment())) {
            throw new UserException("Deployment " + deployment + " is "
                    + (seen.deployment() == null ? "gone" : "another one") + ": somebody "
                    + (seen.deployment() == null ? "deleted" : "changed") + " it while it was watched.");
        }
        List<KubeObject> pods = seen.newPods();
        Integer before = state.release().facts().restarts();
        if (Restarts.of(pods) > (before == null ? 0 : before)) {
            throw new UserException("The canary was restarted while it was watched: " + Restarts.text(pods) + ".");
        }
        Optional<Problem> problem = diagnosis.certain(seen, now);
        if (problem.isPresent()) {
            throw new UserException(told(problem.get()));
        }
    }

    private void serves(boolean serves, Observation seen, Instant now) {
        if (serves) {
            sickSince = null;
            return;
        }
        String how = Rollout.of(seen, 0, !service.isEmpty()).toString();
        if (sickSince == null) {
            sickSince = now;
            state.say("soak", "the canary does not serve at this moment (" + how + ")");
        }
        if (!now.isBefore(sickSince.plus(BACK))) {
            throw new UserException("The canary has not served for " + BACK.toMinutes() + " minutes (" + how + ")."
                    + diagnosis.likeliest(seen).map(open -> " " + told(open)).orElse(""));
        }
    }

    private String told(Problem problem) {
        return new Testimony(state.session.cluster(), state.session.report())
                .hear(problem)
                .text();
    }

    private Instant wake(Instant now, boolean watched) {
        Instant next = now.plus(watched ? POLL : AGAIN);
        Instant[] others = {
            end.isAfter(now) ? end : now.plus(AGAIN),
            sickSince == null ? next : sickSince.plus(BACK),
            diagnosis.next().filter(i -> i.isAfter(now)).orElse(next)
        };
        for (Instant other : others) {
            next = other.isBefore(next) ? other : next;
        }
        return next;
    }
}
