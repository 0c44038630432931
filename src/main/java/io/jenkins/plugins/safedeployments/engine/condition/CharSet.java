package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/** A set of characters: ranges, or everything else. */
record CharSet(List<Range> ranges, boolean isNegative) {

    record Range(char from, char to) {}

    static final CharSet DIGIT = new CharSet(List.of(new Range('0', '9')), false);
    static final CharSet WORD = new CharSet(
            List.of(new Range('a', 'z'), new Range('A', 'Z'), new Range('0', '9'), new Range('_', '_')), false);
    static final CharSet SPACE = new CharSet(List.of(new Range('\t', '\r'), new Range(' ', ' ')), false);

    /** All but the ends of lines. */
    static final CharSet ANY = new CharSet(List.of(new Range('\n', '\n'), new Range('\r', '\r')), true);

    CharSet {
        ranges = List.copyOf(ranges);
    }

    @NonNull
    static CharSet of(char c) {
        return new CharSet(List.of(new Range(c, c)), false);
    }

    @NonNull
    CharSet negated() {
        return new CharSet(ranges, !isNegative);
    }

    /** Those of a positive set, and the same letters in the other case. */
    @NonNull
    CharSet inBothCases() {
        List<Range> both = new ArrayList<>(ranges);
        for (Range range : ranges) {
            overlap(range, 'a', 'z', 'A' - 'a', both);
            overlap(range, 'A', 'Z', 'a' - 'A', both);
        }
        return new CharSet(both, isNegative);
    }

    private static void overlap(Range range, char first, char last, int shift, List<Range> to) {
        char from = (char) Math.max(range.from, first);
        char until = (char) Math.min(range.to, last);
        if (from <= until) {
            to.add(new Range((char) (from + shift), (char) (until + shift)));
        }
    }

    boolean contains(char c) {
        for (Range range : ranges) {
            if (c >= range.from && c <= range.to) {
                return !isNegative;
            }
        }
        return isNegative;
    }
}
