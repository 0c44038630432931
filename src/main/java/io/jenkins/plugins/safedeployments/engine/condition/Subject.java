package io.jenkins.plugins.safedeployments.engine.condition;

/**
 * What one clause asks about.
 *
 * @param argument of {@code judgment} and {@code parameter}; empty with the other words
 */
public record Subject(Word word, String argument) {

    /** {@code parameter('TAG')}. */
    @Override
    public String toString() {
        return word.text() + (word.takesArgument() ? "(" + Quoted.text(argument) + ")" : "");
    }
}
