package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.release.Release;

/** Whether people have said what has to be said of a release before it may be promoted; no {@link Force} replaces that. */
public interface Approval {

    /** Nobody has to say anything. */
    Approval NOT_NEEDED = new Approval() {
        @NonNull
        @Override
        public String missing(Release release) {
            return "";
        }

        @NonNull
        @Override
        public String given(Release release) {
            return "";
        }
    };

    /** What is missing, as a sentence without a full stop; empty if nothing is. */
    @NonNull
    String missing(Release release);

    /** What people have decided about it, and who, for the record of the release; empty if nobody was asked. */
    @NonNull
    String given(Release release);
}
