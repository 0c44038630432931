package io.jenkins.plugins.safedeployments.engine.operation;

/** What is known of the runs that act for releases. */
@FunctionalInterface
public interface Runs {

    /** Nothing. */
    Runs UNKNOWN = actor -> false;

    /**
     * Whether the run of an actor is over or gone, so that nobody goes on with what it had begun.
     *
     * @param actor its id
     * @return false also if that is not known, as of a run of another controller
     */
    boolean isOver(String actor);
}
