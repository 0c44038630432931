package io.jenkins.plugins.safedeployments.engine.release;

import io.jenkins.plugins.safedeployments.engine.model.UserException;

/**
 * Who acts on a release: one step of one run.
 *
 * @param id unique for the step's execution in its run on its controller, and the same after a restart
 * @param run for people: {@code shop/release #17}
 * @param url of the run; may be empty where Jenkins does not know its own
 * @param user who started the run; empty if nobody did
 */
public record Actor(String id, String run, String url, String user) {
    public Actor {
        if (id.isBlank()) {
            throw new UserException("An actor needs an id.");
        }
    }

    /** {@code shop/release #17 (started by alice)}. */
    public String text() {
        return run + (user.isEmpty() ? "" : " (started by " + user + ")");
    }
}
