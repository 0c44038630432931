package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A condition as the tree that it is. Written out it is text that means the same. */
sealed interface Expression {

    /**
     * Whether it holds, or, if it is negated, whether it does not.
     *
     * @param seen gets each clause
     */
    @NonNull
    Finding check(Values values, boolean negated, List<Answer.Part> seen);

    @NonNull
    Stream<Clause> clauses();

    /** @param parts two or more, joined by {@code and} or by {@code or} */
    record Group(boolean isAnd, List<Expression> parts) implements Expression {
        @Override
        public Finding check(Values values, boolean negated, List<Answer.Part> seen) {
            return Finding.of(
                    isAnd != negated,
                    parts.stream()
                            .map(part -> part.check(values, negated, seen))
                            .toList());
        }

        @Override
        public Stream<Clause> clauses() {
            return parts.stream().flatMap(Expression::clauses);
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(part -> part instanceof Group ? "(" + part + ")" : part.toString())
                    .collect(Collectors.joining(isAnd ? " and " : " or "));
        }
    }

    record Not(Expression part) implements Expression {
        @Override
        public Finding check(Values values, boolean negated, List<Answer.Part> seen) {
            return part.check(values, !negated, seen);
        }

        @Override
        public Stream<Clause> clauses() {
            return part.clauses();
        }

        @Override
        public String toString() {
            return "not " + (part instanceof Group ? "(" + part + ")" : part);
        }
    }

    /** @param pattern what {@code text} says, if it is a pattern; else null */
    record Clause(
            Subject subject,
            Comparison comparison,
            String text,
            @CheckForNull LinearPattern pattern) implements Expression {
        @Override
        public Finding check(Values values, boolean negated, List<Answer.Part> seen) {
            Actual actual = Actual.of(subject, values.value(subject));
            boolean holds =
                    (pattern == null ? actual.equalTo(text) : actual.matches(pattern)) != comparison.isNegative();
            seen.add(new Answer.Part(toString(), actual.text(), holds));
            boolean found = holds != negated;
            Comparison asked = negated ? comparison.opposite() : comparison;
            return new Finding(found, found ? actual.fits(asked, text) : actual.fails(asked, text), false);
        }

        @Override
        public Stream<Clause> clauses() {
            return Stream.of(this);
        }

        @Override
        public String toString() {
            return subject + " " + comparison.sign() + " " + Quoted.text(text);
        }
    }
}
