package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * An item in the queue that waits for a judgment. Jenkins exchanges the objects that stand for an item all the time, but hands
 * their actions on, so it is known by its number, and what is kept with it by the action.
 *
 * <p>All here may wait for the lock of the queue, so none of it is to be called by who has that and waits for others.
 *
 * @param judgments is, or is about to be, one of the item's actions
 */
record QueueSubject(Job<?, ?> job, long item, Judgments judgments) implements Subject {

    private static final String ID = "queue/item/";

    /** Whether it is what {@link #id} may say. */
    static boolean isId(String id) {
        return id.matches(ID + "\\d{1,18}");
    }

    /** The item of an {@link #id}; null also if it is none. */
    @CheckForNull
    static Queue.Item find(String id) {
        return isId(id) ? find(Long.parseLong(id.substring(ID.length()))) : null;
    }

    /** The item, also for some minutes after it has left the queue; null later. */
    @CheckForNull
    static Queue.Item find(long item) {
        return Queue.callWithLock(() -> Queue.getInstance().getItem(item));
    }

    /** The item if it is still in the queue. */
    @CheckForNull
    static Queue.Item findWaiting(long item) {
        Queue.Item found = find(item);
        return found instanceof Queue.LeftItem ? null : found;
    }

    @Override
    public String id() {
        return ID + item;
    }

    @Override
    public String name() {
        return Messages.JudgmentProperty_InQueue(job.getFullDisplayName());
    }

    @Override
    public String url() {
        return ID + item + "/";
    }

    @Override
    public List<Run<?, ?>> runs() {
        Queue.Item found = Queue.getInstance().getItem(item);
        return found == null ? List.of() : Requesters.runs(found.getCauses());
    }

    /** Those of all requests that Jenkins has joined in this item. */
    @Override
    public Set<String> starters() {
        Queue.Item found = Queue.getInstance().getItem(item);
        return found == null ? Set.of() : Requesters.starters(found.getCauses());
    }

    /** Whose changes will be built is not known before it is; whose were in the runs that it comes from is. */
    @Override
    public Requesters requesters() {
        Queue.Item found = Queue.getInstance().getItem(item);
        return found == null ? Requesters.NOBODY : Requesters.of(job, found.getCauses());
    }

    /** The queue is written as a whole. If that fails Jenkins says so in its log, and after a crash people are asked anew. */
    @Override
    public void keep(Judgment judgment) throws IOException {
        Decision decision = judgment.decision();
        boolean withdrawn = decision != null && decision.how() == Decision.How.ABORTED;
        if (!withdrawn && findWaiting(item) == null) {
            throw new UserException("It is not in the queue any more.");
        }
        judgments.put(judgment, Queue.getInstance());
    }

    @Override
    public ClusterAccess access(ClusterConfiguration cluster, String credentialsId) {
        return ClusterCredentials.access(cluster, credentialsId, job.getFullName());
    }

    @Override
    public GatePlace place() {
        return GatePlace.inQueue(job);
    }

    @Override
    public void beginVote() {
        Queue.runWithLock(judgments::beginVote);
    }

    @Override
    public void endVote() {
        Queue.runWithLock(judgments::endVote);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueueSubject subject && subject.item == item;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(item);
    }

    @NonNull
    @Override
    public String toString() {
        return job.getFullName() + ", " + id();
    }
}
