package io.jenkins.plugins.safedeployments.engine.release;

/** Somebody else holds the claim on the target by now: whoever sees this stops and changes nothing more. */
public final class FencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
        super(message);
    }
}
