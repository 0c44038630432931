package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a run can end, in the words of pipelines in general and in those of Jenkins. */
enum RunResult {
    PASSED("SUCCESS"),
    UNSTABLE("UNSTABLE"),
    FAILED("FAILURE"),
    STOPPED("ABORTED"),
    CANCELED("NOT_BUILT");

    private final String inJenkins;

    RunResult(String inJenkins) {
        this.inJenkins = inJenkins;
    }

    /** {@code passed}. */
    @NonNull
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null if it is none. */
    @CheckForNull
    static RunResult of(String text) {
        return Arrays.stream(values())
                .filter(result -> result.name().equalsIgnoreCase(text) || result.inJenkins.equalsIgnoreCase(text))
                .findFirst()
                .orElse(null);
    }

    /** What a pattern may match. */
    @NonNull
    List<String> words() {
        return List.of(text(), inJenkins);
    }

    @NonNull
    static String list() {
        return Arrays.stream(values()).map(RunResult::text).collect(Collectors.joining(", "));
    }
}
