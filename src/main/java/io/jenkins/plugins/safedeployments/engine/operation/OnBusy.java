package io.jenkins.plugins.safedeployments.engine.operation;

/** What a new release does if another one holds its target. */
public enum OnBusy {
    /** It fails, and says who holds it. */
    FAIL,
    /** It waits its turn, in the order of arrival. */
    WAIT,
    /** It takes the other one back, unless that is being promoted or rolled back, and takes its place. */
    SUPERSEDE
}
