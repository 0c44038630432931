package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that is run in a pod of the canary and decides by its exit code.
 *
 * @param command program and arguments
 * @param container where; empty for the pod's first one
 * @param timeout after which it has failed
 */
public record CommandTest(List<String> command, String container, Duration timeout) {

    public CommandTest {
        command = List.copyOf(command);
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new UserException("A test's 'command' is empty: write the command to run in the canary's pod.");
        }
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new UserException("The timeout of the test '" + String.join(" ", command) + "' is "
                    + timeout.toSeconds() + " s: it must be more than nothing and at most a day.");
        }
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
    public String toString() {
        return String.join(" ", command);
    }
}
