package io.jenkins.plugins.safedeployments.triggers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.ExtensionList;
import hudson.Launcher;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.safedeployments.runtime.RecordedCanary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;
import org.jvnet.hudson.test.TestBuilder;

/** What ended while Jenkins was not there to see it is caught up with, once. */
public class FailedDeploymentRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    private static final Map<String, String> JOBS = new LinkedHashMap<>();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void runThatEndedUnseen_isRolledBackAfterTheNextStartAndOnlyOnce() throws Throwable {
        sessions.then(j -> {
            WorkflowJob parent = j.createProject(WorkflowJob.class, "parent");
            parent.setDefinition(new CpsFlowDefinition("error 'no'", true));
            j.buildAndAssertStatus(Result.FAILURE, parent); // before anybody followed it
            WorkflowJob child = j.createProject(WorkflowJob.class, "child");
            child.setDefinition(new CpsFlowDefinition("echo 'rolling back'", true));
            child.setQuietPeriod(0);
            FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("parent");
            trigger.setOnlyIfDeployed(false);
            child.addTrigger(trigger);
            trigger.start(child, true);
            child.save();
            // as if Jenkins died just before it would have told
            ExtensionList.lookup(RunListener.class).remove(FollowedJobs.get());

            j.buildAndAssertStatus(Result.FAILURE, parent);

            j.waitUntilNoActivity();
            assertThat(child.getLastBuild(), nullValue());
        });
        sessions.then(j -> {
            Awaitility.await().until(() -> child(j).getLastBuild() != null);
            j.waitUntilNoActivity();
            assertThat(Rollbacks.failedRun(child(j).getLastBuild()).getNumber(), is(2));
        });
        sessions.then(j -> {
            FollowedJobs.get().catchUp(); // once more than by itself
            j.waitUntilNoActivity();
            assertThat(child(j).getLastBuild().getNumber(), is(1));
        });
    }

    /** As configuration as code makes jobs, at each start, before Jenkins looks which there are. */
    @Initializer(after = InitMilestone.SYSTEM_CONFIG_LOADED, before = InitMilestone.SYSTEM_CONFIG_ADAPTED)
    public static void makeJobs() throws IOException {
        for (Map.Entry<String, String> job : JOBS.entrySet()) {
            Jenkins.get()
                    .createProjectFromXML(
                            job.getKey(),
                            new ByteArrayInputStream(job.getValue().getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    public void runThatEndedUnseen_isRolledBackAlthoughItsJobsAreMadeAnewAtEachStart() throws Throwable {
        sessions.then(j -> {
            WorkflowJob parent = j.createProject(WorkflowJob.class, "parent");
            parent.setDefinition(new CpsFlowDefinition("error 'no'", true));
            WorkflowJob child = j.createProject(WorkflowJob.class, "child");
            child.setDefinition(new CpsFlowDefinition("echo 'rolling back'", true));
            child.setQuietPeriod(0);
            FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("parent");
            trigger.setOnlyIfDeployed(false);
            child.addTrigger(trigger);
            trigger.start(child, true);
            child.save();
            ExtensionList.lookup(RunListener.class).remove(FollowedJobs.get());
            j.buildAndAssertStatus(Result.FAILURE, parent);
            JOBS.put("parent", parent.getConfigFile().asString());
            JOBS.put("child", child.getConfigFile().asString());
        });
        try {
            sessions.then(j -> {
                Awaitility.await().until(() -> child(j).getLastBuild() != null);
                j.waitUntilNoActivity();
                assertThat(Rollbacks.failedRun(child(j).getLastBuild()).getNumber(), is(1));
                JOBS.remove("child");
                child(j).delete();
            });
            sessions.then(
                    j -> { // who follows it again later does not see what ended until then
                        FollowedJobs.get().catchUp();
                        WorkflowJob parent = j.jenkins.getItemByFullName("parent", WorkflowJob.class);
                        assertThat(FollowedJobs.CONSIDERED.isKept(parent), is(false));
                    });
        } finally {
            JOBS.clear();
        }
    }

    @Test
    public void rollbackThatIsTakenOutOfTheQueue_isNotStartedAgain() throws Throwable {
        sessions.then(j -> {
            WorkflowJob parent = j.createProject(WorkflowJob.class, "parent");
            parent.setDefinition(new CpsFlowDefinition("error 'no'", true));
            WorkflowJob child = j.createProject(WorkflowJob.class, "child");
            child.setDefinition(new CpsFlowDefinition("echo 'rolling back'", true));
            child.setQuietPeriod(3600);
            FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("parent");
            trigger.setOnlyIfDeployed(false);
            child.addTrigger(trigger);
            trigger.start(child, true);
            child.save();

            Run<?, ?> failed = j.buildAndAssertStatus(Result.FAILURE, parent);
            Awaitility.await().until(() -> link(failed).queueId() != 0);
            j.jenkins
                    .getQueue()
                    .cancel(j.jenkins.getQueue().getItem(link(failed).queueId()));

            Awaitility.await().until(() -> link(failed).getState() == RollbackLink.State.REFUSED);
            assertThat(
                    j.createWebClient()
                            .withJavaScriptEnabled(false)
                            .getPage(failed)
                            .asNormalizedText(),
                    containsString("Not rolled back by child: it was taken out of the queue"));
            j.buildAndAssertStatus(Result.FAILURE, parent); // its rollback is in the queue when Jenkins goes down
        });
        sessions.then(j -> {
            FollowedJobs.get().catchUp();
            Job<?, ?> parent = j.jenkins.getItemByFullName("parent", Job.class);
            assertThat(link(parent.getBuildByNumber(1)).getState(), is(RollbackLink.State.REFUSED));
            assertThat(link(parent.getBuildByNumber(2)).getState(), is(RollbackLink.State.QUEUED));
            Queue.Item[] items = j.jenkins.getQueue().getItems();
            assertThat(items.length, is(1));
            assertThat(items[0].getId(), is(link(parent.getBuildByNumber(2)).queueId()));
            assertThat(child(j).getLastBuild(), nullValue());
        });
    }

    /** By the parameter of a step, or by the post-build action, which ask by the same means. */
    @Test
    public void rollbackThatARunHasAskedFor_isStartedAfterTheNextStartAndOnlyOnce() throws Throwable {
        sessions.then(j -> {
            FreeStyleProject rollback = j.createFreeStyleProject("rollback");
            rollback.setQuietPeriod(0);
            FreeStyleProject died = failing(j, "died");
            FreeStyleProject lost = failing(j, "lost");
            FreeStyleProject overtaken = failing(j, "overtaken");
            // as if Jenkins died just before they would have ended
            ExtensionList.lookup(RunListener.class).remove(FollowedJobs.get());
            j.buildAndAssertStatus(Result.FAILURE, died);
            Run<?, ?> queued = j.buildAndAssertStatus(Result.FAILURE, lost);
            RollbackLinks.put(queued, "rollback", link -> RollbackLink.queued("rollback", 4711, link));
            j.buildAndAssertStatus(Result.FAILURE, overtaken);
            for (FreeStyleProject job : List.of(died, lost, overtaken)) {
                job.getBuildersList().clear(); // can't be read from the disk
                job.save();
            }
            j.buildAndAssertSuccess(overtaken);
            assertThat(rollback.getLastBuild(), nullValue());
        });
        sessions.then(j -> {
            Job<?, ?> rollback = j.jenkins.getItemByFullName("rollback", Job.class);
            Awaitility.await().until(() -> rollback.getBuildByNumber(2) != null);
            j.waitUntilNoActivity();
            FollowedJobs.get().catchUp(); // once more than by itself
            j.waitUntilNoActivity();
            assertThat(
                    rollback.getBuilds().stream()
                            .map(Rollbacks::failedRun)
                            .map(Run::getFullDisplayName)
                            .toList(),
                    containsInAnyOrder("died #1", "lost #1"));
            Run<?, ?> failed = j.jenkins.getItemByFullName("died", Job.class).getBuildByNumber(1);
            assertThat(link(failed).getState(), is(RollbackLink.State.ENDED));
        });
        sessions.then(j -> {
            FollowedJobs.get().catchUp();
            j.waitUntilNoActivity();
            Job<?, ?> rollback = j.jenkins.getItemByFullName("rollback", Job.class);
            assertThat(rollback.getLastBuild().getNumber(), is(2));
        });
    }

    private static FreeStyleProject failing(JenkinsRule j, String name) throws Exception {
        FreeStyleProject job = j.createFreeStyleProject(name);
        job.getBuildersList().add(new AskingBuilder());
        return job;
    }

    /** Leaves a canary, asks for a rollback job, and fails. */
    public static final class AskingBuilder extends TestBuilder {

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
            RecordedCanary.of(build, "shop", 1);
            RollbackRequests.ask(build, "rollback", false);
            return false;
        }
    }

    private static RollbackLink link(Run<?, ?> failed) {
        return RollbackLinks.of(failed).get(0);
    }

    private static WorkflowJob child(JenkinsRule j) {
        return j.jenkins.getItemByFullName("child", WorkflowJob.class);
    }
}
