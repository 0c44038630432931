package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Launcher;
import hudson.console.HyperlinkNote;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.EnvironmentContributingAction;
import hudson.model.InvisibleAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code judgment} as a build step. A build keeps its executor while it waits, and does not survive a restart; it says so. */
public final class JudgmentBuilder extends Builder {

    private final JudgmentSettings judgment;

    @DataBoundConstructor
    public JudgmentBuilder(JudgmentSettings judgment) {
        this.judgment = judgment;
    }

    @NonNull
    public JudgmentSettings getJudgment() {
        return judgment;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        String id;
        try {
            judgment.check();
            id = Judgments.take(build, judgment.getId());
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        try {
            return finish(build, ask(id, build, listener));
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        } finally {
            Judgments.release(build, id);
        }
    }

    private Judgment ask(String id, AbstractBuild<?, ?> build, BuildListener listener)
            throws InterruptedException, IOException {
        Subject subject = new RunSubject(build);
        Judgment asked = Asking.begin(id, judgment, subject);
        Waiting waiting = new Waiting(listener);
        LiveJudgment live = new LiveJudgment(subject, judgment, asked, waiting);
        live.beginAwaiting();
        try {
            subject.keep(asked); // a build that can't be written fails, and what is over asks nobody
        } catch (IOException | RuntimeException e) {
            live.dropAwaiting();
            throw e;
        }
        waiting.say(asked.question());
        waiting.say("It takes " + asked.rulesText(asked.since()) + ". This build keeps its executor while it waits. "
                + HyperlinkNote.encodeTo("/" + live.path(), "See it, and decide"));
        PendingJudgments.get().add(live);
        try {
            live.tellAwaiting();
            waiting.over.await();
        } catch (InterruptedException e) {
            if (live.withdraw("the build was stopped.")) {
                live.tellWithdrawn();
                throw e;
            }
            // it was decided just before, and whoever did that was told so
        } finally {
            PendingJudgments.get().remove(live);
        }
        return live.judgment();
    }

    private boolean finish(Run<?, ?> build, Judgment decided) {
        Decision decision = decided.made();
        build.addAction(new Outcome(decided.id(), decision.choice()));
        if (decided.isApproved()) {
            return true;
        }
        Result result = decision.how() == Decision.How.ABORTED
                ? Result.ABORTED
                : judgment.resultOf(decision.how() == Decision.How.TIMEOUT);
        if (result == null) {
            return true;
        }
        build.setResult(result);
        return result.isBetterOrEqualTo(Result.UNSTABLE);
    }

    /** That which tells build steps of a judgment: {@code JUDGMENT_QA} for the id {@code qa}. */
    @NonNull
    static String variable(String id) {
        return "JUDGMENT_" + id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** What the thread of the build waits for. */
    private static final class Waiting implements LiveJudgment.Asker {

        private final CountDownLatch over = new CountDownLatch(1);
        private final BuildListener listener;

        Waiting(BuildListener listener) {
            this.listener = listener;
        }

        @Override
        public void say(String text) {
            listener.getLogger().println("[judgment] " + text);
        }

        @Override
        public void decided(boolean byInput) {
            over.countDown();
        }
    }

    /** Tells later build steps, as {@code JUDGMENT_QA=continue} for the id {@code qa}. */
    private static final class Outcome extends InvisibleAction implements EnvironmentContributingAction {

        private final String id;
        private final String choice;

        Outcome(String id, String choice) {
            this.id = id;
            this.choice = choice;
        }

        @Override
        public void buildEnvironment(@NonNull Run<?, ?> run, @NonNull EnvVars env) {
            env.put(variable(id), choice);
        }
    }

    @Extension
    @Symbol("judgment")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentBuilder_DisplayName();
        }

        @SuppressWarnings("rawtypes") // so it is with build steps
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> type) {
            return true;
        }
    }
}
