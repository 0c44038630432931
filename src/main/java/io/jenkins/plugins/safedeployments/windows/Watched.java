package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/** Something for which it matters whether a window is open; {@link WaitingWindows} looks after it. */
interface Watched {

    /** Unique, and the same after a restart. */
    @NonNull
    String id();

    /** Of the run, or the item in the queue, as {@link Waiting#keyOf} has it now: a job may be moved meanwhile. */
    @NonNull
    String ownerKey();

    /**
     * Looks whether it is time to do something, and does that.
     *
     * @return when to look again at the latest; null if it needs no more looks
     */
    @CheckForNull
    Instant look(Instant now);
}
