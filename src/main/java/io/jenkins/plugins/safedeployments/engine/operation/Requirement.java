package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Something that must be the case before a release operation begins. */
@FunctionalInterface
public interface Requirement {

    /** Why it is not the case, as a sentence without a full stop; null if it is. Nothing is changed by asking. */
    @CheckForNull
    String unmet(Session session);
}
