package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Actionable;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import io.jenkins.plugins.safedeployments.engine.calendar.Opening;
import io.jenkins.plugins.safedeployments.engine.calendar.Schedule;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The wait of one item in the queue. The queue itself is the record: after a restart it asks anew. It holds its lock while it
 * asks, so nothing that is called by {@link #blockage} may wait for another one.
 */
final class QueuedWait implements Wait.Waiter {

    private static final Logger LOGGER = Logger.getLogger(QueuedWait.class.getName());

    private final Job<?, ?> job;
    private final long item;
    private final boolean manual;

    private QueuedWait(Job<?, ?> job, Queue.Item item) {
        this.job = job;
        this.item = item.getId();
        manual = WindowSettings.isManual(item);
    }

    @NonNull
    static String id(Queue.Item item) {
        return "queue-" + item.getId();
    }

    /** Why an item has to stay in the queue; null if it is open and its turn, or its window was skipped. */
    @CheckForNull
    static CauseOfBlockage blockage(Queue.Item item, Job<?, ?> job) {
        if (Skips.find(item, id(item)) != null) {
            return null;
        }
        boolean waits = WaitingWindows.get().isKnown(id(item));
        QueuedWait waiter = new QueuedWait(job, item);
        Instant now = WaitingWindows.clock().instant();
        Instant queued = Instant.ofEpochMilli(item.getInQueueSince());
        Instant since = queued.isBefore(now) ? queued : now;
        Wait wait = new Wait(waiter, id(item), job.getFullName() + "/" + item.getId(), since, Duration.ZERO);
        WindowState state = wait.state(now);
        if (state.isOpen()) {
            return waits || wait.beginIn(waiter.openSince(since, now), state, now)
                    ? new Blockage(Messages.ExecutionWindowProperty_Spread())
                    : null;
        }
        if (!waits) {
            wait.begin(state);
        }
        return new Blockage(Messages.ExecutionWindowProperty_Waits(state.sentence()));
    }

    /** The beginning of what is open now, or {@code from} if that is later. */
    private Instant openSince(Instant from, Instant now) {
        List<WindowCalendar> calendars = calendars();
        List<Opening> openings =
                calendars.isEmpty() ? List.of() : Schedule.ofAll(calendars).openings(from, now.plusSeconds(1));
        return openings.isEmpty() ? from : openings.get(openings.size() - 1).start();
    }

    private List<WindowCalendar> calendars() {
        ExecutionWindowProperty property = job.getProperty(ExecutionWindowProperty.class);
        return property == null ? List.of() : property.getWindow().calendars(job);
    }

    /** What the queue says of it, wherever it is shown. */
    private static final class Blockage extends CauseOfBlockage {

        private final String text;

        Blockage(String text) {
            this.text = text;
        }

        @Override
        public String getShortDescription() {
            return text;
        }
    }

    @Override
    public WindowState state(Instant now) {
        if (job.getProperty(ExecutionWindowProperty.class) == null) {
            return new WindowState(null, null, null);
        }
        spread(); // forms check it, but configuration may come from elsewhere; what is wrong with it has to be said
        return WindowState.of(calendars(), now);
    }

    @Override
    public Jitter spread() {
        ExecutionWindowProperty property = job.getProperty(ExecutionWindowProperty.class);
        return property == null
                ? new Jitter(Duration.ZERO)
                : property.getWindow().spread(manual);
    }

    @Override
    public String skipMessage() {
        ExecutionWindowProperty property = job.getProperty(ExecutionWindowProperty.class);
        return property == null ? null : property.getWindow().getSkipMessage();
    }

    @Override
    public String ownerKey() {
        return Waiting.keyOf(item);
    }

    @Override
    public Actionable owner() {
        Queue.Item found = Queue.getInstance().getItem(item);
        if (found == null || found instanceof Queue.LeftItem) {
            throw new UserException("It is not in the queue any more.");
        }
        return found;
    }

    @Override
    public boolean record(Skip skip) {
        boolean there = Queue.callWithLock(() -> {
            Queue.Item found = Queue.getInstance().getItem(item);
            if (found == null || found instanceof Queue.LeftItem) {
                return false;
            }
            Skips.add(found, skip);
            return true;
        });
        if (there) {
            Queue.getInstance().save();
        }
        return there;
    }

    @Override
    public void say(String text) {
        LOGGER.log(Level.FINE, "{0}: {1}", new Object[] {job.getFullName(), text});
    }

    @Override
    public void save() {
        // the queue is saved with the items in it
    }

    @Override
    public void goOn(WindowState state, @CheckForNull Skip skip) {
        Queue.getInstance().scheduleMaintenance();
    }

    @Override
    public void giveUp(String why) {
        throw new IllegalStateException("it waits as long as it takes");
    }
}
