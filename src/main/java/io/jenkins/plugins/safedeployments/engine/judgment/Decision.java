package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of a judgment; it is never changed.
 *
 * @param how what made it
 * @param choice name of the outcome; empty if it was decided that there is none
 * @param deciders those whose votes made it, in the order in which they voted
 * @param parameters what the deciders filled in; where several filled in the same, the last
 * @param reason of an override, or what ended it without people, as a sentence; else empty
 */
public record Decision(
        How how, String choice, Instant at, List<Decider> deciders, Map<String, Object> parameters, String reason) {

    /** What makes a decision. */
    public enum How {
        /** By the rules. */
        VOTES,
        /** By an administrator, past the rules. */
        OVERRIDE,
        /** By the end of its time. */
        TIMEOUT,
        /** The run was aborted, or is gone. */
        ABORTED
    }

    /**
     * One of those who decided.
     *
     * @param rule the rule that the vote counted for, as it is written; empty for an override
     */
    public record Decider(String user, String comment, Instant at, String rule) {}

    public Decision {
        deciders = List.copyOf(deciders);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** {@code alice, bob}; empty for nobody. */
    @NonNull
    public String by() {
        return deciders.stream().map(Decider::user).collect(Collectors.joining(", "));
    }

    /** Of the one who voted last; may be empty. */
    @NonNull
    public String comment() {
        return deciders.isEmpty() ? "" : deciders.get(deciders.size() - 1).comment();
    }
}
