package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Waits for a window without a thread, and then watches it while the body runs. What survives a restart is the step's
 * parameters and some moments; whether it is open is asked anew each time.
 */
final class ExecutionWindowExecution extends StepExecution implements Wait.Waiter {

    private static final long serialVersionUID = 1L;

    private enum Phase {
        NEW,
        WAITING,
        BODY,
        DONE
    }

    private final ExecutionWindowStep step;
    private final String id = UUID.randomUUID().toString();
    private Phase phase = Phase.NEW;

    /** Of the run. */
    private String runId;

    /** When it began, in milliseconds of the epoch. */
    private long since;

    /** Null until it waits. */
    private Wait wait;

    /** Null unless the body runs in a window; after a skip there is none that could end. */
    private BodyWatch watch;

    private BodyExecution body;

    /** Looked up once, since pages ask often; a run is the same wherever its job is moved to. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "looked up again")
    private transient volatile Run<?, ?> run;

    ExecutionWindowExecution(ExecutionWindowStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        Instant now = WaitingWindows.clock().instant();
        Run<?, ?> run = owner();
        runId = run.getExternalizableId();
        since = now.toEpochMilli();
        WindowState state;
        try {
            step.check();
            state = state(now);
            if (step.getMode().equals(ExecutionWindowStep.WAIT)) {
                step.window().checkOpens(state);
            }
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        String sentence = WindowState.capitalized(state.sentence());
        if (state.isOpen()) {
            say(sentence + ".");
            return enter(state, null);
        }
        switch (step.getMode()) {
            case ExecutionWindowStep.FAIL -> throw new AbortException(sentence + ".");
            case ExecutionWindowStep.CHECK -> {
                say(sentence + (getContext().hasBody() ? "; the steps inside are left out." : "."));
                phase = Phase.DONE;
                getContext().onSuccess(result(state, null));
                return true;
            }
            default -> {
                phase = Phase.WAITING;
                String seed = runId + "/" + getContext().get(FlowNode.class).getId();
                wait = new Wait(this, id, seed, now, step.longestWait());
                voice().pause();
                wait.begin(state);
                voice().showPage();
                return false;
            }
        }
    }

    @Override
    public void onResume() {
        boolean unbegun = phase == Phase.BODY && body == null; // Jenkins went down just before
        if (phase == Phase.WAITING || unbegun) {
            if (wait == null || unbegun) {
                wait = new Wait(this, id, runId, Instant.ofEpochMilli(since), step.longestWait());
            }
            phase = Phase.WAITING;
            WaitingWindows.get().add(wait);
        } else if (watch != null) {
            WaitingWindows.get().add(watch);
        }
    }

    @Override
    public boolean isReady() {
        return getContext().isReady();
    }

    @Override
    public WindowState state(Instant now) {
        return WindowState.of(step.window().calendars(owner().getParent()), now);
    }

    @Override
    public Jitter spread() {
        return step.window().spread(WindowSettings.isManual(owner()));
    }

    @Override
    public String skipMessage() {
        return step.getSkipMessage();
    }

    @Override
    public Run<?, ?> owner() {
        Run<?, ?> known = run;
        if (known == null) {
            known = voice().run();
            run = known;
        }
        return known;
    }

    @Override
    public boolean record(Skip skip) throws IOException {
        Skips.record(owner(), skip);
        return true;
    }

    @Override
    public void say(String text) {
        voice().say(text);
    }

    @Override
    public void save() {
        getContext().saveState();
    }

    private StepVoice voice() {
        return new StepVoice(getContext(), "executionWindow");
    }

    @Override
    public void giveUp(String why) {
        phase = Phase.DONE;
        voice().endPause();
        getContext().onFailure(new AbortException("Gave up " + why + "."));
    }

    @Override
    public void goOn(WindowState state, @CheckForNull Skip skip) {
        voice().endPause();
        try {
            enter(state, skip);
        } catch (IOException | InterruptedException | RuntimeException e) {
            getContext().onFailure(e);
        }
    }

    /** @return whether the step is over */
    private boolean enter(WindowState state, @CheckForNull Skip skip) throws IOException, InterruptedException {
        if (!getContext().hasBody()) {
            phase = Phase.DONE;
            getContext().onSuccess(result(state, skip));
            return true;
        }
        phase = Phase.BODY;
        BodyInvoker invoker = getContext().newBodyInvoker().withCallback(new Callback(id));
        if (skip == null) {
            watch = new BodyWatch(this, id, runId);
        } else {
            invoker.withContext(skip); // what releases inside obey may be skipped with it
        }
        body = invoker.start();
        if (watch != null) {
            WaitingWindows.get().add(watch);
        }
        return false;
    }

    boolean isStoppedAtEnd() {
        return step.getOnWindowEnd().equals(ExecutionWindowStep.STOP);
    }

    void cancelBody(Throwable cause) {
        BodyExecution running = body;
        if (running != null) {
            running.cancel(cause);
        }
    }

    @Override
    public void stop(@NonNull Throwable cause) {
        if (body != null) {
            cancelBody(cause);
        } else if (wait != null && wait.cancel()) {
            phase = Phase.DONE;
            voice().endPause();
            getContext().onFailure(cause);
        }
    }

    @Override
    public String getStatus() {
        return switch (phase) {
            case WAITING -> wait.status();
            case BODY -> "running in a window";
            default -> "done";
        };
    }

    /** A plain map, so that scripts can read it and it survives with them. */
    private Map<String, Object> result(WindowState state, @CheckForNull Skip skip) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("open", state.isOpen());
        result.put("waitedSeconds", (WaitingWindows.clock().millis() - since) / 1000);
        result.put("skippedBy", skip == null ? "" : skip.getUser());
        result.put("reason", skip == null ? "" : skip.getReason());
        result.put("text", state.sentence());
        return result;
    }

    /** Nothing is watched any more when the body is over; what it returns is what the step returns. */
    private static final class Callback extends BodyExecutionCallback.TailCall {

        private static final long serialVersionUID = 1L;

        private final String id;

        Callback(String id) {
            this.id = id;
        }

        @Override
        protected void finished(StepContext context) {
            WaitingWindows.get().remove(id);
        }
    }
}
