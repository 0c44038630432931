package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;

/** A cause of a run that is there for the release of another one. */
public interface ForRelease {

    @NonNull
    Target target();

    int release();

    /** The run that made the release; null if it is not known, or gone. */
    @CheckForNull
    Run<?, ?> maker();

    /** The run that it follows; null if there was none, or it is gone. */
    @CheckForNull
    Run<?, ?> run();
}
