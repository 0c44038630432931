package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;

/** What a kind of gate knows of its gates, so that nobody is told what is not so any more. */
public abstract class GateRecord implements ExtensionPoint {

    /**
     * Whether an event has not happened, since Jenkins went down between writing down who has to be told and recording it, or
     * asks somebody to decide what is decided. Called as SYSTEM, before each attempt to tell.
     *
     * @return false also for what is no gate of this kind
     */
    public abstract boolean isPast(@NonNull GatePlace place, @NonNull GateEvent event);
}
