package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import org.springframework.security.core.Authentication;

/** What a run may promote by itself when it has ended: one of its releases, or the run itself. */
interface Candidate {

    /** Where the release is; null if it is about the run itself. */
    @CheckForNull
    default Target target() {
        ReleaseEntry entry = entry();
        return entry == null ? null : entry.getTarget();
    }

    /** As the run has it; null if it is about the run itself. */
    @CheckForNull
    ReleaseEntry entry();

    @NonNull
    String title();

    @NonNull
    String condition();

    /** That it would go round in a circle, in a sentence; empty if it does not. */
    @NonNull
    String circle();

    /** Why it can't be promoted now, in a sentence; empty if it can. */
    @NonNull
    String whyNot(Authentication who);

    /** Null if nothing is known of the release any more. */
    @CheckForNull
    JobStart jobStart();

    /**
     * @param why it starts by itself
     * @return why it was not started, in a sentence; empty if it was
     */
    @NonNull
    String promote(String why);
}
