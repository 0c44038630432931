package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/**
 * Whether a condition holds, and why.
 *
 * @param why what decided it, without a full stop: {@code branch = 'setup-semaphore', needed 'master'}
 * @param clauses all of its clauses, in the order in which they are written
 */
public record Answer(boolean holds, String why, List<Part> clauses) {

    /**
     * One clause.
     *
     * @param clause as it is written
     * @param actual the value that it asked about, in quotes; {@code not set} if there is none
     */
    public record Part(String clause, String actual, boolean holds) {

        /** {@code branch = 'master': no, it is 'setup-semaphore'}. */
        @NonNull
        public String text() {
            return clause + ": " + (holds ? "yes" : "no") + ", it is " + actual;
        }
    }

    /** A line for each clause, where there are several, of which {@code why} has only those that decided. */
    @NonNull
    public List<String> lines() {
        return clauses.size() < 2
                ? List.of()
                : clauses.stream().map(clause -> "  " + clause.text()).toList();
    }

    public Answer {
        clauses = List.copyOf(clauses);
    }
}
