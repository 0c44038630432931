package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** Looks whether the window is still open in which the body of a step runs, and tells it when it is not. */
final class BodyWatch implements Watched, Serializable {

    private static final long serialVersionUID = 1L;

    private static final Duration UNKNOWN = Duration.ofMinutes(1);
    private static final Duration AT_MOST = Duration.ofHours(1);

    private final ExecutionWindowExecution execution;
    private final String id;

    /** As it was when the body began, for as long as it can't be asked. */
    private final String ownerKey;

    /** Whether the body was told that its window is over. */
    private boolean told;

    BodyWatch(ExecutionWindowExecution execution, String id, String ownerKey) {
        this.execution = execution;
        this.id = id;
        this.ownerKey = ownerKey;
    }

    @NonNull
    @Override
    public String id() {
        return id;
    }

    @NonNull
    @Override
    public String ownerKey() {
        try {
            return execution.isReady() ? execution.ownerKey() : ownerKey;
        } catch (UserException e) {
            return ownerKey; // it is about to go
        }
    }

    @Override
    public Instant look(Instant now) {
        if (!execution.isReady()) {
            return now;
        }
        WindowState state;
        try {
            state = execution.state(now);
        } catch (UserException e) {
            return now.plus(UNKNOWN); // nobody knows that it is over
        }
        if (state.isOpen()) {
            told = false;
        } else if (!told) {
            told = true;
            boolean stop = execution.isStoppedAtEnd();
            execution.say("The window is over: it is " + state.sentence() + ". "
                    + (stop ? "What runs in it is stopped." : "What runs in it goes on."));
            if (stop) {
                execution.cancelBody(
                        new FlowInterruptedException(Result.ABORTED, true, new WindowEnded(state.sentence())));
            }
        }
        return Objects.requireNonNullElse(state.changes(), now.plus(AT_MOST));
    }
}
