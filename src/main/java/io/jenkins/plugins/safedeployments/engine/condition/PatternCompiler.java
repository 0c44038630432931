package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.condition.LinearPattern.Instruction;
import io.jenkins.plugins.safedeployments.engine.condition.LinearPattern.Instruction.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;

/** Makes the program of a pattern, from its end to its beginning. */
final class PatternCompiler {

    private static final CharSet NONE = new CharSet(List.of(), false);

    /** Parts that are visited, which repetitions of nothing make many without making the program longer. */
    private static final int MAX_VISITS = 5_000;

    private final List<Instruction> program = new ArrayList<>();
    private int visits;

    @NonNull
    LinearPattern compile(String text, PatternNode node) {
        int end = add(Kind.FOUND, NONE, 0, 0);
        int start = before(node, end);
        return new LinearPattern(text, program, start);
    }

    private int add(Kind kind, CharSet set, int next, int other) {
        if (program.size() >= ConditionParser.MAX_PATTERN_SIZE) {
            throw tooBig();
        }
        program.add(new Instruction(kind, set, next, other));
        return program.size() - 1;
    }

    private static UserException tooBig() {
        return new UserException("it is too big: repeat less often.");
    }

    /** Adds the instructions of a node, and says where they begin. */
    private int before(PatternNode node, int next) {
        if (++visits > MAX_VISITS) {
            throw tooBig();
        }
        if (node instanceof PatternNode.OneOf one) {
            return add(Kind.CHARACTER, one.set(), next, 0);
        }
        if (node instanceof PatternNode.Place place) {
            return add(place.kind(), NONE, next, 0);
        }
        if (node instanceof PatternNode.Sequence sequence) {
            int begin = next;
            for (int i = sequence.parts().size() - 1; i >= 0; i--) {
                begin = before(sequence.parts().get(i), begin);
            }
            return begin;
        }
        if (node instanceof PatternNode.Choice choice) {
            int begin = before(choice.parts().get(choice.parts().size() - 1), next);
            for (int i = choice.parts().size() - 2; i >= 0; i--) {
                begin = add(Kind.SPLIT, NONE, before(choice.parts().get(i), next), begin);
            }
            return begin;
        }
        return before((PatternNode.Repeat) node, next);
    }

    private int before(PatternNode.Repeat repeat, int next) {
        int begin = next;
        if (repeat.most() < 0) {
            int loop = add(Kind.SPLIT, NONE, next, next);
            int body = before(repeat.part(), loop);
            program.set(loop, new Instruction(Kind.SPLIT, NONE, body, next));
            begin = loop;
        } else {
            for (int i = repeat.least(); i < repeat.most(); i++) {
                begin = add(Kind.SPLIT, NONE, before(repeat.part(), begin), next);
            }
        }
        for (int i = 0; i < repeat.least(); i++) {
            begin = before(repeat.part(), begin);
        }
        return begin;
    }
}
