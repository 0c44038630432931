package io.jenkins.plugins.safedeployments.engine.model;

/**
 * Something a user did or can mend, said in one sentence that names the parameter or object, its value and the remedy.
 * It is shown as it is, without a stack trace.
 */
public class UserException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
