package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** What is the case, as far as conditions can ask. */
@FunctionalInterface
public interface Values {

    /**
     * The value of a subject; null if it has none, as a run of a branch has no tag.
     *
     * <p>The result of a run may be given in any of the words of {@link RunResult}.
     */
    @CheckForNull
    String value(Subject subject);
}
