package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
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

    /** Without what could forge a log or hide text: no control characters but line ends, and no marks that turn its direction. */
    @NonNull
    public static String cleaned(String text) {
        String clean = text.replaceAll("\\R", "\n")
                .replaceAll("[\\p{Cc}&&[^\\n\\t]]|[\\u202A-\\u202E\\u2066-\\u2069]", " ")
                .strip();
        return clean.length() <= LONGEST_COMMENT ? clean : clean.substring(0, LONGEST_COMMENT);
    }
}
