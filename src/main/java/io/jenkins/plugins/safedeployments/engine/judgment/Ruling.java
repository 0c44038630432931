package io.jenkins.plugins.safedeployments.engine.judgment;

/**
 * What becomes of something that somebody wants of a judgment.
 *
 * @param judgment as it is then; the same where nothing comes of it
 * @param text for the one who asked, as a sentence
 */
public record Ruling(Kind kind, Judgment judgment, String text) {

    /** What comes of it. */
    public enum Kind {
        /** Nothing: who asked may not. */
        FORBIDDEN,
        /** Nothing: what was asked makes no sense. */
        WRONG,
        /** Nothing: it is decided. */
        LATE,
        /** It is recorded, and it goes on waiting. */
        RECORDED,
        /** What is judged has changed: all votes are void, and this one does not count. */
        LAPSED,
        /** It is recorded, and with it the judgment is decided. */
        DECIDED
    }

    static Ruling refused(Kind kind, Judgment judgment, String text) {
        return new Ruling(kind, judgment, text);
    }
}
