package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.Util;
import hudson.console.HyperlinkNote;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;
import org.jenkinsci.plugins.workflow.support.steps.input.ApproverAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.jenkinsci.plugins.workflow.support.steps.input.InputSubmittedAction;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * Asks people, through an {@code input} of its own that all can see and answer, and waits without a thread. What survives a
 * restart is the step's parameters, the id and that input; the votes are kept with the run.
 *
 * <p>All that may wait for something is done on other threads than that which runs the Pipeline, as {@code input} itself may wait
 * for that one.
 */
final class JudgmentExecution extends StepExecution implements LiveJudgment.Asker {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(JudgmentExecution.class.getName());
    private static final String PREFIX = "[judgment] ";

    /** How long what made a decision may take to go on by itself before it is helped. */
    static long passMillis = 5000; // tests have less patience

    private static final long RETRY_SECONDS = 10;

    private final JudgmentSettings settings;

    /** In the run; set when it starts. */
    private String id;

    /** How many of the same id were decided before it starts; 0 in what earlier versions have stored. */
    private int decidedBefore;

    /** Null until it is asked. */
    private volatile InputStepExecution input;

    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "made anew when the step is resumed")
    private transient volatile LiveJudgment live;

    /** Whose answer has decided, until the input has gone on with it, however long that takes. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "what it was made for is gone then")
    private transient volatile Passing passing;

    /** Why it was told to stop, if it was. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "who stopped it says so again")
    private transient Throwable stopCause;

    /** Whether the Pipeline was told. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "it is not kept then")
    private transient boolean over;

    JudgmentExecution(JudgmentSettings settings, StepContext context) {
        super(context);
        this.settings = settings;
    }

    @Override
    public boolean start() throws Exception {
        try {
            settings.check();
            Run<?, ?> run = getContext().get(Run.class);
            id = Judgments.take(run, settings.getId());
            decidedBefore = Judgments.countDecided(run, id);
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        ReleaseRuntime.get().execute(this::ask);
        return false;
    }

    @Override
    public void onResume() {
        ReleaseRuntime.get().execute(this::resume);
    }

    private void ask() {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        try {
            Run<?, ?> run = getContext().get(Run.class);
            Subject subject = new RunSubject(run);
            Judgment judgment = Asking.begin(id, settings, subject);
            if (isOver()) {
                return; // it was ended by force while the cluster was waited for, and nobody was asked
            }
            ask(run, new LiveJudgment(subject, settings, judgment, this));
        } catch (UserException e) {
            fail(runtime, new AbortException(e.getMessage()));
        } catch (IOException | RuntimeException | TimeoutException e) {
            fail(runtime, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Jenkins goes down; the step is resumed when it is up again
        }
    }

    /** What ends because Jenkins goes down has not failed. */
    private void fail(ReleaseRuntime runtime, Throwable cause) {
        if (runtime.isTerminated()) {
            LOGGER.log(Level.FINE, "Jenkins goes down; the step is resumed when it is up again", cause);
        } else {
            fail(cause);
        }
    }

    private void ask(Run<?, ?> run, LiveJudgment asked) throws IOException, InterruptedException, TimeoutException {
        asked.beginAwaiting();
        try {
            asked.subject().keep(asked.judgment());
            printQuestion(run, asked.judgment());
            if (open(asked, true)) {
                asked.tellAwaiting();
            } else {
                asked.dropAwaiting();
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            asked.dropAwaiting();
            throw e;
        }
    }

    private void resume() {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        try {
            Run<?, ?> run = getContext().get(Run.class);
            takeAgain(run);
            inputs(run).getExecutions(); // not before the Pipeline is loaded is anybody asked or told
            Judgment judgment = Judgments.find(run, id, decidedBefore);
            if (judgment == null) {
                ask(); // Jenkins went down before it was asked
                return;
            }
            LiveJudgment asked = new LiveJudgment(new RunSubject(run), settings, judgment, this);
            if (judgment.isDecided()) {
                live = asked; // Jenkins went down before the Pipeline was told
                settle();
            } else {
                open(asked, false);
            }
        } catch (TimeoutException e) {
            LOGGER.log(Level.FINE, "the Pipeline is still being loaded", e);
            Timer.get().schedule(this::onResume, RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (IOException | RuntimeException e) {
            fail(runtime, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAgain(Run<?, ?> run) {
        try {
            Judgments.take(run, id);
        } catch (UserException e) {
            LOGGER.log(Level.FINE, "it was tried before", e);
        }
    }

    /**
     * Shows it to all who look for inputs, and lets it be decided.
     *
     * @param fresh whether it is asked for the first time, and not taken up again
     * @return false if the step was ended by force meanwhile, so that nobody is asked
     */
    private boolean open(LiveJudgment asked, boolean fresh) throws IOException, InterruptedException, TimeoutException {
        Run<?, ?> run = run(asked);
        InputStepExecution known = input;
        Throwable ended;
        synchronized (this) {
            ended = over ? stopCause : null;
            live = over ? null : asked;
        }
        if (live == null) {
            removeInput(run);
            if (ended != null && asked.withdraw(reason(ended))) {
                asked.subject().keep(asked.judgment());
            }
            return false;
        }
        try {
            if (known == null) {
                JudgmentInput step = new JudgmentInput(this, asked.judgment(), settings.getParameters());
                InputStepExecution made = (InputStepExecution) step.start(new JudgmentContext(this));
                if (!fresh) {
                    inputs(run).remove(made); // it may have been shown before Jenkins went down
                }
                made.start();
                input = made;
                getContext().saveState();
            } else {
                // Jenkins looks for inputs among the steps that run, and this one is none: it is hidden in ours
                InputAction inputs = inputs(run);
                synchronized (inputs) {
                    inputs.remove(known);
                    inputs.add(known);
                }
            }
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
            live = null;
            throw e;
        } catch (Exception e) {
            live = null;
            throw new IOException(e);
        }
        PendingJudgments.get().add(asked);
        if (asked.judgment().isDecided()) {
            PendingJudgments.get().remove(asked); // by an answer that was faster
        }
        Throwable stopped;
        synchronized (this) {
            stopped = stopCause;
        }
        if (stopped != null) {
            withdraw(asked, stopped);
        }
        if (isOver()) {
            removeInput(run); // it was shown only when the step had ended
        }
        return true;
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** Nobody can answer it any more. */
    private void removeInput(Run<?, ?> run) throws IOException, InterruptedException, TimeoutException {
        InputStepExecution known = input;
        if (known != null && inputs(run).getExecutions().contains(known)) {
            inputs(run).remove(known);
        }
    }

    private static Run<?, ?> run(LiveJudgment asked) {
        return ((RunSubject) asked.subject()).run();
    }

    private static InputAction inputs(Run<?, ?> run) {
        synchronized (run) {
            InputAction inputs = run.getAction(InputAction.class);
            if (inputs == null) {
                inputs = new InputAction();
                run.addAction(inputs);
            }
            return inputs;
        }
    }

    private void printQuestion(Run<?, ?> run, Judgment judgment) {
        say(judgment.question());
        Instant deadline = judgment.terms().deadline();
        say("It takes " + judgment.rulesText(judgment.since()) + "."
                + (deadline == null ? "" : " It ends " + TimeText.utc(deadline) + ".")
                + " "
                + HyperlinkNote.encodeTo("/" + run.getUrl() + JudgmentTab.URL + "/" + id + "/", "See it, and decide"));
    }

    /** Null until it is asked, and while it is taken up again. */
    @CheckForNull
    LiveJudgment live() {
        return live;
    }

    /** A thread alone would not do, since it serves others later. */
    private record Passing(Thread thread, String user) {
        static Passing current() {
            return new Passing(
                    Thread.currentThread(), Jenkins.getAuthentication2().getName());
        }
    }

    boolean isPassing() {
        return Passing.current().equals(passing);
    }

    /**
     * Judges an answer to the input.
     *
     * @param asked what the input asks for; nothing is recorded before it has it
     * @throws NotThrough if it does not decide
     */
    void judge(InputCaller caller, Class<?> asked) {
        if (isPassing() || caller == InputCaller.ABORT && asked != Run.class) {
            return;
        }
        LiveJudgment judged = live;
        if (judged == null) {
            throw new hudson.model.Failure("Jenkins has just started, and looks after this in a moment: try again.");
        }
        Ruling ruling;
        try {
            ruling = caller == InputCaller.ABORT
                    ? judged.reject(Jenkins.getAuthentication2(), true)
                    : judged.vote(Jenkins.getAuthentication2(), answer(judged, caller));
        } catch (UserException e) {
            ruling = new Ruling(Ruling.Kind.WRONG, judged.judgment(), e.getMessage());
        } catch (IOException e) {
            throw NotThrough.notRecorded(judged, e);
        }
        if (ruling.kind() != Ruling.Kind.DECIDED) {
            throw NotThrough.of(ruling, judged.path());
        }
    }

    private LiveJudgment.Answer answer(LiveJudgment judged, InputCaller caller) {
        Map<String, Object> values = new LinkedHashMap<>();
        String shown = null;
        if (caller == InputCaller.FORM) {
            StaplerRequest2 request = Stapler.getCurrentRequest2();
            values.putAll(JudgmentInput.submitted(
                    request,
                    input == null ? settings.getParameters() : input.getInput().getParameters()));
            shown = Util.fixEmpty(request.getParameter("shown"));
        }
        Object choice = values.remove(JudgmentInput.OUTCOME);
        Object comment = values.remove(JudgmentInput.COMMENT);
        return new LiveJudgment.Answer(
                choice == null ? JudgmentInput.onlyChoice(judged.judgment().terms()) : choice.toString(),
                comment == null ? "" : comment.toString(),
                values,
                shown,
                true);
    }

    @Override
    public void decided(boolean byInput) {
        if (byInput) {
            passing = Passing.current();
            // it goes on by itself, unless something breaks on its way
            Timer.get().schedule(this::settleSoon, passMillis, TimeUnit.MILLISECONDS);
        } else {
            settleSoon();
        }
    }

    private void settleSoon() {
        try {
            ReleaseRuntime.get().executeSoon(this::settle);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins goes down; it is settled when it is up again", e);
        }
    }

    /** What the input would have done. */
    private void settle() {
        if (isOver()) {
            return;
        }
        LiveJudgment settled = live;
        if (settled == null) {
            return; // it has failed meanwhile
        }
        closeInput(run(settled), settled.judgment());
        deliver(settled);
    }

    private void closeInput(Run<?, ?> run, Judgment judgment) {
        try {
            removeInput(run);
            FlowNode node = getContext().get(FlowNode.class);
            PauseAction.endCurrentPause(node);
            if (judgment.isApproved() && judgment.made().how() != Decision.How.VOTES) {
                // whoever looks at the stages sees that its rules were not met
                node.addOrReplaceAction(new WarningAction(Result.UNSTABLE).withMessage(judgment.sentence()));
            }
            if (judgment.isApproved() && node.getPersistentAction(InputSubmittedAction.class) == null) {
                node.addAction(new InputSubmittedAction(
                        judgment.made().by(), judgment.made().parameters()));
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "can't take the input of " + run + " away");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The input has gone on, because of a decision or because it broke. */
    void inputEnded(@CheckForNull Throwable cause) {
        if (isPassing()) {
            passing = null; // what the same thread answers for the same person from here on is another answer
        }
        LiveJudgment judged = live;
        if (judged != null && judged.judgment().isDecided()) {
            deliver(judged);
        } else if (cause != null) {
            fail(cause);
        }
    }

    /** Tells the Pipeline, once. */
    private void deliver(LiveJudgment settled) {
        Throwable cause;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            cause = stopCause;
        }
        leave(settled);
        Judgment judgment = settled.judgment();
        Decision decision = judgment.made();
        if (decision.how() == Decision.How.ABORTED) {
            getContext().onFailure(cause == null ? interruption(Result.ABORTED, true, judgment) : cause);
            return;
        }
        record(run(settled), decision);
        boolean stopped = !judgment.isApproved();
        Result result = stopped ? settings.resultOf(decision.how() == Decision.How.TIMEOUT) : null;
        if (result == null) {
            getContext().onSuccess(JudgmentResult.of(id, judgment));
        } else {
            getContext().onFailure(interruption(result, false, judgment));
        }
    }

    private static FlowInterruptedException interruption(Result result, boolean aborted, Judgment judgment) {
        return new FlowInterruptedException(result, aborted, new JudgmentRejected(judgment.id(), judgment.sentence()));
    }

    /** For those who look for who approved an input, and would see only the last one. */
    private static void record(Run<?, ?> run, Decision decision) {
        for (Decision.Decider decider : decision.deciders()) {
            boolean known = run.getActions(ApproverAction.class).stream()
                    .anyMatch(action -> action.getUserId().equals(decider.user()));
            if (!known) {
                run.addAction(new ApproverAction(decider.user()));
            }
        }
    }

    private void leave(@CheckForNull LiveJudgment settled) {
        if (settled != null) {
            PendingJudgments.get().remove(settled);
            Judgments.release(run(settled), id);
        }
    }

    private void fail(Throwable cause) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        ended(cause);
    }

    private void ended(Throwable cause) {
        LiveJudgment failed = live;
        leave(failed);
        if (failed == null) {
            try {
                Judgments.release(getContext().get(Run.class), id);
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "the run is gone", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        getContext().onFailure(cause);
    }

    @Override
    public void stop(@NonNull Throwable cause) {
        LiveJudgment asked;
        boolean end;
        synchronized (this) {
            asked = live;
            end = asked == null && stopCause != null && !over; // nobody waits for a cluster twice
            over |= end;
            stopCause = stopCause == null ? cause : stopCause;
        }
        if (asked != null) {
            withdraw(asked, cause);
        } else if (end) {
            ended(cause);
        }
        // else it is being asked or taken up again, and notices then
    }

    /** What was decided before stays decided, and the Pipeline is told that. */
    private void withdraw(LiveJudgment asked, Throwable cause) {
        if (asked.withdraw(reason(cause))) {
            PendingJudgments.get().remove(asked);
            ReleaseRuntime.get().executeSoon(() -> {
                try {
                    asked.tellWithdrawn();
                } catch (IOException | RuntimeException e) {
                    LOGGER.log(Level.WARNING, e, () -> "can't record that nobody decides " + asked.path());
                }
                settle();
            });
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof FlowInterruptedException interrupted) {
            for (CauseOfInterruption reason : interrupted.getCauses()) {
                return "the build was stopped (" + reason.getShortDescription() + ").";
            }
        }
        return "the build was stopped.";
    }

    @Override
    public String getStatus() {
        LiveJudgment asked = live;
        return asked == null ? "starting" : "waiting for " + asked.missing();
    }

    @Override
    public void say(String text) {
        try {
            TaskListener listener = getContext().get(TaskListener.class);
            listener.getLogger().println(PREFIX + text);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
