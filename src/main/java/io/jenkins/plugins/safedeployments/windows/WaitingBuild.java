package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.HyperlinkNote;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A build that is no Pipeline, and waits on its executor. It does not go on after a restart, and neither does its wait. */
final class WaitingBuild implements Wait.Waiter {

    private final Run<?, ?> run;
    private final TaskListener listener;
    private final String prefix;
    private final Function<Instant, WindowState> state;
    private final CountDownLatch over = new CountDownLatch(1);
    private Jitter spread = new Jitter(Duration.ZERO);
    private String skipMessage;

    /** @param state throws a {@code UserException} if it can't be known */
    WaitingBuild(Run<?, ?> run, TaskListener listener, String prefix, Function<Instant, WindowState> state) {
        this.run = run;
        this.listener = listener;
        this.prefix = prefix;
        this.state = state;
    }

    @NonNull
    WaitingBuild spreading(Jitter jitter) {
        spread = jitter;
        return this;
    }

    @NonNull
    WaitingBuild warning(@CheckForNull String message) {
        skipMessage = message;
        return this;
    }

    /**
     * Returns when it is open, or was skipped.
     *
     * @throws InterruptedException if the build was aborted
     */
    void await() throws InterruptedException {
        Instant now = WaitingWindows.clock().instant();
        WindowState first = state(now);
        if (first.isOpen()) {
            return;
        }
        Wait wait = new Wait(this, UUID.randomUUID().toString(), run.getExternalizableId(), now, Duration.ZERO);
        wait.begin(first);
        say(HyperlinkNote.encodeTo("/" + run.getUrl() + WindowsTab.URL + "/", "See the window, or skip it"));
        try {
            over.await();
        } finally {
            wait.cancel();
        }
    }

    @Override
    public WindowState state(Instant now) {
        return state.apply(now);
    }

    @Override
    public Jitter spread() {
        return spread;
    }

    @Override
    public String skipMessage() {
        return skipMessage;
    }

    @Override
    public Run<?, ?> owner() {
        return run;
    }

    @Override
    public boolean record(Skip skip) throws IOException {
        Skips.record(run, skip);
        return true;
    }

    @Override
    public void say(String text) {
        listener.getLogger().println("[" + prefix + "] " + text);
    }

    @Override
    public void save() {
        // nothing of it survives a restart
    }

    @Override
    public void goOn(WindowState opened, @CheckForNull Skip skip) {
        over.countDown();
    }

    @Override
    public void giveUp(String why) {
        throw new IllegalStateException("it waits as long as it takes");
    }
}
