package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.release.Release;

/**
 * What came of an operation.
 *
 * @param release the release as it is now; null if there was none to act on
 * @param text one sentence
 * @param serviceAddress where its Service can be reached from outside of the cluster, as {@code 203.0.113.7:80}; empty if
 *     nowhere, or if it was not looked at
 */
public record Outcome(@CheckForNull Release release, String text, String serviceAddress) {

    Outcome(@CheckForNull Release release, String text) {
        this(release, text, "");
    }
}
