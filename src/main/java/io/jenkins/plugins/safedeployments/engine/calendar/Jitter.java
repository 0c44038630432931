package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;

/**
 * Spreads what waits for the same opening, so that not all of it starts at once. It is for what has waited; what comes
 * while a window is open starts at once.
 */
public final class Jitter {

    private final long seconds;

    /** @throws UserException if {@code max} is negative or longer than a day */
    public Jitter(Duration max) {
        if (max.isNegative() || max.compareTo(Duration.ofDays(1)) > 0) {
            throw new UserException("'jitter' is " + max.toSeconds() + " seconds: it must be 0 to 86400 (a day).");
        }
        seconds = max.toSeconds();
    }

    /**
     * When, from the opening on, something starts: the same for the same seed, and always before it closes.
     *
     * @param seed names what starts, like a build's full name
     * @param closes null if it stays open
     */
    @NonNull
    public Instant start(Instant opens, @CheckForNull Instant closes, String seed) {
        long bound = seconds + 1;
        if (closes != null) {
            bound = Math.max(1, Math.min(bound, Duration.between(opens, closes).toSeconds()));
        }
        return opens.plusSeconds(Long.remainderUnsigned(hash(seed), bound));
    }

    private static long hash(String seed) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
