package io.jenkins.plugins.safedeployments.engine.operation;

import java.util.function.Supplier;

/** A move that is made when it is its turn, because it depends on what earlier ones found out. */
final class LazyMove implements Move {

    private final Supplier<Move> maker;
    private Move move;

    LazyMove(Supplier<Move> maker) {
        this.maker = maker;
    }

    @Override
    public Next look() {
        if (move == null) {
            move = maker.get();
        }
        return move.look();
    }
}
