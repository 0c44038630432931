package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.JobProperty;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueListener;
import hudson.model.queue.QueueTaskDispatcher;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Arrays;
import java.util.List;
import jenkins.model.OptionalJobProperty;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.StaplerRequest2;

/** Keeps the builds of a job in the queue, without an executor, until people have decided that they begin. */
public final class JudgmentProperty extends OptionalJobProperty<Job<?, ?>> {

    private final JudgmentSettings judgment;

    @DataBoundConstructor
    public JudgmentProperty(JudgmentSettings judgment) {
        this.judgment = judgment;
    }

    @NonNull
    public JudgmentSettings getJudgment() {
        return judgment;
    }

    /** Those of its items in the queue that people were asked about. */
    @Restricted(NoExternalUse.class) // summary.jelly
    @NonNull
    public List<Queue.Item> getWaiting() {
        return Arrays.stream(Queue.getInstance().getItems())
                .filter(item -> item.task == owner && QueuedJudgment.of(item) != null)
                .toList();
    }

    /** What came of the last request, if it was refused; empty if not. */
    @Restricted(NoExternalUse.class) // summary.jelly
    @NonNull
    public String getRefusal() {
        QueuedJudgments.Refusal last = QueuedJudgments.get().refusal(owner);
        return last == null ? "" : Messages.JudgmentProperty_Refused(TimeText.utc(last.at()), last.text());
    }

    @Extension
    @Symbol("judgmentProperty")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentProperty_DisplayName();
        }

        @Override
        public JobProperty<?> newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            JobProperty<?> made = super.newInstance(request, form);
            if (made instanceof JudgmentProperty property) {
                try {
                    HeldItem.check(property.getJudgment());
                } catch (UserException e) {
                    throw new FormException(e.getMessage(), e, "judgment");
                }
            }
            return made;
        }
    }

    /**
     * The queue asks again whenever it looks after itself. People are asked before an execution window is waited for, since they
     * may be asleep when that opens.
     */
    @Extension(ordinal = 1)
    public static final class Dispatcher extends QueueTaskDispatcher {

        @Override
        @CheckForNull
        public CauseOfBlockage canRun(Queue.Item item) {
            return item.task instanceof Job<?, ?> job ? QueuedJudgments.get().blockage(item, job) : null;
        }
    }

    @Extension
    public static final class Listener extends QueueListener {

        @Override
        public void onEnterBlocked(Queue.BlockedItem item) {
            QueuedJudgments.get().blocked(item);
        }

        @Override
        public void onLeft(Queue.LeftItem item) {
            QueuedJudgments.get().left(item);
        }
    }
}
