package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * On what terms a judgment is asked for: fixed when that is done.
 *
 * @param message what is asked
 * @param choices what may be chosen
 * @param rules what has to be met, each by itself: one person may count once for each of them. What the Pipeline asks for is
 *     one of them, what folders and clusters demand are further ones
 * @param allowRequester whether those who asked for it or wrote the changes may decide
 * @param allowOverride whether an administrator may decide alone, with a reason
 * @param deadline when it is decided without people; null for never
 * @param onTimeout name of the outcome that it has then; empty for none
 * @param remindEverySeconds 0 for never
 * @param escalateAt from when on further people may vote; null for never
 * @param escalateTo those people, who may vote for any of the rules
 * @param defaults what is filled in by an end by time that goes on; null in judgments that were asked before there was any
 */
public record Terms(
        String message,
        List<Choice> choices,
        List<Rules> rules,
        boolean allowRequester,
        boolean allowOverride,
        @CheckForNull Instant deadline,
        String onTimeout,
        long remindEverySeconds,
        @CheckForNull Instant escalateAt,
        List<Who> escalateTo,
        Map<String, Object> defaults) {

    public Terms {
        message = InertText.lines(message);
        choices = List.copyOf(choices);
        rules = List.copyOf(rules);
        escalateTo = List.copyOf(escalateTo);
        defaults = defaults == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(defaults));
    }

    /** With nothing to be filled in. */
    public Terms(
            String message,
            List<Choice> choices,
            List<Rules> rules,
            boolean allowRequester,
            boolean allowOverride,
            @CheckForNull Instant deadline,
            String onTimeout,
            long remindEverySeconds,
            @CheckForNull Instant escalateAt,
            List<Who> escalateTo) {
        this(
                message,
                choices,
                rules,
                allowRequester,
                allowOverride,
                deadline,
                onTimeout,
                remindEverySeconds,
                escalateAt,
                escalateTo,
                Map.of());
    }

    /** The same, with what is filled in by an end by time that goes on. */
    @NonNull
    public Terms withDefaults(Map<String, Object> values) {
        return new Terms(
                message,
                choices,
                rules,
                allowRequester,
                allowOverride,
                deadline,
                onTimeout,
                remindEverySeconds,
                escalateAt,
                escalateTo,
                values);
    }

    /**
     * @param excluded whether a user is one of those who asked for it or wrote the changes
     * @param key the same for names of the same user
     * @throws UserException if no votes could ever decide, as far as can be told without asking who is in a group
     */
    public void check(Predicate<String> excluded, UnaryOperator<String> key) {
        for (Rules one : rules) {
            Optional<String> why = one.with(escalateTo).impossible(user -> !allowRequester && excluded.test(user), key);
            if (why.isPresent()) {
                throw new UserException("'approvers' " + why.get()
                        + ": name more people, or groups (as 'group:name'), or set 'allowRequester'.");
            }
        }
    }

    @CheckForNull
    public Choice choice(String name) {
        return choices.stream()
                .filter(choice -> choice.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The outcome of a name, for people. */
    @NonNull
    public String title(String name) {
        Choice choice = choice(name);
        return choice == null ? name : choice.title();
    }

    /** Those that hold at a moment. */
    @NonNull
    List<Rules> rulesAt(Instant now) {
        return escalateAt == null || now.isBefore(escalateAt)
                ? rules
                : rules.stream().map(one -> one.with(escalateTo)).toList();
    }

    @NonNull
    Optional<Duration> remindEvery() {
        return remindEverySeconds <= 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(remindEverySeconds));
    }

    /** Who has to decide at a moment, in words. */
    @NonNull
    String rulesText(Instant now) {
        return rulesAt(now).stream().map(Rules::toString).distinct().collect(Collectors.joining("; besides "));
    }
}
