package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueListener;
import hudson.model.queue.QueueTaskDispatcher;
import io.jenkins.plugins.safedeployments.Messages;
import java.util.Arrays;
import java.util.List;
import jenkins.model.OptionalJobProperty;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** Keeps the builds of a job in the queue, without an executor, until a window opens. */
public final class ExecutionWindowProperty extends OptionalJobProperty<Job<?, ?>> {

    private final WindowSettings window;

    @DataBoundConstructor
    public ExecutionWindowProperty(WindowSettings window) {
        this.window = window;
    }

    @NonNull
    public WindowSettings getWindow() {
        return window;
    }

    /** Those of its items in the queue that wait for the window. */
    @Restricted(NoExternalUse.class) // summary.jelly
    @NonNull
    public List<Queue.Item> getWaiting() {
        return Arrays.stream(Queue.getInstance().getItems())
                .filter(item -> item.task == owner && WaitingWindows.get().isKnown(QueuedWait.id(item)))
                .toList();
    }

    @Extension
    @Symbol("executionWindowProperty")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ExecutionWindowProperty_DisplayName();
        }
    }

    /** The queue asks again whenever it looks after itself, which {@link QueuedWait} has it do when the window opens. */
    @Extension
    public static final class Dispatcher extends QueueTaskDispatcher {

        @Override
        @CheckForNull
        public CauseOfBlockage canRun(Queue.Item item) {
            return item.task instanceof Job<?, ?> job && job.getProperty(ExecutionWindowProperty.class) != null
                    ? QueuedWait.blockage(item, job)
                    : null;
        }
    }

    /** What has begun, or was cancelled, does not wait any more. */
    @Extension
    public static final class LeftListener extends QueueListener {

        @Override
        public void onLeft(Queue.LeftItem item) {
            WaitingWindows.get().remove(QueuedWait.id(item));
        }
    }
}
