package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;

/**
 * A regular expression that is looked for anywhere in a text, in time proportional to the pattern's size and the text's length:
 * all ways in which it could match are followed at once, and none is ever tried again (Ken Thompson's algorithm of 1968, as Russ
 * Cox describes it in "Regular Expression Matching: the Virtual Machine Approach").
 *
 * <p>{@code java.util.regex} would try one way after the other, which some patterns make take longer than the universe is old.
 * What only such a matcher can do (back references, looking ahead and behind) is refused.
 */
final class LinearPattern {

    /** One step of the program that a pattern is. */
    record Instruction(Kind kind, CharSet set, int next, int other) {
        enum Kind {
            /** Consumes a character of {@code set}, then {@code next}. */
            CHARACTER,
            /** Goes both ways. */
            SPLIT,
            /** Goes on at the beginning of the text only. */
            BEGINNING,
            /** Goes on at the end of the text only. */
            ENDING,
            /** Goes on between a word and what is none, only. */
            WORD_EDGE,
            /** Goes on elsewhere, only. */
            NO_WORD_EDGE,
            FOUND
        }
    }

    private final String text;
    private final Instruction[] program;
    private final int start;

    LinearPattern(String text, List<Instruction> program, int start) {
        this.text = text;
        this.program = program.toArray(new Instruction[0]);
        this.start = start;
    }

    /** @throws UserException with what is wrong with it, and the remedy */
    @NonNull
    static LinearPattern of(String text) {
        return new PatternCompiler().compile(text, PatternParser.parse(text));
    }

    /** How many instructions it takes. */
    int size() {
        return program.length;
    }

    /** Whether it is found anywhere in a text. */
    boolean find(String in) {
        return new Search(in).run();
    }

    /** For tests: how many steps it takes to look for it. */
    long steps(String in) {
        Search search = new Search(in);
        search.run();
        return search.steps;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinearPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private final class Search {
        private final String in;

        /** For each instruction, one more than the position at which it was reached last. */
        private final int[] reached = new int[program.length];

        /** Instructions that wait for a character. */
        private int[] waiting = new int[program.length];

        private int[] following = new int[program.length];
        private int count;
        private boolean found;
        private long steps;

        Search(String in) {
            this.in = in;
        }

        boolean run() {
            for (int at = 0; at <= in.length() && !found; at++) {
                int before = count;
                int[] swap = waiting;
                waiting = following;
                following = swap;
                count = 0;
                // 'following' holds what waited for the character before this position
                for (int i = 0; i < before && !found; i++) {
                    Instruction instruction = program[following[i]];
                    steps++;
                    if (instruction.set().contains(in.charAt(at - 1))) {
                        reach(instruction.next(), at);
                    }
                }
                if (!found) {
                    reach(start, at); // it may begin anywhere
                }
            }
            return found;
        }

        private void reach(int index, int at) {
            if (found || reached[index] == at + 1) {
                return;
            }
            reached[index] = at + 1;
            steps++;
            Instruction instruction = program[index];
            switch (instruction.kind()) {
                case CHARACTER -> waiting[count++] = index;
                case FOUND -> found = true;
                case SPLIT -> {
                    reach(instruction.next(), at);
                    reach(instruction.other(), at);
                }
                default -> {
                    if (isAllowed(instruction.kind(), at)) {
                        reach(instruction.next(), at);
                    }
                }
            }
        }

        private boolean isAllowed(Instruction.Kind kind, int at) {
            return switch (kind) {
                case BEGINNING -> at == 0;
                case ENDING -> at == in.length();
                case WORD_EDGE -> isWord(at - 1) != isWord(at);
                case NO_WORD_EDGE -> isWord(at - 1) == isWord(at);
                default -> throw new IllegalStateException(kind.toString());
            };
        }

        private boolean isWord(int at) {
            return at >= 0 && at < in.length() && CharSet.WORD.contains(in.charAt(at));
        }
    }
}
