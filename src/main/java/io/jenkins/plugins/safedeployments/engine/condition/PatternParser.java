package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.condition.LinearPattern.Instruction.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression, written as in most languages: {@code .}, {@code [a-z]}, {@code [^0-9]}, {@code \d}, {@code \w},
 * {@code \s} and their opposites, {@code ^}, {@code $}, {@code \b}, groups, {@code |}, {@code *}, {@code +}, {@code ?} and
 * <code>{2,3}</code>; {@code (?i)} at its beginning for letters of both cases.
 */
final class PatternParser {

    private static final int MAX_REPEAT = 100;
    private static final int MAX_DEPTH = 20;
    private static final String SPECIAL = "\\^$.|?*+()[]{}";
    private static final String BOTH_CASES = "(?i)";

    private final String text;
    private final boolean bothCases;
    private int at;

    private PatternParser(String text) {
        this.text = text;
        this.bothCases = text.startsWith(BOTH_CASES);
        this.at = bothCases ? BOTH_CASES.length() : 0;
    }

    /** @throws UserException with what is wrong with it, and the remedy */
    @NonNull
    static PatternNode parse(String text) {
        PatternParser parser = new PatternParser(text);
        PatternNode node = parser.choice(0);
        if (parser.at < text.length()) {
            throw new UserException("there is no '(' for the ')' at its character " + (parser.at + 1)
                    + ": write \\) for the character itself.");
        }
        return node;
    }

    private boolean isNext(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private PatternNode choice(int depth) {
        if (depth > MAX_DEPTH) {
            throw new UserException("its groups are nested more than " + MAX_DEPTH + " deep: take some out.");
        }
        List<PatternNode> parts = new ArrayList<>();
        parts.add(sequence(depth));
        while (isNext('|')) {
            at++;
            parts.add(sequence(depth));
        }
        return parts.size() == 1 ? parts.get(0) : new PatternNode.Choice(parts);
    }

    private PatternNode sequence(int depth) {
        List<PatternNode> parts = new ArrayList<>();
        while (at < text.length() && !isNext('|') && !isNext(')')) {
            parts.add(repeated(atom(depth)));
        }
        return new PatternNode.Sequence(parts);
    }

    private PatternNode repeated(PatternNode atom) {
        int sign = at < text.length() ? "*+?{".indexOf(text.charAt(at)) : -1;
        if (sign < 0) {
            return atom;
        }
        int begin = at++;
        PatternNode node =
                switch (sign) {
                    case 0 -> new PatternNode.Repeat(atom, 0, -1);
                    case 1 -> new PatternNode.Repeat(atom, 1, -1);
                    case 2 -> new PatternNode.Repeat(atom, 0, 1);
                    default -> counted(atom, begin);
                };
        if (isNext('?')) {
            at++; // as few as possible: whether it is found is the same
        }
        if (at < text.length() && "*+?{".indexOf(text.charAt(at)) >= 0) {
            throw new UserException("two repetitions follow each other at its character " + (at + 1)
                    + ": put what is repeated in parentheses, or write \\" + text.charAt(at)
                    + " for the character itself.");
        }
        return node;
    }

    /** <code>{2}</code>, <code>{2,}</code> or <code>{2,3}</code>. */
    private PatternNode counted(PatternNode atom, int begin) {
        int close = text.indexOf('}', at);
        String count = close < 0 ? "" : text.substring(at, close);
        if (!count.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
            throw new UserException("the '{' at its character " + (begin + 1)
                    + " begins no repetition such as {2} or {2,3}: write \\{ for the character itself.");
        }
        at = close + 1;
        int comma = count.indexOf(',');
        int least = Integer.parseInt(comma < 0 ? count : count.substring(0, comma));
        int most = least;
        if (comma >= 0) {
            most = comma == count.length() - 1 ? -1 : Integer.parseInt(count.substring(comma + 1));
        }
        if (least > MAX_REPEAT || most > MAX_REPEAT || most >= 0 && most < least) {
            throw new UserException("the repetition {" + count + "} must go from less to more, and up to " + MAX_REPEAT
                    + " at the most.");
        }
        return new PatternNode.Repeat(atom, least, most);
    }

    private PatternNode atom(int depth) {
        char c = text.charAt(at++);
        return switch (c) {
            case '.' -> new PatternNode.OneOf(CharSet.ANY);
            case '^' -> new PatternNode.Place(Kind.BEGINNING);
            case '$' -> new PatternNode.Place(Kind.ENDING);
            case '(' -> group(depth);
            case '[' -> oneOf(characters(at - 1));
            case '\\' -> escaped();
            case '*', '+', '?', '{' ->
                throw new UserException("there is nothing to repeat before the '" + c + "' at its character " + at
                        + ": write \\" + c + " for the character itself, or .* for any characters.");
            case ']', '}' ->
                throw new UserException("the '" + c + "' at its character " + at + " closes nothing: write \\" + c
                        + " for the character itself.");
            default -> oneOf(CharSet.of(c));
        };
    }

    private PatternNode oneOf(CharSet set) {
        return new PatternNode.OneOf(bothCases ? set.inBothCases() : set);
    }

    private PatternNode group(int depth) {
        int begin = at;
        if (isNext('?')) {
            if (!text.startsWith("?:", at)) {
                throw new UserException("the group at its character " + begin
                        + " looks ahead or behind, has a name or sets an option, which could take any time: write plain"
                        + " groups, and (?i) only at the beginning.");
            }
            at += 2;
        }
        PatternNode inner = choice(depth + 1);
        if (!isNext(')')) {
            throw new UserException(
                    "the '(' at its character " + begin + " is not closed: write \\( for the character itself.");
        }
        at++;
        return inner;
    }

    private PatternNode escaped() {
        if (at == text.length()) {
            throw new UserException("it ends in a \\: write \\\\ for the character itself.");
        }
        return switch (text.charAt(at)) {
            case 'b' -> place(Kind.WORD_EDGE);
            case 'B' -> place(Kind.NO_WORD_EDGE);
            case 'A' -> place(Kind.BEGINNING);
            case 'z' -> place(Kind.ENDING);
            default -> oneOf(escapedSet());
        };
    }

    private PatternNode place(Kind kind) {
        at++;
        return new PatternNode.Place(kind);
    }

    /** What stands after a backslash. */
    private CharSet escapedSet() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'd' -> CharSet.DIGIT;
            case 'D' -> CharSet.DIGIT.negated();
            case 'w' -> CharSet.WORD;
            case 'W' -> CharSet.WORD.negated();
            case 's' -> CharSet.SPACE;
            case 'S' -> CharSet.SPACE.negated();
            case 't' -> CharSet.of('\t');
            case 'n' -> CharSet.of('\n');
            case 'r' -> CharSet.of('\r');
            default -> {
                if (CharSet.WORD.contains(c)) {
                    throw new UserException("\\" + c + " is not known here"
                            + (CharSet.DIGIT.contains(c) ? ", since references to groups could take any time" : "")
                            + ": \\d, \\w, \\s, \\b and the signs " + SPECIAL + " can follow a \\.");
                }
                yield CharSet.of(c);
            }
        };
    }

    /** What is between brackets. */
    private CharSet characters(int begin) {
        boolean negative = isNext('^');
        at += negative ? 1 : 0;
        List<CharSet.Range> ranges = new ArrayList<>();
        boolean first = true;
        while (first || !isNext(']')) {
            if (at >= text.length()) {
                throw new UserException("the '[' at its character " + (begin + 1)
                        + " is not closed: write \\[ for the character itself.");
            }
            first = false;
            addTo(ranges);
        }
        at++;
        return new CharSet(ranges, negative);
    }

    private void addTo(List<CharSet.Range> ranges) {
        CharSet from = character();
        boolean isRange = isNext('-') && at + 1 < text.length() && text.charAt(at + 1) != ']';
        if (!isRange) {
            ranges.addAll(from.ranges());
            return;
        }
        at++;
        CharSet to = character();
        if (!isOne(from)
                || !isOne(to)
                || from.ranges().get(0).from() > to.ranges().get(0).from()) {
            throw new UserException("the range before its character " + (at + 1)
                    + " is none: write one such as a-z, or \\- for the character itself.");
        }
        ranges.add(new CharSet.Range(
                from.ranges().get(0).from(), to.ranges().get(0).from()));
    }

    private static boolean isOne(CharSet set) {
        return set.ranges().size() == 1
                && set.ranges().get(0).from() == set.ranges().get(0).to();
    }

    /** One between brackets. */
    private CharSet character() {
        char c = text.charAt(at++);
        if (c == '[' || c == '&' && isNext('&')) {
            throw new UserException("brackets in brackets mean different things in different languages: write \\" + c
                    + " for the character itself.");
        }
        if (c != '\\') {
            return CharSet.of(c);
        }
        if (at == text.length()) {
            throw new UserException("it ends in a \\: write \\\\ for the character itself.");
        }
        CharSet set = escapedSet();
        if (set.isNegative()) {
            throw new UserException(
                    "\\" + text.charAt(at - 1) + " cannot stand between brackets: write it outside of them.");
        }
        return set;
    }
}
