package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a condition can ask about. */
public enum Word {
    /** How the run ended: see {@link RunResult}. */
    RESULT,
    /** Why it ended so, in a word. */
    RESULT_REASON,
    BRANCH,
    TAG,
    PULL_REQUEST,
    APP,
    CLUSTER,
    NAMESPACE,
    /** Number of the release. */
    RELEASE,
    /** What was decided in the judgment of that id. */
    JUDGMENT("qa"),
    /** The value of the run's parameter of that name. */
    PARAMETER("TAG");

    @CheckForNull
    private final String exampleArgument;

    Word() {
        this(null);
    }

    Word(@CheckForNull String exampleArgument) {
        this.exampleArgument = exampleArgument;
    }

    boolean takesArgument() {
        return exampleArgument != null;
    }

    /** As it is written: {@code pull_request}. */
    @NonNull
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    private String example() {
        return text() + (exampleArgument == null ? "" : "('" + exampleArgument + "')");
    }

    /** Null if there is none of that name, in lower or upper case. */
    @CheckForNull
    static Word of(String text) {
        return Arrays.stream(values())
                .filter(word -> word.name().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null);
    }

    /** All of them, for people. */
    @NonNull
    static String list() {
        return Arrays.stream(values()).map(Word::example).collect(Collectors.joining(", "));
    }
}
