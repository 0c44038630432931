package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An operation that begins only if some requirements are met: all are looked at before it does anything, and all failures told. */
public final class Guarded implements Operation {

    private final Session session;
    private final Operation operation;
    private final List<Requirement> requirements;
    private final boolean resumed;
    private volatile boolean met;

    /** @param resumed whether it may have been begun before a restart, by the same actor; then they were met once */
    public Guarded(Session session, Operation operation, List<Requirement> requirements, boolean resumed) {
        this.session = session;
        this.operation = operation;
        this.requirements = List.copyOf(requirements);
        this.resumed = resumed;
    }

    @Override
    public List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        moves.add(this::check);
        moves.addAll(operation.moves());
        return moves;
    }

    private Next check() {
        if (!isBegun()) {
            List<String> unmet = new ArrayList<>();
            for (Requirement requirement : requirements) {
                String why = requirement.unmet(session);
                if (why != null) {
                    unmet.add(why);
                }
            }
            if (!unmet.isEmpty()) {
                throw new UserException((unmet.size() == 1
                                ? "A precondition is not met: "
                                : unmet.size() + " preconditions are not met: ")
                        + String.join("; ", unmet) + ". Nothing was changed.");
            }
            session.report()
                    .line(
                            "checked",
                            requirements.size() == 1
                                    ? "the precondition is met"
                                    : "all " + requirements.size() + " preconditions are met");
        }
        met = true;
        return Next.DONE;
    }

    private boolean isBegun() {
        return resumed
                && new ReleaseStore(session.cluster(), session.target().app())
                        .list().stream().anyMatch(release -> release.isOf(session.actor()));
    }

    @Override
    public List<Move> failed(String cause) {
        return met ? operation.failed(cause) : List.of();
    }

    @Override
    public Outcome outcome() {
        return operation.outcome();
    }

    @Override
    public Instant deadline() {
        return operation.deadline();
    }

    @Override
    public String status() {
        return met ? operation.status() : "checking the preconditions";
    }

    @Override
    public void close() {
        operation.close();
    }
}
