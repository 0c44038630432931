package io.jenkins.plugins.safedeployments.engine.calendar;

/**
 * What a look at a calendar has found.
 *
 * @param text one sentence
 */
public record Finding(Severity severity, String text) {

    /** How bad it is. */
    public enum Severity {
        /** It can't be meant like that; refuse it. */
        ERROR,
        /** It is probably not meant like that. */
        WARNING,
        /** It is worth knowing. */
        NOTE
    }
}
