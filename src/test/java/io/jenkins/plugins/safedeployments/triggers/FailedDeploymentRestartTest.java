package io.jenkins.plugins.safedeployments.triggers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.ExtensionList;
import hudson.model.Result;
import hudson.model.listeners.RunListener;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What ended while Jenkins was not there to see it is caught up with, once. */
public class FailedDeploymentRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

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

    private static WorkflowJob child(JenkinsRule j) {
        return j.jenkins.getItemByFullName("child", WorkflowJob.class);
    }
}
