package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.release.Release;

/** Whether people have said what has to be said of a release before it may be promoted; no {@link Force} replaces that. */
@FunctionalInterface
public interface Approval {

    /** Nobody has to say anything. */
    Approval NOT_NEEDED = release -> "";

    /** What is missing, as a sentence without a full stop; empty if nothing is. */
    @NonNull
    String missing(Release release);
}
