package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.builders.CanaryDeployBuilder;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.notify.EmailNotification;
import io.jenkins.plugins.safedeployments.steps.ConditionPrecondition;
import io.jenkins.plugins.safedeployments.steps.DeploymentExistsPrecondition;
import io.jenkins.plugins.safedeployments.steps.DeploymentSizePrecondition;
import io.jenkins.plugins.safedeployments.steps.GuardedStep;
import io.jenkins.plugins.safedeployments.steps.JudgmentPrecondition;
import io.jenkins.plugins.safedeployments.steps.LastReleaseGoodPrecondition;
import io.jenkins.plugins.safedeployments.steps.Precondition;
import io.jenkins.plugins.safedeployments.windows.FolderCalendars;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What earlier versions have stored of judgments before builds and in freestyle jobs, of folders and of preconditions. */
public class QueuedJudgmentSerialFormTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /**
     * An item in the queue with one of two votes, in a folder that demands one more; a freestyle build after its judgment, in a
     * job with preconditions; and a step with the same that a calendar of its folder holds.
     */
    @Test
    @LocalData
    public void whatTheFirstVersionStoredStaysReadable() throws Exception {
        Judges.secure(jenkins);
        folderDemandsWhatItDid();
        judgmentInTheQueueGoesOn();
        outcomeOfTheBuildStepIsTold();
        preconditionsAreKept();
    }

    private void folderDemandsWhatItDid() {
        Folder folder = jenkins.jenkins.getItemByFullName("team", Folder.class);
        FolderJudgmentPolicy policy = folder.getProperties().get(FolderJudgmentPolicy.class);
        assertThat(policy.getApprovers(), is("1 of ops"));
        assertThat(policy.isForbidRequester(), is(true));
        assertThat(policy.isForbidOverride(), is(true));
        FolderCalendars calendars = folder.getProperties().get(FolderCalendars.class);
        assertThat(calendars.getEnforced(), is("nights"));
        assertThat(calendars.getCalendars(), hasSize(1));
        NamedCalendar nights = calendars.getCalendars().get(0);
        assertThat(nights.getName(), is("nights"));
        assertThat(nights.getText(), is("zone UTC\nwindow 2020-01-01"));
    }

    private void judgmentInTheQueueGoesOn() throws Exception {
        FreeStyleProject job = jenkins.jenkins.getItemByFullName("team/queued", FreeStyleProject.class);
        Queue.Item item = job.getQueueItem();
        LiveJudgment live = Judges.await(item, "qa");
        assertThat(live.judgment().votes(), hasSize(1));
        assertThat(live.judgment().votes().get(0).comment(), is("says bob"));
        assertThat(live.choices().get(1).label(), is("Roll it back"));
        assertThat(live.rules(), is("2 of qa; besides 1 of ops"));
        assertThat(live.judgment().terms().allowOverride(), is(false));
        JudgmentSettings settings = live.settings();
        assertThat(settings.getMessage(), is("Go?"));
        assertThat(settings.isAllowOverride(), is(true));
        EmailNotification mail = (EmailNotification) settings.getNotify().get(0);
        assertThat(mail.getTo(), is("ops@example.org"));
        assertThat(mail.getWhen(), contains("timedOut"));

        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));

        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> job.getLastBuild() != null);
        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(job.getLastBuild()));
        assertThat(Judgments.find(build, "qa").made().by(), is("bob, alice"));
        assertThat(build.getEnvironment(TaskListener.NULL).get("JUDGMENT_QA"), is("continue"));
    }

    private void outcomeOfTheBuildStepIsTold() throws Exception {
        FreeStyleBuild build = jenkins.jenkins
                .getItemByFullName("built", FreeStyleProject.class)
                .getBuildByNumber(1);
        assertThat(build.getEnvironment(TaskListener.NULL).get("JUDGMENT_OPS"), is("rollback"));
        assertThat(Judgments.find(build, "ops").made().by(), is("bob"));
        assertThat(
                build.getProject()
                        .getBuildersList()
                        .get(JudgmentBuilder.class)
                        .getJudgment()
                        .getId(),
                is("ops"));
    }

    private void preconditionsAreKept() throws Exception {
        FreeStyleProject built = jenkins.jenkins.getItemByFullName("built", FreeStyleProject.class);
        check(built.getBuildersList().get(CanaryDeployBuilder.class).getSettings());

        WorkflowRun run =
                Jenkins.get().getItemByFullName("team/held", WorkflowJob.class).getBuildByNumber(1);
        List<StepExecution> waiting =
                run.getExecutionPromise().get().getCurrentExecutions(true).get();
        assertThat(waiting, hasSize(1));
        StepExecution held = waiting.get(0);
        Field step = held.getClass().getDeclaredField("step");
        step.setAccessible(true);
        check((GuardedStep) step.get(held));
        run.doKill();
        jenkins.waitForCompletion(run);
    }

    private static void check(GuardedStep step) {
        List<Precondition> all = step.getPreconditions();
        assertThat(all, hasSize(5));
        JudgmentPrecondition given = (JudgmentPrecondition) all.get(0);
        assertThat(given.getId(), is("qa"));
        assertThat(given.getOutcome(), is("continue"));
        assertThat(((DeploymentExistsPrecondition) all.get(1)).getDeployment(), is("database"));
        DeploymentSizePrecondition size = (DeploymentSizePrecondition) all.get(2);
        assertThat(size.getDeployment() + size.getOp() + size.getSize(), is("shop-stable>=2"));
        assertThat(all.get(3), instanceOf(LastReleaseGoodPrecondition.class));
        assertThat(((ConditionPrecondition) all.get(4)).getCondition(), is("branch = 'master'"));
    }
}
