package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.time.Instant;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step of a release, which begins only when all calendars are open that the release obeys. While one is closed it waits
 * without a thread, and can be skipped as any window.
 */
public abstract class HeldStepExecution extends StepExecution {

    private static final long serialVersionUID = 1L;

    /** Null unless it waits; absent in old forms. */
    private HeldRelease held;

    protected HeldStepExecution(StepContext context) {
        super(context);
    }

    /** Does what the step is for. Called once, by {@link #beginWhenOpen} or later. */
    protected abstract void begin();

    /**
     * @param app for the log
     * @param cluster as the step names it; empty for the only one
     * @throws AbortException if it is not known what is to be obeyed
     */
    protected final void beginWhenOpen(String app, String cluster)
            throws AbortException, IOException, InterruptedException {
        Instant now = WaitingWindows.clock().instant();
        HeldRelease release = new HeldRelease(this, app, cluster, now);
        WindowState state;
        try {
            state = release.state(now);
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        Skip around = getContext().get(Skip.class);
        if (!state.isOpen() && around != null && state.isSkippedBy(around)) {
            release.say("The window around it was " + around.sentence() + ", so it goes on although it is "
                    + state.sentence() + ".");
        } else if (!state.isOpen()) {
            held = release;
            release.hold(state);
            return;
        }
        letBegin();
    }

    /** @return whether it waits on, and will begin by itself */
    protected final boolean waitsOn() {
        return held != null && held.watch();
    }

    /** @return false if it did not wait, so that what has begun must be stopped */
    protected final boolean stopWaiting() {
        return held != null && held.cancel();
    }

    /** Null unless it waits. */
    @CheckForNull
    protected final String waitingStatus() {
        return held == null ? null : held.status();
    }

    /** When Pipeline has saved that the step runs: after a crash it must neither wait again, nor be another step. */
    protected final void letBegin() {
        held = null;
        getContext().saveState().addListener(this::begin, Runnable::run);
    }
}
