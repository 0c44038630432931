package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.release.Release;

/**
 * What came of an operation.
 *
 * @param release the release as it is now; null if there was none to act on
 * @param text one sentence
 */
public record Outcome(@CheckForNull Release release, String text) {}
