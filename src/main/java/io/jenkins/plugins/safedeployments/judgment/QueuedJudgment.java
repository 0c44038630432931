package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.EnvironmentContributingAction;
import hudson.model.InvisibleAction;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;

/**
 * That people were asked about an item in the queue, and how. It is kept with the item, beside its {@link Judgments}, and Jenkins
 * hands both over to the run. What was asked is not changed by who configures the job meanwhile.
 */
final class QueuedJudgment extends InvisibleAction implements EnvironmentContributingAction {

    /** Of the item, so that nothing is approved by what was copied from another one. */
    private final long item;

    /** Of the judgment. */
    private final String id;

    private final JudgmentSettings settings;

    QueuedJudgment(long item, String id, JudgmentSettings settings) {
        this.item = item;
        this.id = id;
        this.settings = settings;
    }

    /** Null if nobody was asked about an item yet. */
    @CheckForNull
    static QueuedJudgment of(Queue.Item item) {
        QueuedJudgment found = item.getAction(QueuedJudgment.class);
        return found != null && found.item == item.getId() ? found : null;
    }

    /** As it is now; null if nobody was asked yet, or it can't be read. */
    @CheckForNull
    static Judgment judgment(Queue.Item item) {
        QueuedJudgment found = of(item);
        return found == null ? null : Judgments.find(item, found.id);
    }

    @NonNull
    String getId() {
        return id;
    }

    @NonNull
    JudgmentSettings getSettings() {
        return settings;
    }

    /** Tells the steps of the build. */
    @Override
    public void buildEnvironment(@NonNull Run<?, ?> run, @NonNull EnvVars env) {
        Judgment judgment = Judgments.find(run, id);
        if (judgment != null && judgment.isDecided()) {
            env.put(JudgmentBuilder.variable(id), judgment.made().choice());
        }
    }
}
