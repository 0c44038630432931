package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.InertText;

/** Text of other people in one line of ours: no line ends, nothing that turns the direction of writing, and not too long. */
final class OneLine {

    private OneLine() {}

    /** @param longest in characters */
    @NonNull
    static String of(String text, int longest) {
        String line = InertText.oneLine(text.replaceAll("[\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]", ""));
        if (line.length() <= longest) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return line.substring(0, end) + "…";
    }
}
