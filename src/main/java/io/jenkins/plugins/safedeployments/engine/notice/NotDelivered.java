package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.time.Duration;

/** Somebody could not be told. The message is the end of a sentence for the build log, without anything secret in it. */
public final class NotDelivered extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean again;
    private final Duration after;

    private NotDelivered(String why, Throwable cause, boolean again, Duration after) {
        super(why, cause);
        this.again = again;
        this.after = after;
    }

    /** It would fail again. */
    @NonNull
    public static NotDelivered forGood(String why, Throwable cause) {
        return new NotDelivered(why, cause, false, Duration.ZERO);
    }

    /**
     * It may succeed later.
     *
     * @param after not before that time has passed, as the receiver asked; zero if it did not
     */
    @NonNull
    public static NotDelivered forNow(String why, Throwable cause, Duration after) {
        return new NotDelivered(why, cause, true, after);
    }

    boolean isAgain() {
        return again;
    }

    Duration after() {
        return after;
    }
}
