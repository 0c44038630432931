package io.jenkins.plugins.safedeployments.engine.release;

import io.jenkins.plugins.safedeployments.engine.model.UserException;

/**
 * Who acts on a release: one step of one run.
 *
 * @param id unique for the step's execution in its run on its controller, and the same after a restart
 * @param run for people: {@code shop/release #17}
 * @param url of the run; may be empty where Jenkins does not know its own
 * @param user who started the run; empty if nobody did
 * @param job full name of the run's job; empty if it is not known
 * @param build the run's number among those of its job, which tells older from newer; 0 if it is not known
 */
public record Actor(String id, String run, String url, String user, String job, int build) {
    public Actor {
        job = job == null ? "" : job; // as in records of before it was kept
        if (id.isBlank()) {
            throw new UserException("An actor needs an id.");
        }
    }

    /** One whose run is not known to be older or newer than any other. */
    public Actor(String id, String run, String url, String user) {
        this(id, run, url, user, "", 0);
    }

    /** {@code shop/release #17 (started by alice)}. */
    public String text() {
        return run + (user.isEmpty() ? "" : " (started by " + user + ")");
    }
}
