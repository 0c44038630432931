package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Waits until a Deployment serves, or until it is certain that it will not. Watches say when to look and what there is;
 * every half minute the API server itself is asked, since a watch may have died without a word.
 */
final class AwaitRollout implements Move {

    private static final Duration POLL = Duration.ofSeconds(30);

    /** How long the watches get to bring their first lists, before the API server is asked directly. */
    private static final Duration FIRST_LISTS = Duration.ofSeconds(5);

    private final ReleaseState state;
    private final Track track;
    private final long generation;
    private final Diagnosis diagnosis = new Diagnosis();
    private final Instant begun;
    private Instant lastPoll;
    private String lastProgress = "";

    /** @param generation that of the last write, whose result is awaited */
    AwaitRollout(ReleaseState state, Track track, long generation) {
        this.state = state;
        this.track = track;
        this.generation = generation;
        this.begun = state.session.now();
        this.lastPoll = begun;
    }

    @Override
    public Next look() {
        String deployment = state.session.target().deployment(track);
        String service = state.plan().service();
        Instant now = state.session.now();
        View view = state.view();
        boolean poll = !now.isBefore(lastPoll.plus(POLL));
        if (!view.isComplete() && now.isBefore(begun.plus(FIRST_LISTS))) {
            return Next.waitUntil(begun.plus(FIRST_LISTS));
        }
        ClusterReader source = view.isComplete() && !poll ? view : state.session.cluster();
        if (poll) {
            lastPoll = now;
        }
        Observation observation = Observation.of(source, deployment, service);
        if (observation.deployment() == null && source == view) {
            source = state.session.cluster(); // new and not brought yet, or deleted: only the API server knows
            observation = Observation.of(source, deployment, service);
        }
        Rollout rollout = Rollout.of(observation, generation, !service.isEmpty());
        if (rollout.isComplete() && source == view) {
            // watches may be behind, and what follows takes capacity away: the API server itself has to say so
            source = state.session.cluster();
            observation = Observation.of(source, deployment, service);
            rollout = Rollout.of(observation, generation, !service.isEmpty());
        }
        progress(rollout);
        if (rollout.isComplete()) {
            return Next.DONE;
        }
        if (observation.deployment() == null && source == state.session.cluster()) {
            throw new UserException("Deployment " + deployment + " is gone: somebody deleted it.");
        }
        Optional<Problem> problem = diagnosis.certain(observation, now);
        if (problem.isPresent()) {
            throw new UserException(sentence(problem.get()));
        }
        Instant deadline = state.deadline();
        if (!now.isBefore(deadline)) {
            throw new UserException(
                    "The " + track.label() + " of " + state.session.target() + " was not ready in time (" + rollout
                            + "). " + openProblems(observation) + "Raise 'timeout' if it only needs longer.");
        }
        Instant next =
                diagnosis.nextCertainty(observation).filter(i -> i.isAfter(now)).orElse(deadline);
        return Next.waitUntil(earliest(next, deadline, now.plus(POLL)));
    }

    private void progress(Rollout rollout) {
        String text = rollout.toString();
        if (!text.equals(lastProgress)) {
            lastProgress = text;
            state.status("waiting for " + track.label() + ": " + text);
            if (rollout.seen()) {
                state.say(track.label(), text + (rollout.isComplete() ? " (" + took() + ")" : ""));
            }
        }
    }

    private String took() {
        return ReleaseState.seconds(Duration.between(begun, state.session.now()));
    }

    private static String sentence(Problem problem) {
        String text = problem.sentence();
        return text + (text.endsWith(".") ? " " : ". ") + problem.hint();
    }

    private static String openProblems(Observation observation) {
        List<Problem> problems = Diagnosis.problems(observation);
        return problems.isEmpty() ? "" : problems.get(0).sentence() + ". ";
    }

    private static Instant earliest(Instant first, Instant second, Instant third) {
        Instant least = first.isBefore(second) ? first : second;
        return least.isBefore(third) ? least : third;
    }
}
