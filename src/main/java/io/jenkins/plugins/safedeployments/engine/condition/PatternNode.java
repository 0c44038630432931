package io.jenkins.plugins.safedeployments.engine.condition;

import io.jenkins.plugins.safedeployments.engine.condition.LinearPattern.Instruction.Kind;
import java.util.List;

/** A regular expression as the tree that it is. */
sealed interface PatternNode {

    record OneOf(CharSet set) implements PatternNode {}

    /** @param kind one that consumes nothing */
    record Place(Kind kind) implements PatternNode {}

    record Sequence(List<PatternNode> parts) implements PatternNode {}

    record Choice(List<PatternNode> parts) implements PatternNode {}

    /** @param most -1 for any number of times */
    record Repeat(PatternNode part, int least, int most) implements PatternNode {}
}
