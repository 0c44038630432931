package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;

/**
 * How big the canary is to be, and stable beside it.
 *
 * <p>A percentage is one of the whole: of 10 replicas, 20 % are 2 in the canary and 8 in stable. It is rounded to the nearest
 * number, halves up, but leaves each track at least 1.
 *
 * @param replicas of the canary; null if {@code percent} says it, or for 1
 * @param percent share of the canary, 1 to 99; null if {@code replicas} says it
 * @param stableReplicas size of stable beside the canary; null to keep the total
 */
public record CanarySize(
        @CheckForNull Integer replicas,
        @CheckForNull Integer percent,
        @CheckForNull Integer stableReplicas) {

    public CanarySize {
        if (replicas != null && percent != null) {
            throw new UserException("'replicas' is " + replicas + " and 'percent' is " + percent
                    + ": both say how big the canary is, so give one of them.");
        }
        if (replicas != null && replicas < 1) {
            throw new UserException("'replicas' is " + replicas + ": a canary has at least 1.");
        }
        if (percent != null && (percent < 1 || percent > 99)) {
            throw new UserException(
                    "'percent' is " + percent + ": it must be from 1 to 99, so that each track has a part.");
        }
        if (stableReplicas != null && stableReplicas < 1) {
            throw new UserException("'stableReplicas' is " + stableReplicas + ": stable is never scaled below 1.");
        }
    }

    /** {@code replicas} of the canary, everything else by default. */
    public static CanarySize of(int replicas) {
        return new CanarySize(replicas, null, null);
    }

    /**
     * The size of the canary.
     *
     * @param total how many there are without it; 0 if that is not known
     */
    int canary(int total) {
        if (replicas != null || percent == null) {
            return replicas == null ? 1 : replicas;
        }
        return Math.max(1, Math.min(total - 1, Math.round(total * percent / 100f)));
    }

    /** The size of stable beside a canary: as asked, or so that the total stays, but at least 1. */
    int stable(int total) {
        return stableReplicas != null ? stableReplicas : Math.max(1, total - canary(total));
    }
}
