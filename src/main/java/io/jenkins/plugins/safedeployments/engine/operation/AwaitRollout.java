package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Waits until a Deployment serves, or until it is certain that it will not. Watches say when to look and what there is. A
 * watch may have died without a word: what does not give signs of life is not relied on for longer than half a minute, and
 * the rest is compared with what the API server itself says from time to time.
 */
final class AwaitRollout implements Move {

    /** Between two looks at what the watches have brought, and for how long those that give no sign of life are relied on. */
    private static final Duration POLL = Duration.ofSeconds(30);

    /** How often those that do are compared with the API server, by one request: a sign of life may be a minute old. */
    private static final Duration COMPARISON = Duration.ofSeconds(30);

    /** How long the watches get to bring their first lists, before the API server is asked directly. */
    private static final Duration FIRST_LISTS = Duration.ofSeconds(5);

    private final ReleaseState state;
    private final Track track;
    private final long generation;
    private final boolean confirmed;
    private final Diagnosis diagnosis = new Diagnosis();
    private final Instant begun;
    private Instant lastPoll;
    private String lastProgress = "";
    private String lastRow = "";
    private String uid = "";

    /** @param generation that of the last write, whose result is awaited */
    AwaitRollout(ReleaseState state, Track track, long generation) {
        this(state, track, generation, true);
    }

    /** For a canary that is going to be tested: the watches' word is enough, since nothing is taken away for it yet. */
    static AwaitRollout beforeTests(ReleaseState state) {
        return new AwaitRollout(state, Track.CANARY, 0, false);
    }

    private AwaitRollout(ReleaseState state, Track track, long generation, boolean confirmed) {
        this.state = state;
        this.track = track;
        this.generation = generation;
        this.confirmed = confirmed;
        this.begun = state.session.now();
        this.lastPoll = begun;
    }

    @Override
    public Next look() {
        String deployment = state.session.target().deployment(track);
        String service = state.plan().service();
        Instant now = state.session.now();
        View view = state.view();
        if (!view.isComplete() && now.isBefore(begun.plus(FIRST_LISTS))) {
            return Next.waitUntil(begun.plus(FIRST_LISTS));
        }
        ClusterReader source = view.isComplete() && !isWrong(view, now) ? view : state.session.cluster();
        Observation observation = Observation.of(source, deployment, service);
        if (observation.deployment() == null && source == view) {
            source = state.session.cluster(); // new and not brought yet, or deleted: only the API server knows
            observation = Observation.of(source, deployment, service);
        }
        Rollout rollout = Rollout.of(observation, generation, !service.isEmpty());
        if (rollout.isComplete() && source == view && (confirmed || !isOfTheRelease(observation))) {
            // watches may be behind, and what follows takes capacity away: the API server itself has to say so
            source = state.session.cluster();
            observation = Observation.confirmed(source, view, deployment, service);
            rollout = Rollout.of(observation, generation, !service.isEmpty());
        }
        progress(rollout);
        if (rollout.isComplete()) {
            return Next.DONE;
        }
        identify(observation.deployment(), deployment, source);
        // before the controller has seen the last change, what it says is about the version before
        Optional<Problem> problem = rollout.seen() ? diagnosis.certain(observation, now) : Optional.empty();
        if (problem.isPresent()) {
            throw new UserException(told(problem.get()).text());
        }
        Instant deadline = state.deadline();
        if (!now.isBefore(deadline)) {
            throw new UserException("The " + track.label() + " of " + state.session.target()
                    + " was not ready in time (" + rollout + "). "
                    + diagnosis
                            .likeliest(observation)
                            .map(open -> told(open).text() + " ")
                            .orElse("")
                    + "Raise 'timeout' if it only needs longer.");
        }
        diagnosis
                .notable(now)
                .ifPresent(open ->
                        state.say(track.label(), "still waiting: " + told(open).text()));
        Instant next = diagnosis.next().filter(i -> i.isAfter(now)).orElse(deadline);
        return Next.waitUntil(earliest(next, deadline, now.plus(view.isComplete() ? POLL : FIRST_LISTS)));
    }

    /** Whether it is time to ask the API server, and what the watches have brought is not what it says. */
    private boolean isWrong(View view, Instant now) {
        String name = state.session.target().deployment(track);
        Optional<KubeObject> seen = view.get(Kind.DEPLOYMENT, name);
        boolean alive = view.isAlive()
                && seen.filter(deployment -> deployment.generation() >= generation)
                        .isPresent();
        if (now.isBefore(lastPoll.plus(alive ? COMPARISON : POLL))) {
            return false;
        }
        lastPoll = now;
        if (!alive) {
            return true;
        }
        Optional<KubeObject> asked = state.session.cluster().get(Kind.DEPLOYMENT, name);
        return asked.isEmpty()
                || !asked.get().resourceVersion().equals(seen.get().resourceVersion())
                // then it is the endpoints that are waited for, of which the Deployment says nothing
                || Rollout.of(Observation.of(view, name, ""), generation, false).isComplete();
    }

    private boolean isOfTheRelease(Observation observation) {
        KubeObject found = observation.deployment();
        return found != null && Integer.toString(state.release().number()).equals(found.annotation(Names.RELEASE));
    }

    /** A Deployment that is gone, or another one of the same name, is nobody's rollout any more. */
    private void identify(@CheckForNull KubeObject found, String deployment, ClusterReader source) {
        if (found == null && source == state.session.cluster()) {
            throw new UserException("Deployment " + deployment + " is gone: somebody deleted it.");
        }
        if (found != null) {
            if (!uid.isEmpty() && !uid.equals(found.uid())) {
                throw new UserException("Deployment " + deployment
                        + " was deleted and made anew by somebody while its pods were waited for.");
            }
            uid = found.uid();
        }
    }

    private Problem told(Problem problem) {
        return new Testimony(state.session.cluster(), state.session.report()).hear(problem);
    }

    private void progress(Rollout rollout) {
        String text = rollout.toString();
        if (!text.equals(lastProgress)) {
            lastProgress = text;
            state.status("waiting for " + track.label() + ": " + text);
        }
        String row = rollout.row() + (rollout.isComplete() ? "  serves after " + took() : "");
        if (rollout.seen() && !row.equals(lastRow)) {
            if (lastRow.isEmpty()) {
                state.say(track.label(), rollout.header());
            }
            lastRow = row;
            state.say(track.label(), row);
        }
    }

    private String took() {
        return ReleaseState.seconds(Duration.between(begun, state.session.now()));
    }

    private static Instant earliest(Instant first, Instant second, Instant third) {
        Instant least = first.isBefore(second) ? first : second;
        return least.isBefore(third) ? least : third;
    }
}
