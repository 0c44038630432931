package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One of the outcomes that a judgment may have.
 *
 * @param name what votes and scripts call it
 * @param label what people read on the button
 * @param description what it means, if that needs saying; may be empty
 */
public record Choice(String name, String label, String description) {

    /** The name of the outcome that keeps the run from going on. It needs one vote only, since it is the safe one. */
    public static final String STOP = "stop";

    /** The outcome by which a release is approved. */
    public static final String CONTINUE = "continue";

    /** What may be chosen unless something else is offered. */
    public static final List<Choice> DEFAULT =
            List.of(new Choice(CONTINUE, "Continue", ""), new Choice(STOP, "Stop", ""));

    private static final int MOST = 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9_.]{0,59}");

    public Choice {
        label = InertText.oneLine(label);
        description = InertText.oneLine(description);
    }

    public boolean stops() {
        return name.equals(STOP);
    }

    /** For people, {@code Roll it back (rollback)}; the name alone if the label says nothing else. */
    @NonNull
    public String title() {
        return label.isEmpty() || label.equalsIgnoreCase(name) ? name : label + " (" + name + ")";
    }

    /**
     * @param lines {@code name}, {@code name: label} or {@code name: label | description} each
     * @return with {@link #STOP} at the end, if it was not among them
     * @throws UserException if one can't be understood, or a name is there twice
     */
    @NonNull
    public static List<Choice> parse(List<String> lines) {
        List<Choice> choices = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String line : lines) {
            Choice choice = parse(line);
            if (!names.add(choice.name)) {
                throw new UserException(
                        "'inputs' has '" + choice.name + "' twice: give each outcome a name of its own.");
            }
            choices.add(choice);
        }
        if (choices.isEmpty()) {
            return DEFAULT;
        }
        if (choices.size() > MOST) {
            throw new UserException("'inputs' has " + choices.size() + " outcomes: offer at most " + MOST + ".");
        }
        if (!names.contains(STOP)) {
            choices.add(DEFAULT.get(1));
        }
        if (choices.size() == 1) {
            throw new UserException("'inputs' has no outcome but 'stop': add one that lets the run go on.");
        }
        return List.copyOf(choices);
    }

    private static Choice parse(String line) {
        String text = line.strip();
        int colon = text.indexOf(':');
        String name = (colon < 0 ? text : text.substring(0, colon)).strip();
        if (!NAME.matcher(name).matches()) {
            throw new UserException(
                    "'inputs' has '" + shortened(text) + "': write 'name', 'name: label' or 'name: label |"
                            + " description', with a name of letters, digits, '-', '_' and '.'.");
        }
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        int bar = rest.indexOf('|');
        String label = InertText.oneLine(bar < 0 ? rest : rest.substring(0, bar));
        String description = bar < 0 ? "" : rest.substring(bar + 1).strip();
        return new Choice(name, label.isEmpty() ? capitalized(name) : label, description);
    }

    private static String capitalized(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }
}
