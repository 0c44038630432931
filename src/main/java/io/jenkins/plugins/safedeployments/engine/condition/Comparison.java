package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;

/** How a clause compares. */
enum Comparison {
    EQUAL("="),
    UNEQUAL("!="),
    MATCH("=~"),
    NO_MATCH("!~");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    @NonNull
    String sign() {
        return sign;
    }

    boolean isPattern() {
        return this == MATCH || this == NO_MATCH;
    }

    /** Whether it asks for a difference. */
    boolean isNegative() {
        return this == UNEQUAL || this == NO_MATCH;
    }

    /** What holds if and only if this does not. */
    @NonNull
    Comparison opposite() {
        return switch (this) {
            case EQUAL -> UNEQUAL;
            case UNEQUAL -> EQUAL;
            case MATCH -> NO_MATCH;
            case NO_MATCH -> MATCH;
        };
    }
}
