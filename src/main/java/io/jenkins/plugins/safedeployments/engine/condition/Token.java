package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * A part of a condition's text.
 *
 * @param text a word or a sign as written, or what is between the quotes
 * @param position of its first character, from 1
 * @param end position after its last character
 */
record Token(Kind kind, String text, int position, int end) {

    enum Kind {
        WORD,
        /** A text in quotes. */
        TEXT,
        COMPARISON,
        OPEN,
        CLOSE,
        END
    }

    /** Whether it is one of the words {@code and}, {@code or}, {@code not}, in any case of letters. */
    boolean is(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    /** For messages: {@code 'master'}, {@code the end}. */
    @NonNull
    String shown() {
        return switch (kind) {
            case END -> "the end";
            case TEXT -> Quoted.text(text);
            default -> "'" + text + "'";
        };
    }
}
