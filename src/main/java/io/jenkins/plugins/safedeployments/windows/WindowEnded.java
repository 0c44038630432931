package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import jenkins.model.CauseOfInterruption;

/** What ran in a window was stopped, since the window was over. */
public final class WindowEnded extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String state;

    WindowEnded(@NonNull String state) {
        this.state = state;
    }

    @Override
    public String getShortDescription() {
        return "The execution window is over: it is " + state;
    }
}
