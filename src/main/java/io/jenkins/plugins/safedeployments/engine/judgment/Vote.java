package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one person said.
 *
 * @param user id of the person
 * @param choice name of the outcome
 * @param comment may be empty
 * @param parameters what was filled in besides: strings, numbers and truth values by their names
 */
public record Vote(String user, String choice, String comment, Instant at, Map<String, Object> parameters) {

    /** Of a comment, in characters; what is longer is cut. */
    public static final int LONGEST_COMMENT = 4_000;

    public Vote {
        comment = cleaned(comment);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Without what could forge a log or hide text, and not too long. */
    @NonNull
    public static String cleaned(String text) {
        String clean = InertText.lines(text);
        return clean.length() <= LONGEST_COMMENT ? clean : clean.substring(0, LONGEST_COMMENT);
    }
}
