package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;

/** The value that a clause asks about, and how it compares. */
final class Actual {

    private static final int SHOWN = 100;

    private final Subject subject;

    @CheckForNull
    private final String value;

    /** Null if it is none, or not asked about. */
    @CheckForNull
    private final RunResult result;

    private Actual(Subject subject, @CheckForNull String value) {
        this.subject = subject;
        this.result = subject.word() == Word.RESULT && value != null ? RunResult.of(value) : null;
        this.value = result == null ? value : result.text();
    }

    /** @throws UserException if the value is too long */
    @NonNull
    static Actual of(Subject subject, @CheckForNull String value) {
        if (value != null && value.length() > Condition.MAX_VALUE) {
            throw new UserException("The value of " + subject + " has " + value.length()
                    + " characters: a condition looks at " + Condition.MAX_VALUE + " at the most.");
        }
        return new Actual(subject, value == null || value.isEmpty() ? null : value);
    }

    boolean equalTo(String text) {
        return result == null ? text.equals(value) : result == RunResult.of(text);
    }

    boolean matches(LinearPattern pattern) {
        if (result != null) {
            return result.words().stream().anyMatch(pattern::find);
        }
        return value != null && pattern.find(value);
    }

    /** In quotes; {@code not set} if there is none. */
    @NonNull
    String text() {
        if (value == null) {
            return "not set";
        }
        return Quoted.text(value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "…");
    }

    private String is() {
        return subject + (value == null ? " is not set" : " = " + text());
    }

    /** What the value is, and that this is as it is asked for. */
    @NonNull
    String fits(Comparison asked, String text) {
        return is()
                + switch (asked) {
                    case EQUAL -> "";
                    case UNEQUAL -> ", not " + Quoted.text(text);
                    case MATCH -> ", which matches " + Quoted.text(text);
                    case NO_MATCH -> ", which does not match " + Quoted.text(text);
                };
    }

    /** What the value is, and what would be needed. */
    @NonNull
    String fails(Comparison asked, String text) {
        return is()
                + switch (asked) {
                    case EQUAL -> ", needed " + Quoted.text(text);
                    case UNEQUAL -> ", needed another";
                    case MATCH -> ", needed one that matches " + Quoted.text(text);
                    case NO_MATCH -> ", needed one that does not match " + Quoted.text(text);
                };
    }
}
