package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Api;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import jenkins.model.TransientActionFactory;
import jenkins.security.stapler.StaplerNotDispatchable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What is to be decided about an item in the queue, and for some minutes after it has left that. */
@ExportedBean
public final class QueueJudgmentsTab implements Action, StaplerProxy {

    private final Queue.Item item;
    private final Job<?, ?> job;

    private QueueJudgmentsTab(Queue.Item item, Job<?, ?> job) {
        this.item = item;
        this.job = job;
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.JudgmentTab_DisplayName();
    }

    @Override
    public String getUrlName() {
        return JudgmentTab.URL;
    }

    public Api getApi() {
        return new Api(this);
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @StaplerNotDispatchable // a judgment may have this id
    @NonNull
    public Job<?, ?> getJob() {
        return job;
    }

    /** What became of the item; null if it has not begun. */
    @Restricted(NoExternalUse.class) // index.jelly
    @StaplerNotDispatchable // a judgment may have this id
    @CheckForNull
    public Run<?, ?> getRun() {
        return item instanceof Queue.LeftItem left && left.getExecutable() instanceof Run<?, ?> run ? run : null;
    }

    /** In the order in which they were asked for. */
    @Exported(visibility = 2)
    @NonNull
    public List<JudgmentPage> getJudgments() {
        return Judgments.of(item).stream().map(this::page).toList();
    }

    /** The page of one, by its id. */
    @Restricted(NoExternalUse.class) // Stapler
    @CheckForNull
    public JudgmentPage getDynamic(String id) {
        Judgment judgment = Judgments.find(item, id);
        return judgment == null ? null : page(judgment);
    }

    private JudgmentPage page(Judgment judgment) {
        Judgments kept = Objects.requireNonNull(item.getAction(Judgments.class));
        return new JudgmentPage(new QueueSubject(job, item.getId(), kept), judgment);
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
        public Class<QueueJudgmentsTab> actionType() {
            return QueueJudgmentsTab.class;
        }

        @NonNull
        @Override
        public Collection<QueueJudgmentsTab> createFor(@NonNull Queue.Item target) {
            return target.task instanceof Job<?, ?> job ? List.of(new QueueJudgmentsTab(target, job)) : List.of();
        }
    }
}
