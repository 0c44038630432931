package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How rules are written: {@code 1 of qa and 2 of ops, user:alice}. Rules are joined by {@code and} or stand in lines of their
 * own, names by a comma or {@code or}. A name of several words needs no quotes, one with a comma or one of these words does.
 */
final class RuleText {

    private static final int MOST_RULES = 20;
    private static final int MOST_NEEDED = 50;
    private static final int LONGEST = 4_000;

    /** A name in quotes, what separates, or a word. */
    private static final Pattern TOKEN =
            Pattern.compile("'([^']*)'|\"([^\"]*)\"|(,)|(\\R)|([^\\s,'\"]+)|[^\\S\\r\\n]+|(.)");

    private static final Pattern PLAIN = Pattern.compile("[^\\s,'\"]+( [^\\s,'\"]+)*");
    private static final Set<String> WORDS = Set.of("and", "or", "of", "anyone");

    private final String parameter;
    private final String text;
    private final List<Rule> rules = new ArrayList<>();
    private List<Who> names = new ArrayList<>();
    private StringBuilder name = new StringBuilder();
    private boolean quoted;
    private int needed = 1;
    private boolean counted;

    /** Whether another rule has to follow. */
    private boolean joined;

    private RuleText(String parameter, String text) {
        this.parameter = parameter;
        this.text = text;
    }

    /** @throws UserException if it can't be understood, or is too long */
    @NonNull
    static List<Rule> parse(String parameter, String text) {
        RuleText reader = new RuleText(parameter, text);
        if (text.length() > LONGEST) {
            throw reader.wrong("it has more than " + LONGEST + " characters");
        }
        reader.read();
        if (reader.rules.size() > MOST_RULES) {
            throw reader.wrong("it has more than " + MOST_RULES + " rules");
        }
        return reader.rules;
    }

    /** What was {@linkplain #parse parsed} before and written anew, which may be longer by that. */
    @NonNull
    static List<Rule> parseAgain(String text) {
        RuleText reader = new RuleText("approvers", text);
        reader.read();
        return reader.rules;
    }

    /** Names without numbers, for {@code escalateTo}. */
    @NonNull
    static List<Who> names(String parameter, String text) {
        List<Who> all = new ArrayList<>();
        for (Rule rule : parse(parameter, text)) {
            if (rule.needed() != 1) {
                throw new UserException(
                        "'" + parameter + "' is '" + shortened(text) + "': name users and groups only.");
            }
            all.addAll(rule.names());
        }
        return all;
    }

    private void read() {
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            if (token.group(6) != null) {
                throw wrong("a quote has no end");
            } else if (token.group(1) != null || token.group(2) != null) {
                quote(token.group(1) != null ? token.group(1) : token.group(2));
            } else if (token.group(3) != null) {
                endName();
            } else if (token.group(4) != null) {
                endLine();
            } else if (token.group(5) != null) {
                word(token.group(5));
            }
        }
        endLine();
    }

    private void word(String word) {
        switch (word.toLowerCase(Locale.ROOT)) {
            case "or" -> endName();
            case "and" -> {
                endRule();
                joined = true;
            }
            case "of" -> count();
            default -> append(word);
        }
    }

    private void quote(String content) {
        if (name.length() > 0 && name.charAt(name.length() - 1) != ':') {
            throw wrong("before a quote there has to be a comma");
        }
        name.append(content);
        quoted = true;
    }

    private void append(String word) {
        if (quoted) {
            throw wrong("after a quote there has to be a comma");
        }
        name.append(name.length() == 0 ? "" : " ").append(word);
    }

    /** What was a name so far is the number of votes. */
    private void count() {
        if (counted || quoted || !names.isEmpty()) {
            throw wrong("a number is only at the beginning of a rule");
        }
        try {
            needed = Integer.parseInt(name.toString());
        } catch (NumberFormatException e) {
            throw wrong("'" + name + "' is no number");
        }
        if (needed < 1 || needed > MOST_NEEDED) {
            throw wrong(needed + " is not between 1 and " + MOST_NEEDED);
        }
        counted = true;
        name = new StringBuilder();
    }

    private void endName() {
        String full = name.toString();
        Who who = who(full);
        if (who.kind() != Who.Kind.ANYONE && who.name().isBlank()) {
            throw wrong("a name is missing");
        }
        names.add(who);
        name = new StringBuilder();
        quoted = false;
    }

    private Who who(String full) {
        if (full.startsWith("user:")) {
            return new Who(Who.Kind.USER, full.substring(5));
        }
        if (full.startsWith("group:")) {
            return new Who(Who.Kind.GROUP, full.substring(6));
        }
        return !quoted && full.equals("anyone") ? Who.ANYONE : new Who(Who.Kind.EITHER, full);
    }

    private void endRule() {
        endName();
        rules.add(new Rule(needed, names));
        names = new ArrayList<>();
        needed = 1;
        counted = false;
        joined = false;
    }

    /** An empty line is no rule. */
    private void endLine() {
        if (name.length() > 0 || quoted || counted || joined || !names.isEmpty()) {
            endRule();
        }
    }

    private UserException wrong(String why) {
        return new UserException("'" + parameter + "' is '" + shortened(text) + "', but " + why
                + ": write it like '1 of qa and 2 of ops, user:alice'.");
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }

    /** A name as it is written, so that it is read as the same again. */
    @NonNull
    static String quoted(String name) {
        boolean plain = PLAIN.matcher(name).matches()
                && !name.startsWith("user:")
                && !name.startsWith("group:")
                && Pattern.compile(" ")
                        .splitAsStream(name.toLowerCase(Locale.ROOT))
                        .noneMatch(WORDS::contains);
        if (plain) {
            return name;
        }
        return name.contains("'") ? '"' + name + '"' : "'" + name + "'";
    }
}
