package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Actionable;
import hudson.model.Queue;
import hudson.model.Run;
import java.io.IOException;
import java.time.Instant;

/** Something that waits for its window to open, as pages see it. */
interface Waiting extends Watched {

    /** Names a run or an item in the queue among all of them. */
    @NonNull
    static String keyOf(Actionable owner) {
        if (owner instanceof Run<?, ?> run) {
            return run.getExternalizableId();
        }
        if (owner instanceof Queue.Item item) {
            return keyOf(item.getId());
        }
        throw new IllegalArgumentException("neither a run nor in the queue: " + owner);
    }

    @NonNull
    static String keyOf(long queueItem) {
        return "queue " + queueItem;
    }

    /** Whether it still waits, so that it can be skipped. */
    boolean isWaiting();

    /** Since when it waits. */
    @NonNull
    Instant since();

    /** When it fails if it is still closed; null for never. */
    @CheckForNull
    Instant givesUp();

    /** Whether it is open now, and why; closed if that can't be known. */
    @NonNull
    WindowState state(Instant now);

    /** What people are told before they skip it; null for the usual words. */
    @CheckForNull
    String skipMessage();

    /** What it is among what waits in the same run; empty if there is nothing to say. */
    @NonNull
    String label();

    /**
     * Goes on at once.
     *
     * @return false if it does not wait any more
     * @throws IOException if it can't be recorded; then it waits on
     */
    boolean skip(Skip skip) throws IOException;
}
