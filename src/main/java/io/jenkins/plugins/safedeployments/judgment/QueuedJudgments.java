package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;

/**
 * All items in the queue that wait for people. The queue holds its lock while it calls this, so nothing here waits for another
 * one, or for the disk.
 */
@Extension
public final class QueuedJudgments {

    private static final Logger LOGGER = Logger.getLogger(QueuedJudgments.class.getName());

    private final Map<Long, HeldItem> held = new ConcurrentHashMap<>();

    /** By the full name of the job. */
    private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

    /** What came last of a job's requests, if that was refused. */
    record Refusal(Instant at, String text) {}

    @NonNull
    static QueuedJudgments get() {
        return ExtensionList.lookupSingleton(QueuedJudgments.class);
    }

    /** Why an item has to stay in the queue, or to leave it without a build; null if it may begin. */
    @CheckForNull
    CauseOfBlockage blockage(Queue.Item item, Job<?, ?> job) {
        if (QueuedJudgment.of(item) == null && job.getProperty(JudgmentProperty.class) == null) {
            return null;
        }
        Judgment judgment = QueuedJudgment.judgment(item);
        if (judgment != null && judgment.isDecided()) {
            return judgment.isApproved() ? null : new Refused(judgment.sentence());
        }
        return new Waits(hold(item, job));
    }

    private HeldItem hold(Queue.Item item, Job<?, ?> job) {
        HeldItem known = held.get(item.getId());
        if (known != null && known.isOutdated(item)) {
            held.remove(item.getId());
            known.forget();
        }
        HeldItem one = held.computeIfAbsent(item.getId(), id -> new HeldItem(job, id));
        one.goOn();
        return one;
    }

    /** What was asked before a restart can be decided at once, also while another build keeps the queue from looking at it. */
    void blocked(Queue.BlockedItem item) {
        if (item.task instanceof Job<?, ?> job) {
            Judgment judgment = QueuedJudgment.judgment(item);
            if (judgment != null && !judgment.isDecided()) {
                hold(item, job);
            }
        }
    }

    /** It begins, or was cancelled. */
    void left(Queue.LeftItem item) {
        HeldItem one = held.remove(item.getId());
        if (one != null) {
            one.leave();
        }
        if (!(item.task instanceof Job<?, ?> job) || QueuedJudgment.of(item) == null) {
            return;
        }
        refusals.remove(job.getFullName());
        Judgment judgment = QueuedJudgment.judgment(item);
        if (item.isCancelled() && judgment != null && judgment.isDecided() && !judgment.isApproved()) {
            refusals.put(job.getFullName(), new Refusal(judgment.made().at(), judgment.sentence()));
            Timer.get()
                    .execute(() ->
                            LOGGER.log(Level.INFO, "{0}, item {1} of the queue, is not built: {2}", new Object[] {
                                job.getFullName(), Long.toString(item.getId()), judgment.sentence()
                            }));
        }
    }

    /** What came of the job's last request, if it was refused since Jenkins was started. */
    @CheckForNull
    Refusal refusal(Job<?, ?> job) {
        return refusals.get(job.getFullName());
    }

    private static final class Waits extends CauseOfBlockage {

        private final HeldItem held;

        Waits(HeldItem held) {
            this.held = held;
        }

        @Override
        public String getShortDescription() {
            return held.why();
        }
    }

    /** Has the queue cancel the item. */
    private static final class Refused extends CauseOfBlockage {

        private final String text;

        Refused(String text) {
            this.text = text;
        }

        @Override
        public String getShortDescription() {
            return text;
        }

        @Override
        public boolean isFatal() {
            return true;
        }
    }
}
