package io.jenkins.plugins.safedeployments.engine.release;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;

/**
 * The rule that keeps a late writer out. Each change of the claim's holder raises its fencing number, and the new holder
 * stamps the number on what it is going to write before it writes anything else. Every write is preceded by a look at
 * that stamp, and carries the resource version of that very look, so that a stamp in between makes the API server refuse
 * it. (Fencing tokens: Kleppmann, "How to do distributed locking", 2016.)
 */
public final class Fence {

    private Fence() {}

    /** @throws FencedException if {@code seen} was stamped by a later holder than the one with {@code fence} */
    public static void check(KubeObject seen, int fence) {
        int stamp = stamp(seen);
        if (stamp > fence) {
            throw new FencedException("Another operation took " + seen + " over (fencing number " + stamp + ", ours is "
                    + fence + "): this one stops and changes nothing more.");
        }
    }

    /** Whether the object bears this very number. */
    public static boolean isStamped(KubeObject seen, int fence) {
        return stamp(seen) == fence;
    }

    private static int stamp(KubeObject object) {
        String value = object.annotation(Names.FENCE);
        try {
            return value == null ? 0 : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            return 0; // edited by hand; the claim itself decides
        }
    }
}
