package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.console.HyperlinkNote;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/**
 * Waits for a window without a thread, and then watches it while the body runs. What survives a restart is the step's
 * parameters and some moments; whether it is open is asked anew each time.
 */
final class ExecutionWindowExecution extends StepExecution implements Waiting {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ExecutionWindowExecution.class.getName());
    private static final String PREFIX = "[executionWindow] ";

    private enum Phase {
        NEW,
        WAITING,
        BODY,
        DONE
    }

    private final ExecutionWindowStep step;
    private final String id = UUID.randomUUID().toString();
    private Phase phase = Phase.NEW;

    /** Of the run, and of the step in it; the same after a restart. */
    private String runId;

    private String jitterSeed;

    /** Milliseconds of the epoch, as all moments here. */
    private long since;

    /** Zero for never. */
    private long giveUpAt;

    /** The opening that it waits for, as last announced; zero if none is known. */
    private long opensAt;

    /** The end of that; zero if it is not known. */
    private long closesAt;

    /** What was said last, to say only what is new. */
    private String said = "";

    /** Whether the body was told that its window is over. */
    private boolean endTold;

    /** Whether it was skipped, so that the body has no window that could end. */
    private boolean skipped;

    private BodyExecution body;

    ExecutionWindowExecution(ExecutionWindowStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        Run<?, ?> run = getContext().get(Run.class);
        Instant now = WaitingWindows.clock().instant();
        WindowState state;
        try {
            step.check();
            state = state(run, now);
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        runId = run.getExternalizableId();
        jitterSeed = runId + "/" + getContext().get(FlowNode.class).getId();
        since = now.toEpochMilli();
        if (state.isOpen()) {
            print(capitalized(state.sentence()) + ".");
            return enter(state, null);
        }
        switch (step.getMode()) {
            case ExecutionWindowStep.FAIL -> throw new AbortException(capitalized(state.sentence()) + ".");
            case ExecutionWindowStep.CHECK -> {
                print(capitalized(state.sentence())
                        + (getContext().hasBody() ? "; the steps inside are left out." : "."));
                phase = Phase.DONE;
                getContext().onSuccess(result(state, null));
                return true;
            }
            default -> {
                phase = Phase.WAITING;
                giveUpAt = step.getGiveUpAfter() == 0
                        ? 0
                        : now.plus(step.longestWait()).toEpochMilli();
                getContext().get(FlowNode.class).addAction(new PauseAction("Execution window"));
                announce(state);
                print(HyperlinkNote.encodeTo("/" + run.getUrl() + WindowsTab.URL + "/", "See the window, or skip it"));
                WaitingWindows.get().add(this);
                return false;
            }
        }
    }

    @Override
    public void onResume() {
        if (phase == Phase.BODY && body == null) {
            phase = Phase.WAITING; // Jenkins went down just before the body was begun
        }
        if (phase == Phase.WAITING || phase == Phase.BODY) {
            WaitingWindows.get().add(this);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String ownerKey() {
        return runId;
    }

    @Override
    public synchronized boolean isWaiting() {
        return phase == Phase.WAITING;
    }

    @Override
    public Instant since() {
        return Instant.ofEpochMilli(since);
    }

    @Override
    public String skipMessage() {
        return step.getSkipMessage();
    }

    @Override
    public WindowState state(Instant now) {
        try {
            return state(getContext().get(Run.class), now);
        } catch (IOException e) {
            throw new UserException("The run is gone.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted.", e);
        }
    }

    private WindowState state(Run<?, ?> run, Instant now) {
        return WindowState.of(step.window().calendars(run.getParent()), now);
    }

    @Override
    public Instant look(Instant now) {
        if (!getContext().isReady()) {
            return now; // the program is being loaded
        }
        try {
            WindowState state = state(now);
            return isWaiting() ? lookWaiting(state, now) : lookInside(state, now);
        } catch (UserException e) {
            // a calendar that was taken away or broken: nobody knows that it is open, so it waits for one that can be
            // read
            say(e.getMessage() + " It waits on.");
            return now.plusSeconds(60);
        }
    }

    private Instant lookWaiting(WindowState state, Instant now) {
        Skip skip = Skips.find(run(), id);
        if (skip != null) { // Jenkins went down between the record and its effect
            leave(state, skip);
            return null;
        }
        if (giveUpAt != 0 && now.toEpochMilli() >= giveUpAt) {
            giveUp(state, now);
            return null;
        }
        Instant until = state.isOpen() ? start(state, now) : state.opens();
        if (state.isOpen() && !until.isAfter(now)) {
            leave(state, null);
            return null;
        }
        if (!state.isOpen()) {
            announce(state);
        }
        return earlier(earlier(until, state.changes()), giveUpAt == 0 ? null : Instant.ofEpochMilli(giveUpAt));
    }

    /** When, in the opening that has come, it is this build's turn. */
    private Instant start(WindowState state, Instant now) {
        if (step.getJitter() == 0) {
            return now;
        }
        if (opensAt == 0 || opensAt > now.toEpochMilli() || closesAt != 0 && closesAt <= now.toEpochMilli()) {
            opensAt = now.toEpochMilli(); // it opened by a change of the configuration
        }
        closesAt = state.closes() == null ? 0 : state.closes().toEpochMilli();
        Instant turn = step.window().spread().start(Instant.ofEpochMilli(opensAt), state.closes(), jitterSeed);
        if (turn.isAfter(now)) {
            say("It is open; to spread what has waited, this build goes on at "
                    + TimeText.moment(
                            turn,
                            state.verdict() == null
                                    ? ZoneOffset.UTC
                                    : state.verdict().zone()) + ".");
        }
        return turn;
    }

    private void announce(WindowState state) {
        String news = state.fingerprint();
        if (news.equals(said)) {
            return;
        }
        Instant now = WaitingWindows.clock().instant();
        if (closesAt != 0 && closesAt <= now.toEpochMilli()) {
            print("The opening until "
                    + TimeText.moment(
                            Instant.ofEpochMilli(closesAt), state.verdict().zone())
                    + " was missed: Jenkins was down, or its clock was set.");
        }
        said = news;
        opensAt = state.opens() == null ? 0 : state.opens().toEpochMilli();
        closesAt = state.opens() == null || state.closes() == null
                ? 0
                : state.closes().toEpochMilli();
        print("Waiting. It is " + state.sentence() + ".");
        getContext().saveState();
    }

    private void giveUp(WindowState state, Instant now) {
        if (settle(Phase.DONE)) {
            endPause();
            getContext()
                    .onFailure(new AbortException(
                            "Gave up after " + TimeText.between(since(), now) + ": it is " + state.sentence() + "."));
        }
    }

    private void leave(WindowState state, @CheckForNull Skip skip) {
        if (!settle(getContext().hasBody() ? Phase.BODY : Phase.DONE)) {
            return;
        }
        endPause();
        Instant now = WaitingWindows.clock().instant();
        String after = " after " + TimeText.between(since(), now);
        print(
                skip == null
                        ? "It goes on" + after + ". It is " + state.sentence() + "."
                        : capitalized(skip.sentence()) + after + ". It was " + skip.getWhat() + ".");
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
            WaitingWindows.get().remove(id);
            getContext().onSuccess(result(state, skip));
            return true;
        }
        phase = Phase.BODY;
        skipped = skip != null;
        body = getContext().newBodyInvoker().withCallback(new Callback(id)).start();
        if (!skipped) {
            WaitingWindows.get().add(this);
        } else {
            WaitingWindows.get().remove(id);
        }
        return false;
    }

    private Instant lookInside(WindowState state, Instant now) {
        if (state.isOpen() || skipped) {
            endTold = false;
            return state.changes() == null ? now.plusSeconds(3600) : state.changes();
        }
        boolean stop = step.getOnWindowEnd().equals(ExecutionWindowStep.STOP);
        if (!endTold) {
            endTold = true;
            print("The window is over: it is " + state.sentence() + ". "
                    + (stop ? "What runs in it is stopped." : "What runs in it goes on."));
            BodyExecution running = body;
            if (stop && running != null) {
                running.cancel(new FlowInterruptedException(Result.ABORTED, true, new WindowEnded(state.sentence())));
            }
        }
        return state.changes() == null ? now.plusSeconds(3600) : state.changes();
    }

    @Override
    public boolean skip(Skip skip) throws IOException {
        WindowState state = state(skip.getAt());
        Run<?, ?> run = run();
        synchronized (this) {
            if (phase != Phase.WAITING) {
                return false;
            }
            if (Skips.find(run, id) != null) {
                return false; // another one, that is about to take effect
            }
            Runnable undo = Skips.add(run, skip);
            try {
                run.save();
            } catch (IOException e) {
                undo.run();
                throw e;
            }
        }
        leave(state, skip);
        return true;
    }

    @Override
    public void stop(@NonNull Throwable cause) throws Exception {
        BodyExecution running = body;
        if (running != null) {
            running.cancel(cause);
            return;
        }
        if (settle(Phase.DONE)) {
            endPause();
            getContext().onFailure(cause);
        }
    }

    /** Ends the waiting, which happens once. */
    private synchronized boolean settle(Phase next) {
        if (phase != Phase.WAITING) {
            return false;
        }
        phase = next;
        WaitingWindows.get().remove(id);
        return true;
    }

    @Override
    public synchronized String getStatus() {
        return switch (phase) {
            case WAITING -> "waiting for a window" + (opensAt == 0 ? "" : ", next " + Instant.ofEpochMilli(opensAt));
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

    private Run<?, ?> run() {
        try {
            return getContext().get(Run.class);
        } catch (IOException e) {
            throw new UserException("The run is gone.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted.", e);
        }
    }

    private void endPause() {
        try {
            PauseAction.endCurrentPause(getContext().get(FlowNode.class));
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String text) {
        if (!text.equals(said)) {
            said = text;
            print(text);
        }
    }

    private void print(String text) {
        try {
            getContext().get(TaskListener.class).getLogger().println(PREFIX + text);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @CheckForNull
    private static Instant earlier(@CheckForNull Instant one, @CheckForNull Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
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
