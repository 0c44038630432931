package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.Queue;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * An item that stays in the queue until people have decided. The queue holds its lock while it asks for {@link #why} and calls
 * {@link #goOn}, so these wait for nothing; all else is done in other threads.
 */
final class HeldItem implements LiveJudgment.Asker {

    private static final Logger LOGGER = Logger.getLogger(HeldItem.class.getName());

    /** When it is tried again to ask, if that could not be done. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Job<?, ?> job;
    private final long item;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean left;

    /** Null until people are asked. */
    private volatile LiveJudgment live;

    /** Why they can't be asked; null if nothing is wrong. */
    private volatile String problem;

    /** When it is tried again. */
    private volatile Instant again = Instant.MIN;

    HeldItem(Job<?, ?> job, long item) {
        this.job = job;
        this.item = item;
    }

    private static Instant now() {
        return PendingJudgments.clock().instant();
    }

    /** In words. */
    @NonNull
    String why() {
        LiveJudgment asked = live;
        String wrong = problem;
        if (asked != null) {
            return Messages.JudgmentProperty_Waits(sentence(asked.message()), asked.missing());
        }
        return wrong == null ? Messages.JudgmentProperty_Begins() : Messages.JudgmentProperty_Unknown(wrong);
    }

    private static String sentence(String message) {
        return message.matches("(?s).*[.?!]") ? message : message + ".";
    }

    /** Whether the queue was read from the disk anew, so that what is kept with the item is not what this writes to. */
    boolean isOutdated(Queue.Item now) {
        LiveJudgment asked = live;
        return asked != null && ((QueueSubject) asked.subject()).judgments() != now.getAction(Judgments.class);
    }

    /** Another one takes its place. */
    void forget() {
        PendingJudgments.get().remove(live);
    }

    /** Has people asked, or after a restart lets them go on, unless that was done. */
    void goOn() {
        if (live == null && !now().isBefore(again) && busy.compareAndSet(false, true)) {
            run(ReleaseRuntime.get()::execute, this::begin);
        }
    }

    private static void run(Executor threads, Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins goes down; it goes on when it is up again", e);
        }
    }

    private void begin() {
        try {
            Queue.Item found = QueueSubject.findWaiting(item);
            if (found != null && !left) {
                QueuedJudgment asked = QueuedJudgment.of(found);
                Judgment known = QueuedJudgment.judgment(found);
                if (asked == null || known == null) {
                    ask(asked);
                } else if (!known.isDecided()) {
                    resume(found, asked, known);
                }
                problem = null;
            }
        } catch (UserException e) {
            failed(e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "can't have people decide on " + job.getFullName() + " in the queue");
            failed("The system log says why.");
        } finally {
            busy.set(false);
        }
        Queue.getInstance().scheduleMaintenance();
    }

    private void failed(String why) {
        problem = why;
        again = now().plus(PAUSE);
    }

    /** @param before that which can't be read any more; null if there is none */
    private void ask(@CheckForNull QueuedJudgment before) throws IOException {
        JudgmentProperty property = job.getProperty(JudgmentProperty.class);
        if (before == null && property == null) {
            return; // it was taken away meanwhile
        }
        JudgmentSettings settings =
                before == null ? Objects.requireNonNull(property).getJudgment() : before.getSettings();
        check(settings);
        String id = settings.getId() == null ? "judgment" : settings.getId();
        Judgments judgments = new Judgments();
        QueueSubject subject = new QueueSubject(job, item, judgments);
        Judgment judgment = Asking.begin(id, settings, subject);
        judgments.put(judgment, () -> {}); // it is written with the queue, when it is there
        LiveJudgment asked = new LiveJudgment(subject, settings, judgment, this);
        asked.beginAwaiting();
        if (!attach(judgments, new QueuedJudgment(item, id, settings))) {
            asked.dropAwaiting();
            return; // it has left the queue meanwhile
        }
        Queue.getInstance().save();
        open(asked).tellAwaiting();
    }

    /** @throws UserException if it can't be asked in the queue */
    static void check(JudgmentSettings settings) {
        settings.check();
        if (!settings.getParameters().isEmpty()) {
            throw new UserException("'parameters' has "
                    + settings.getParameters().stream()
                            .map(ParameterDefinition::getName)
                            .collect(Collectors.joining("', '", "'", "'"))
                    + ", but what waits in the queue has no use for them: leave them out, or ask in the build.");
        }
    }

    private boolean attach(Judgments judgments, QueuedJudgment asked) {
        return Queue.callWithLock(() -> {
            Queue.Item found = Queue.getInstance().getItem(item);
            if (found == null || found instanceof Queue.LeftItem) {
                return false;
            }
            found.replaceAction(judgments);
            found.replaceAction(asked);
            return true;
        });
    }

    private void resume(Queue.Item found, QueuedJudgment asked, Judgment known) {
        QueueSubject subject = new QueueSubject(job, item, Objects.requireNonNull(found.getAction(Judgments.class)));
        Queue.getInstance().save(); // Jenkins has put the file aside that it was read from
        open(new LiveJudgment(subject, asked.getSettings(), known, this));
    }

    private LiveJudgment open(LiveJudgment asked) {
        live = asked;
        PendingJudgments.get().add(asked);
        if (left) {
            end();
        }
        return asked;
    }

    /** It is in the queue no more: it begins, or was cancelled. */
    void leave() {
        left = true;
        run(ReleaseRuntime.get()::executeSoon, this::end);
    }

    private void end() {
        LiveJudgment asked = live;
        if (asked == null) {
            return;
        }
        PendingJudgments.get().remove(asked);
        if (asked.withdraw("it was taken out of the queue.")) {
            try {
                asked.tellWithdrawn();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.WARNING, e, () -> "can't record that nobody decides " + asked.path());
            }
        }
    }

    @Override
    public void say(String text) {
        LOGGER.log(Level.FINE, "{0}, item {1} of the queue: {2}", new Object[] {job.getFullName(), item, text});
    }

    @Override
    public void decided(boolean byInput) {
        LiveJudgment asked = live;
        PendingJudgments.get().remove(asked);
        if (asked.judgment().isApproved()) {
            Queue.getInstance().scheduleMaintenance();
        } else {
            cancel();
        }
    }

    /** The queue would do it as well, but not while another build of the job runs. */
    private void cancel() {
        Queue.runWithLock(() -> {
            Queue.Item found = Queue.getInstance().getItem(item);
            if (found != null && !(found instanceof Queue.LeftItem)) {
                Queue.getInstance().cancel(found);
            }
        });
    }
}
