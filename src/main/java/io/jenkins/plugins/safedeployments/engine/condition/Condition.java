package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;

/** A condition: {@code result = 'passed' and (branch = 'master' or tag =~ '^hotfix')}. Immutable. */
public final class Condition {

    /** Values that are longer are not looked at, since that would take who knows how long. */
    static final int MAX_VALUE = 10_000;

    private final Expression expression;

    private Condition(Expression expression) {
        this.expression = expression;
    }

    /** @throws UserException with what is wrong, at which position, and the remedy */
    @NonNull
    public static Condition parse(String text) {
        return new Condition(new ConditionParser(text).parse());
    }

    /**
     * Whether it holds, and why.
     *
     * @throws UserException if a value is too long
     */
    @NonNull
    public Answer check(Values values) {
        List<Answer.Part> clauses = new ArrayList<>();
        Finding found = expression.check(values, false, clauses);
        return new Answer(found.holds(), found.why(), clauses);
    }

    /** What it asks about. */
    @NonNull
    public List<Subject> subjects() {
        return expression.clauses().map(Expression.Clause::subject).distinct().toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Condition condition && condition.expression.equals(expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    /** The condition as text that means the same. */
    @Override
    public String toString() {
        return expression.toString();
    }
}
