package io.jenkins.plugins.safedeployments.runtime;

/** What becomes of what a step has begun and left half done, when its run is over or gone without having ended it. */
public enum IfOrphaned {
    /** Nothing, since it begins nothing that has to be ended. */
    NOTHING,
    /** It is recorded that the release failed, and why; everything stays as it is. */
    RECORD,
    /** The release is taken back. */
    TAKE_BACK
}
