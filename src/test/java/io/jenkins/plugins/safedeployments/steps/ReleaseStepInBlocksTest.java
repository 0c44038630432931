package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Duration;
import jenkins.model.CauseOfInterruption;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Steps in blocks of Pipeline that end them from outside, or go on after them. */
public class ReleaseStepInBlocksTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    private static boolean configured;

    @Before
    public void configure() throws Exception {
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
    }

    @Test
    public void canaryIsTakenBackWhenTheTimeOfATimeoutIsOver() throws Exception {
        WorkflowRun run =
                start("timeout(time: 10, unit: 'SECONDS') { " + canary("1.0-never-ready", "") + " }\necho 'WENT ON'");

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("rollback     release 1 (registry.example.com/addressbook:1.0-never-ready)", run);
        jenkins.assertLogContains("Timeout has been exceeded", run);
        jenkins.assertLogContains("canary       removed", run);
        jenkins.assertLogNotContains("WENT ON", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertTakenBack("Timeout has been exceeded");
    }

    /** The block waits a minute for the step, five seconds in tests; the pods of stable need longer, so the run is over before. */
    @Test
    public void rollbackThatATimeoutDoesNotWaitForIsDoneAllTheSame() throws Exception {
        stable("1.0", "15s");
        WorkflowRun run = start(
                "timeout(time: 15, unit: 'SECONDS') { " + canary("1.1", ", soakMinutes: 5") + " }\necho 'WENT ON'");

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("stable       resized from 2 to 1", run);
        jenkins.assertLogContains("terminating with extreme prejudice", run);
        jenkins.assertLogNotContains("WENT ON", run);
        assertThat(release().phase(), is(Phase.ROLLING_BACK));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> new Claim(target.cluster(), "addressbook").look().holder() == 0);
        assertTakenBack("Timeout has been exceeded");
        jenkins.assertLogNotContains("\tat ", run);
    }

    /** It is the step's policy to keep the canary, and the script's to take it back. */
    @Test
    public void rollbackInAFinallyOfAnAbortedRunIsDone() throws Exception {
        WorkflowRun run = start("try { " + canary("1.0-never-ready", ", onFailure: 'keep'") + " } finally { "
                + "rollbackCanary(" + at() + ") }");
        jenkins.waitForMessage("applied ", run);

        run.getExecutor().interrupt(Result.ABORTED, new ByAlice());

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("take it back with rollbackCanary", run);
        jenkins.assertLogContains("is rolled back after", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertTakenBack("");
    }

    /** The second abort ends the step at once, and what comes after it in the script takes over what it left half done. */
    @Test
    public void secondAbortDuringARollbackLeavesTheRestToAFinally() throws Exception {
        stable("1.0-slow", "");
        WorkflowRun run = start(
                "try { " + canary("1.1", ", soakMinutes: 5") + " } finally { " + "rollbackCanary(" + at() + ") }");
        jenkins.waitForMessage("stable       resized from 2 to 1", run);
        run.getExecutor().interrupt(Result.ABORTED, new ByAlice());
        jenkins.waitForMessage("stable       resized from 1 to 2", run);

        run.getExecutor().interrupt(Result.ABORTED, new ByAlice());

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("left         stopped for the second time, so the cluster is left as it is", run);
        jenkins.assertLogContains("is rolled back after", run);
        jenkins.assertLogNotContains("THE ROLLBACK FAILED", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertTakenBack("");
    }

    @Test
    public void abortOfARollbackIsRecordedAndCanBeRepeated() throws Exception {
        stable("1.0-slow", "");
        jenkins.buildAndAssertSuccess(job(canary("1.1", "")));
        WorkflowRun run = start("rollbackCanary(" + at() + ")");
        jenkins.waitForMessage("stable       resized from 1 to 2", run);

        run.getExecutor().interrupt(Result.ABORTED, new ByAlice());

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("THE ROLLBACK FAILED: Aborted by alice", run);
        assertThat(release().phase(), is(Phase.FAILED));
        jenkins.buildAndAssertSuccess(job("rollbackCanary(" + at() + ")"));
        assertTakenBack("");
    }

    @Test
    public void scriptGoesOnAfterACaughtFailureAndPromotesNothing() throws Exception {
        WorkflowRun run = start("catchError(buildResult: 'UNSTABLE', stageResult: 'FAILURE') { "
                + canary("1.0", ", tests: [exec('false')]") + " }\n"
                + "catchError(buildResult: 'UNSTABLE') { promoteStable(drainSeconds: 0, " + at() + ") }\n"
                + "echo \"then ${currentBuild.currentResult}\"\n"
                + "rollbackCanary(" + at() + ")");

        jenkins.assertBuildStatus(Result.UNSTABLE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("The test 'false' failed in pod addressbook-canary-", run);
        jenkins.assertLogContains("then UNSTABLE", run);
        jenkins.assertLogContains("Nothing to roll back: no release of addressbook in ", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertTakenBack("The test 'false' failed");
        assertThat(deployment("stable"), is(false));
    }

    /** An abort is no failure that catchError is asked to catch. */
    @Test
    public void catchErrorThatCatchesNoInterruptionsLetsAnAbortThrough() throws Exception {
        WorkflowRun run = start("catchError(buildResult: 'UNSTABLE', catchInterruptions: false) { "
                + canary("1.0-never-ready", "") + " }\necho 'WENT ON'");
        jenkins.waitForMessage("applied ", run);

        run.getExecutor().interrupt(Result.ABORTED, new ByAlice());

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogNotContains("WENT ON", run);
        assertTakenBack("Aborted by alice");
    }

    private static final class ByAlice extends CauseOfInterruption {

        private static final long serialVersionUID = 1L;

        @Override
        public String getShortDescription() {
            return "Aborted by alice";
        }
    }

    private void assertTakenBack(String cause) {
        assertThat(release().phase(), is(Phase.ROLLED_BACK));
        assertThat(release().cause(), containsString(cause));
        assertThat(deployment("canary"), is(false));
        assertThat(new Claim(target.cluster(), "addressbook").look().holder(), is(0));
    }

    /** @param readyAfter how long its pods take to be ready; empty for what its tag says */
    private void stable(String tag, String readyAfter) throws Exception {
        String canary = canary(tag, "");
        if (!readyAfter.isEmpty()) {
            String slow = canary.replace(
                    "  template:\n    metadata:\n",
                    "  template:\n    metadata:\n      annotations: {fake-kubelet/ready-after: " + readyAfter + "}\n");
            assertThat(slow, not(canary));
            canary = slow;
        }
        jenkins.buildAndAssertSuccess(job(canary + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 2)"));
    }

    private String at() {
        return "app: 'addressbook', namespace: '" + target.namespace() + "'";
    }

    private String canary(String tag, String more) throws Exception {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(" + at() + ", image: 'registry.example.com/addressbook:" + tag + "', manifests: '''"
                + manifests + "'''" + more + ")";
    }

    private static WorkflowRun start(String script) throws Exception {
        return job(script).scheduleBuild2(0).waitForStart();
    }

    private static WorkflowJob job(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    /** The newest. */
    private Release release() {
        return new ReleaseStore(target.cluster(), "addressbook").list().get(0);
    }

    private boolean deployment(String track) {
        return target.cluster().get(Kind.DEPLOYMENT, "addressbook-" + track).isPresent();
    }
}
