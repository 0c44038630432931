package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What a run did for releases is kept with it. */
public class ReleasesOfRunsTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void entriesAreKeptWithTheRunAndOutliveARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            run(
                    j,
                    "good",
                    Result.SUCCESS,
                    canary("1.0", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
            run(j, "nothing", Result.SUCCESS, "rollbackCanary(" + at() + ")");
            run(j, "bad", Result.FAILURE, canary("1.1", ", tests: [exec('false')]"));
            run(j, "refused", Result.FAILURE, "promoteStable(drainSeconds: 0, " + at() + ", release: 2)");
            run(j, "tested", Result.FAILURE, canary("1.2", "") + "\ncanaryTest(" + at() + ", tests: [exec('false')])");
            WorkflowRun busy = run(j, "busy", Result.FAILURE, canary("1.3", ""));
            assertThat(ReleasesAction.entries(busy), empty());
            run(j, "undone", Result.SUCCESS, "rollbackCanary(" + at() + ", to: '1', reason: 'for the test')");
            check(j);
        });
        sessions.then(this::check);
    }

    @Test
    public void entryOfAStepThatWaitsOverARestartIsGoneOnWith() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            WorkflowJob job = j.createProject(WorkflowJob.class, "waiting");
            job.setDefinition(new CpsFlowDefinition(canary("1.0-never-ready", ""), true));
            j.waitForMessage("applied ", job.scheduleBuild2(0).waitForStart());
        });
        sessions.then(j -> {
            WorkflowRun run =
                    j.jenkins.getItemByFullName("waiting", WorkflowJob.class).getBuildByNumber(1);
            j.waitForMessage("was begun before: going on with it", run);
            assertThat(told(run), contains("canaryDeploy 1 CANARY_STARTING RUNNING changed"));

            run.getExecutor().interrupt();

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
            assertThat(told(run), contains("canaryDeploy 1 ROLLED_BACK STOPPED changed"));
        });
    }

    private void check(JenkinsRule j) {
        assertThat(
                told(last(j, "good")),
                contains(
                        "canaryDeploy 1 CANARY_READY SUCCEEDED changed", "promoteStable 1 PROMOTED SUCCEEDED changed"));
        ReleaseEntry deployed = ReleasesAction.entries(last(j, "good")).get(0);
        assertThat(deployed.getImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(deployed.getTarget().toString(), is("addressbook in " + target.namespace() + " on rig"));
        assertThat(deployed.getEnded(), notNullValue());
        assertThat(deployed.getEnded(), greaterThanOrEqualTo(deployed.getBegun()));
        assertThat(told(last(j, "nothing")), empty());
        assertThat(told(last(j, "bad")), contains("canaryDeploy 2 ROLLED_BACK FAILED changed"));
        ReleaseEntry bad = ReleasesAction.entries(last(j, "bad")).get(0);
        assertThat(bad.getCause(), containsString("The test 'false' failed in pod addressbook-canary-"));
        assertThat(told(last(j, "refused")), empty());
        assertThat(
                told(last(j, "tested")),
                contains("canaryDeploy 3 CANARY_READY SUCCEEDED changed", "canaryTest 3 CANARY_READY FAILED"));
        assertThat(told(last(j, "undone")), contains("rollbackCanary 3 ROLLED_BACK SUCCEEDED changed"));
    }

    private static List<String> told(WorkflowRun run) {
        return ReleasesAction.entries(run).stream()
                .map(entry -> entry.getAct().getStep() + " " + entry.getRelease() + " " + entry.getPhase() + " "
                        + entry.getVerdict() + (entry.isChanged() ? " changed" : ""))
                .toList();
    }

    private static WorkflowRun last(JenkinsRule j, String job) {
        return j.jenkins.getItemByFullName(job, WorkflowJob.class).getLastBuild();
    }

    private static WorkflowRun run(JenkinsRule j, String name, Result result, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return j.buildAndAssertStatus(result, job);
    }

    private String at() {
        return "app: 'addressbook', namespace: '" + target.namespace() + "'";
    }

    private String canary(String tag, String more) throws IOException {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(" + at() + ", image: 'registry.example.com/addressbook:" + tag + "', manifests: '''"
                + manifests + "'''" + more + ")";
    }
}
