package io.jenkins.plugins.safedeployments.engine.calendar;

import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;

/** How a text that a user wrote is refused: names the parameter and the text, then says what is wrong and what to write. */
record Refusal(String parameter, String text) {

    private static final int MAX = 120;

    UserException because(String detail) {
        return new UserException("'" + parameter + "' has '" + shortened(text) + "': " + detail);
    }

    static String shortened(String text) {
        String line = InertText.oneLine(text);
        return line.length() <= MAX ? line : line.substring(0, MAX - 3) + "...";
    }
}
