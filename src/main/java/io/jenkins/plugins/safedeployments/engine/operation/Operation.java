package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.List;

/** Something done for a release: a list of moves, and what follows if one of them fails. Instances are used once. */
public interface Operation {

    /** Its moves, in order. Asked for once, before the first look. */
    @NonNull
    List<Move> moves();

    /**
     * Called when a move failed for good, or the operation was told to stop; and once more, if a move that cleans up failed
     * for good.
     *
     * @param cause in one sentence
     * @return moves that clean up, after which the operation has failed with {@code cause} all the same
     */
    @NonNull
    List<Move> failed(String cause);

    /** What came of it, when all moves are done. */
    @NonNull
    Outcome outcome();

    /** Until when an API server that does not answer is asked again. */
    @NonNull
    Instant deadline();

    /** For thread dumps and status lines: {@code waiting for the canary of addressbook}. */
    @NonNull
    String status();

    /** Frees what the operation holds in memory, watches above all. Called once, at the end. */
    void close();
}
