package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Actionable;
import hudson.model.Queue;
import hudson.model.Run;
import java.io.IOException;
import java.time.Instant;

/** Something that waits for its window to open, or watches it while it is open. */
interface Waiting {

    /** Unique, and the same after a restart. */
    @NonNull
    String id();

    /** Of the run, or the item in the queue, as {@link #keyOf} has it. */
    @NonNull
    String ownerKey();

    /** Names a run or an item in the queue among all of them. */
    @NonNull
    static String keyOf(Actionable owner) {
        return owner instanceof Run<?, ?> run ? run.getExternalizableId() : "queue " + ((Queue.Item) owner).getId();
    }

    /** Whether it waits, so that it can be skipped. */
    boolean isWaiting();

    /** Since when it waits. */
    @NonNull
    Instant since();

    /** Whether it is open now, and why. */
    @NonNull
    WindowState state(Instant now);

    /** What people are told before they skip it; null for the usual words. */
    @CheckForNull
    String skipMessage();

    /**
     * Goes on at once.
     *
     * @return false if it does not wait any more
     * @throws IOException if it can't be recorded; then it waits on
     */
    boolean skip(Skip skip) throws IOException;

    /**
     * Looks whether it is time to do something, and does that.
     *
     * @return when to look again at the latest; null if it needs no more looks
     */
    @CheckForNull
    Instant look(Instant now);
}
