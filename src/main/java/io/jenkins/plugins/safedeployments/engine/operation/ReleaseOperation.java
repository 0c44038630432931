package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What the operations on a release have in common. */
abstract class ReleaseOperation implements Operation {

    final Session session;
    final ReleaseState state;

    /** Why there is nothing (more) to do, in a sentence; null as long as there is. */
    private String settled;

    /** The rollback that a failure has begun; null before. */
    private Undo undo;

    ReleaseOperation(Session session) {
        this.session = session;
        this.state = new ReleaseState(session);
    }

    /** Finds the release, or that there is nothing to do; the first move. */
    abstract Move find();

    /** What is done for the release that was found, in order. */
    abstract List<Move> work();

    /** What the step says when all of {@link #work} is done. */
    abstract String done();

    /** Ends the operation well without (more) work. */
    final void settle(String sentence) {
        settled = sentence;
    }

    @Override
    public final List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        moves.add(find());
        work().forEach(move -> moves.add(() -> settled == null ? move.look() : Next.DONE));
        return moves;
    }

    /** What follows a failure of a release that is under way, and not over. */
    abstract List<Move> undoOrKeep(String cause);

    @Override
    public List<Move> failed(String cause) {
        if (settled != null
                || state.releaseOrNull() == null
                || state.release().phase().isFinal()) {
            return List.of();
        }
        state.cleanUp();
        return undoOrKeep(cause);
    }

    /**
     * Takes the release back, or leaves it as it is.
     *
     * @param left what is left then, and what to do about it
     */
    final List<Move> rollBackOrKeep(boolean rollBack, String cause, Supplier<String> left) {
        if (undo != null) {
            return undo.failed(cause);
        }
        if (!rollBack) {
            return List.of(state.act("recording the failure", () -> {
                state.sayFailed(cause);
                state.enter(Phase.FAILED, cause);
                state.say("left", left.get());
            }));
        }
        undo = new Undo(state, () -> cause, true);
        state.takeBack();
        List<Move> moves = new ArrayList<>();
        moves.add(state.act("rolling back", () -> state.sayFailed(cause)));
        moves.addAll(undo.moves());
        return moves;
    }

    @Override
    @NonNull
    public final Outcome outcome() {
        return settled == null
                ? new Outcome(state.release(), done(), state.serviceAddress())
                : new Outcome(state.releaseOrNull(), settled);
    }

    @Override
    public final Instant deadline() {
        return state.deadline();
    }

    @Override
    public final String status() {
        return state.status();
    }

    @Override
    public void close() {
        state.close();
    }
}
