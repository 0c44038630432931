package io.jenkins.plugins.safedeployments.engine.model;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * Text of people, pods and clusters without what a terminal or a browser would obey, what could forge another line, and what hides
 * text or turns its direction: controls, formats, and line and paragraph separators, as Unicode has them. The two joiners stay, without
 * which some scripts can't be written.
 */
public final class InertText {

    private static final String MARKS = "\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\u200C\\u200D";

    private InertText() {}

    /** In one line, with a blank for each stretch of them. */
    @NonNull
    public static String oneLine(String text) {
        return text.replaceAll("[" + MARKS + "]]+", " ").strip();
    }

    /**
     * A line that is no longer than that, and three dots. It is cut between words: of half a secret nobody could tell that it is one, and
     * mask it.
     */
    @NonNull
    public static String cut(String line, int max) {
        return line.length() <= max ? line : line.substring(0, Math.max(0, line.lastIndexOf(' ', max))) + "...";
    }

    /** In its lines, with a blank for each of them; tabs stay, and each kind of line end is a line feed. */
    @NonNull
    public static String lines(String text) {
        return text.replaceAll("\\R", "\n")
                .replaceAll("[" + MARKS + "\\n\\t]]", " ")
                .strip();
    }

    /** With a question mark in the place of each of them but tabs, so that one sees that there was something. */
    @NonNull
    public static String marked(String text) {
        return text.replaceAll("[" + MARKS + "\\t]]", "?");
    }
}
