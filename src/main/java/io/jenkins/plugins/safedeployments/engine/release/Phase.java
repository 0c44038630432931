package io.jenkins.plugins.safedeployments.engine.release;

/** Where a release is. */
public enum Phase {
    /** The canary is being brought up and tested. */
    CANARY_STARTING,
    /** The canary serves beside stable and has passed its tests: somebody may decide. */
    CANARY_READY,
    /** Stable is being rolled to what the canary proved. */
    PROMOTING,
    /** Stable serves it; the canary is gone. */
    PROMOTED,
    /** What the release did is being undone. */
    ROLLING_BACK,
    /** What the release did is undone. */
    ROLLED_BACK,
    /** It failed, and its cause says what is left in the cluster. */
    FAILED;

    /** Whether nothing of the release is left to be done, so that it holds its target no longer. */
    public boolean isFinal() {
        return this == PROMOTED || this == ROLLED_BACK;
    }

    /** {@code canary ready}, for people. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
