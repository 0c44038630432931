package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The wait of one {@link HeldStepExecution}. */
final class HeldRelease implements Wait.Waiter, Serializable {

    private static final long serialVersionUID = 1L;

    private final HeldStepExecution execution;
    private final String app;
    private final String cluster;
    private final Wait wait;

    /** Looked up once, since pages ask often; a run is the same wherever its job is moved to. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "looked up again")
    private transient volatile Run<?, ?> run;

    HeldRelease(HeldStepExecution execution, String app, String cluster, Instant now) {
        this.execution = execution;
        this.app = app;
        this.cluster = cluster;
        String id = UUID.randomUUID().toString();
        wait = new Wait(this, id, id, now, Duration.ZERO);
    }

    void hold(WindowState state) {
        voice().pause();
        wait.begin(state);
        voice().showPage();
    }

    boolean watch() {
        if (!wait.isWaiting()) {
            return false;
        }
        WaitingWindows.get().add(wait);
        return true;
    }

    boolean cancel() {
        boolean waited = wait.cancel();
        if (waited) {
            voice().endPause();
        }
        return waited;
    }

    @NonNull
    String status() {
        return wait.status();
    }

    private StepVoice voice() {
        return new StepVoice(execution.getContext(), app);
    }

    @Override
    public boolean isReady() {
        return execution.getContext().isReady();
    }

    @Override
    public WindowState state(Instant now) {
        return WindowPolicy.state(owner().getParent(), cluster, now);
    }

    @Override
    public Jitter spread() {
        return new Jitter(Duration.ZERO);
    }

    @Override
    public String skipMessage() {
        return null;
    }

    @Override
    public String label() {
        return Messages.HeldRelease_Label(app);
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
        execution.getContext().saveState();
    }

    @Override
    public void goOn(WindowState state, @CheckForNull Skip skip) {
        voice().endPause();
        execution.letBegin();
    }

    @Override
    public void giveUp(String why) {
        voice().endPause();
        execution.getContext().onFailure(new AbortException("Gave up " + why + "."));
    }
}
