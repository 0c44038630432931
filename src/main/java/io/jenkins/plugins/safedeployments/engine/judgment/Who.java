package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * A user or a group that a rule names.
 *
 * @param kind whether it is known which of the two is meant
 * @param name as it was written; empty for {@link Kind#ANYONE}
 */
public record Who(Kind kind, String name) {

    /** What a name is one of. */
    public enum Kind {
        /** {@code anyone}: all who have the permission to decide. */
        ANYONE,
        /** {@code user:alice}. */
        USER,
        /** {@code group:qa}. */
        GROUP,
        /** {@code qa}: it may be either. */
        EITHER
    }

    static final Who ANYONE = new Who(Kind.ANYONE, "");

    boolean admits(Person person) {
        return switch (kind) {
            case ANYONE -> person.isPermitted();
            case USER -> person.is(name);
            case GROUP -> person.isIn(name);
            case EITHER -> person.is(name) || person.isIn(name);
        };
    }

    @NonNull
    @Override
    public String toString() {
        return switch (kind) {
            case ANYONE -> "anyone";
            case USER -> "user:" + RuleText.quoted(name);
            case GROUP -> "group:" + RuleText.quoted(name);
            case EITHER -> RuleText.quoted(name);
        };
    }
}
