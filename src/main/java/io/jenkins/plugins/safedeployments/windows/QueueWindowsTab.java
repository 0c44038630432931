package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.security.AccessControlled;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerProxy;

/** The window of an item in the queue, and for some minutes after it has left that. */
public final class QueueWindowsTab extends WindowsTab implements StaplerProxy {

    private final Job<?, ?> job;

    private QueueWindowsTab(Queue.Item item, Job<?, ?> job) {
        super(item);
        this.job = job;
    }

    @Override
    AccessControlled access() {
        return job;
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public Job<?, ?> getJob() {
        return job;
    }

    /** Unlike a run, an item in the queue is found by who may not see its job, too. */
    @Override
    @Restricted(NoExternalUse.class)
    public Object getTarget() {
        job.checkPermission(Item.READ);
        return this;
    }

    @Extension
    public static final class Factory extends TransientActionFactory<Queue.Item> {

        @Override
        public Class<Queue.Item> type() {
            return Queue.Item.class;
        }

        @Override
        public Class<QueueWindowsTab> actionType() {
            return QueueWindowsTab.class;
        }

        @NonNull
        @Override
        public Collection<QueueWindowsTab> createFor(@NonNull Queue.Item target) {
            return target.task instanceof Job<?, ?> job ? List.of(new QueueWindowsTab(target, job)) : List.of();
        }
    }
}
