package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that is run in pods of the canary and decides by its exit code.
 *
 * @param command program and arguments; no shell is added
 * @param container where; empty for the pod's first one
 * @param timeout after which it has failed, for each pod
 * @param migration whether it changes data, so that it is run at most once per release, and in one pod only
 */
public record CommandTest(List<String> command, String container, Pods pods, Duration timeout, boolean migration)
        implements CanaryCheck {

    public CommandTest {
        command = List.copyOf(command);
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new UserException("A test's 'command' is empty: write the command to run in the canary's pod.");
        }
        String name = String.join(" ", command);
        CanaryCheck.atMostADay(timeout, "timeout", name);
        if (migration && pods == Pods.ALL) {
            throw new UserException("The migration '" + name
                    + "' is for all pods: it runs once, so leave 'pods' out or make it a test.");
        }
    }

    /** One that may be repeated, in one pod. */
    public CommandTest(List<String> command, String container, Duration timeout) {
        this(command, container, Pods.ONE, timeout, false);
    }

    /** A line as a command: by the pod's shell, or word by word without one. */
    @NonNull
    public static List<String> command(String line, boolean shell) {
        return !shell ? words(line) : line.isBlank() ? List.of() : List.of("sh", "-c", line);
    }

    /**
     * Splits a command line into words at blanks. Single and double quotes hold words together, a backslash takes the
     * next character as it is; nothing else has a meaning, and no shell is involved.
     */
    @NonNull
    public static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
                continue;
            }
            if (word == null) {
                word = new StringBuilder();
            }
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new UserException("A quote is not closed in the command: " + line);
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }

    @Override
    public String name() {
        return String.join(" ", command);
    }
}
