package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;

/**
 * Whether somebody has decided to do what is refused otherwise, and why.
 *
 * @param given whether to do it
 * @param reason why, for the log and the record; never empty if {@code given}
 */
public record Force(boolean given, String reason) {

    public static final Force NONE = new Force(false, "");

    public Force {
        reason = reason.strip();
        if (given && reason.isEmpty()) {
            throw new UserException("'force' needs a 'reason': say why, for those who read the record later.");
        }
    }
}
