package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Waits until a Deployment serves, or until it is certain that it will not. Watches say when to look and what there is; that
 * it serves, or that its time is over, the API server itself has to say.
 */
final class AwaitRollout implements Move {

    /** Between two looks at what the watches have brought. */
    private static final Duration POLL = Duration.ofSeconds(30);

    /** How long the watches get to bring their first lists, before the API server is asked directly. */
    private static final Duration FIRST_LISTS = Duration.ofSeconds(5);

    private final ReleaseState state;
    private final Track track;
    private final boolean confirmed;
    private final Diagnosis diagnosis = new Diagnosis();
    private final Instant begun;
    private long generation;
    private KubeObject served;
    private Instant lastPoll;
    private String lastProgress = "";
    private String lastRow = "";
    private String uid = "";
    private Consumer<Observation> watcher = observation -> {};

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

    /** Has the result of a later write awaited. */
    void expect(long later) {
        generation = Math.max(generation, later);
    }

    /** Has what there is looked at each time, beginning when the controller has seen the write that is awaited. */
    void lookAt(Consumer<Observation> closer) {
        watcher = closer;
    }

    @Override
    public Next look() {
        return look(Rollout::isComplete, confirmed);
    }

    /** As it was when it served. */
    KubeObject served() {
        return served;
    }

    /** Waits until all wanted pods are there, whether they serve yet or not; the watches' word is enough for that. */
    Next lookUntilMade() {
        return look(Rollout::isMade, false);
    }

    private Next look(Predicate<Rollout> isDone, boolean confirmed) {
        String deployment = state.session.target().deployment(track);
        String service = state.plan().service();
        Instant now = state.session.now();
        View view = state.view();
        if (!view.isComplete() && now.isBefore(begun.plus(FIRST_LISTS))) {
            return Next.waitUntil(begun.plus(FIRST_LISTS));
        }
        ClusterReader source = view.isComplete() && !isInPart(view, now) ? view : state.session.cluster();
        Observation observation = Observation.of(source, deployment, service);
        if (observation.deployment() == null && source == view) {
            source = state.session.cluster(); // new and not brought yet, or deleted: only the API server knows
            observation = Observation.of(source, deployment, service);
        }
        Rollout rollout = Rollout.of(observation, generation, !service.isEmpty());
        Instant deadline = state.deadline();
        if (source == view
                && (isDone.test(rollout)
                        ? confirmed || !state.isOfRelease(observation.deployment())
                        : !now.isBefore(deadline))) {
            // watches may be behind, and what follows takes capacity away: the API server itself has to say so
            source = state.session.cluster();
            observation = isDone.test(rollout)
                    ? Observation.confirmed(source, view, deployment, service)
                    : Observation.of(source, deployment, service);
            rollout = Rollout.of(observation, generation, !service.isEmpty());
        }
        progress(rollout);
        if (rollout.seen()) {
            watcher.accept(observation);
        }
        if (isDone.test(rollout)) {
            served = observation.deployment();
            if (view.isComplete()) {
                state.workloads.saw(view);
            }
            return Next.DONE;
        }
        identify(observation.deployment(), deployment, source);
        // before the controller has seen the last change, what it says is about the version before
        Optional<Problem> problem = rollout.seen() ? diagnosis.certain(observation, now) : Optional.empty();
        if (problem.isPresent()) {
            throw new UserException(told(problem.get()).text());
        }
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

    /**
     * Whether it is time to ask the API server because pods or endpoints have not been seen to be what the Deployment says:
     * that what has been seen of Deployments is true is found out for all who wait, but these have watches of their own.
     */
    private boolean isInPart(View view, Instant now) {
        if (now.isBefore(lastPoll.plus(POLL))) {
            return false;
        }
        lastPoll = now;
        Observation seen = Observation.of(view, state.session.target().deployment(track), "");
        return Rollout.of(seen, generation, false).isComplete();
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
        String row = rollout.row() + (rollout.isComplete() ? "  serves after " : "");
        if (rollout.seen() && !row.equals(lastRow)) {
            if (lastRow.isEmpty()) {
                state.say(track.label(), rollout.header());
            }
            lastRow = row;
            state.say(track.label(), rollout.isComplete() ? row + took() : row);
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
