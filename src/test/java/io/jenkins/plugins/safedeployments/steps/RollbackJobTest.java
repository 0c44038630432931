package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.builders.CanaryDeployBuilder;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentTrigger;
import io.jenkins.plugins.safedeployments.triggers.RollbackLink;
import io.jenkins.plugins.safedeployments.triggers.RollbackLinks;
import io.jenkins.plugins.safedeployments.triggers.StartRollbackJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockFolder;

/** A rollback job takes back what a failed run has left in a real cluster, whichever way it was asked for. */
public class RollbackJobTest {

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
    private static int folders;
    private MockFolder folder;

    @BeforeClass
    public static void noQuietPeriod() throws Exception {
        jenkins.jenkins.setQuietPeriod(0); // which a rollback job has, and else is 5 seconds
    }

    @Before
    public void configure() throws Exception {
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
        folder = jenkins.createProject(MockFolder.class, "book-" + ++folders);
    }

    /** The chapter's: the functional tests at the end of the canary pipeline fail, and the rollback pipeline starts by itself. */
    @Test
    public void trigger_failedTestOfAKeptCanary_isRolledBack() throws Exception {
        WorkflowJob release = pipeline("release", canary("1.0", ", onFailure: 'keep', tests: [exec('false')]"));
        WorkflowJob rollback = pipeline( // the one that serves promotions, too
                "rollback", Files.readString(Path.of("docs/examples/promotions/rollback.Jenkinsfile")));
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("release");
        trigger.setWhen("result = 'failed' and app = 'addressbook' and namespace = '" + target.namespace() + "'");
        rollback.addTrigger(trigger);
        trigger.start(rollback, true);

        WorkflowRun failed = jenkins.buildAndAssertStatus(Result.FAILURE, release);

        isRolledBack(failed, rollback);
    }

    /** What takes itself back leaves nothing to a rollback job, which could only take back something else. */
    @Test
    public void trigger_canaryThatTookItselfBack_startsNothing() throws Exception {
        WorkflowJob release = pipeline("release", canary("1.0", ", tests: [exec('false')]"));
        WorkflowJob rollback = rollback();
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("release");
        rollback.addTrigger(trigger);
        trigger.start(rollback, true);

        WorkflowRun failed = jenkins.buildAndAssertStatus(Result.FAILURE, release);

        jenkins.waitUntilNoActivity();
        jenkins.assertLogContains("is taken back already (release 1 of addressbook in " + target.namespace(), failed);
        assertThat(rollback.getLastBuild(), nullValue());
    }

    /** A step that fails is tried again, so its run has not failed yet; it fails later, of something else. */
    @Test
    public void rollbackJob_isStartedOnceAndOnlyWhenTheRunHasFailed() throws Exception {
        WorkflowJob release = pipeline(
                "release",
                "def tries = 0\nretry(2) {\n tries++\n"
                        + canary("1.0", ", rollbackJob: 'rollback', tests: [exec(tries == 1 ? 'false' : 'true')]")
                        + "\n}\nif (params.FAIL != 'no') { error 'something else' }");
        WorkflowJob rollback = rollback();

        WorkflowRun failed = jenkins.buildAndAssertStatus(Result.FAILURE, release);

        isRolledBack(failed, rollback);
    }

    @Test
    public void rollbackJob_runThatSucceeds_startsNothing() throws Exception {
        WorkflowJob rollback = rollback();

        WorkflowRun run =
                jenkins.buildAndAssertSuccess(pipeline("release", canary("1.0", ", rollbackJob: 'rollback'")));

        jenkins.waitUntilNoActivity();
        assertThat(rollback.getLastBuild(), nullValue());
        assertThat(
                jenkins.createWebClient()
                        .withJavaScriptEnabled(false)
                        .getPage(run)
                        .asNormalizedText()
                        .contains("olled back"),
                is(false));
    }

    @Test
    public void rollbackJob_missing_failsBeforeAnythingIsWritten() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("release", canary("1.0", ", rollbackJob: 'nobody'")));

        jenkins.assertLogContains(
                "'rollbackJob' is 'nobody', but there is no such job, or the job, which runs as", run);
        assertThat(target.cluster().list(Kind.DEPLOYMENT).size(), is(0));
    }

    @Test
    public void preconditions_allAreToldBeforeAnythingIsWritten() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE,
                pipeline(
                        "release",
                        canary(
                                "1.0",
                                ", preconditions: [conditionHolds(\"parameter('GO') = 'yes'\"), deploymentExists('database'),"
                                        + " deploymentSize(deployment: 'addressbook-stable', op: '>=', size: 2),"
                                        + " lastReleaseGood(), judgmentGiven(id: 'qa', outcome: 'continue')]")));

        jenkins.assertLogContains(
                "4 preconditions are not met: parameter('GO') is not set, needed 'yes'; there is no Deployment database in "
                        + target.namespace() + "; there is no Deployment addressbook-stable in " + target.namespace()
                        + ", whose size was to be >= 2; the judgment 'qa' has not been given in this run. Nothing was changed.",
                run);
        assertThat(target.cluster().list(Kind.DEPLOYMENT).size(), is(0));
        assertThat(target.cluster().list(Kind.LEASE).size(), is(0));
    }

    /** A condition that asks where the step is about to release must not hold just because nothing is released there yet. */
    @Test
    public void preconditions_conditionKnowsTheTargetThatIsAboutToChange() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE,
                pipeline(
                        "release",
                        canary(
                                "1.0",
                                ", preconditions: [conditionHolds(\"namespace != '" + target.namespace()
                                        + "' or branch = 'master'\"), conditionHolds(\"app = 'addressbook' and"
                                        + " cluster = 'rig' and release !~ '.'\")]")));

        jenkins.assertLogContains(
                "A precondition is not met: namespace = '" + target.namespace()
                        + "', needed another; and branch is not set, needed 'master'; one of these is enough."
                        + " Nothing was changed.",
                run);
        assertThat(target.cluster().list(Kind.DEPLOYMENT).size(), is(0));
    }

    @Test
    public void conditions_ofRunsWithARelease_knowItsNumber() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE,
                pipeline(
                        "release",
                        canary("1.0", "") + "\ncheckCondition \"release = '1' and namespace = '" + target.namespace()
                                + "'\"\npromoteStable(app: 'addressbook', namespace: '" + target.namespace()
                                + "', preconditions: [conditionHolds(\"release = '1'\"),"
                                + " conditionHolds(\"release = '2'\")])"));

        jenkins.assertLogContains(
                "The condition holds: release = '1'; and namespace = '" + target.namespace() + "'.", run);
        jenkins.assertLogContains("A precondition is not met: release = '1', needed '2'. Nothing was changed.", run);
    }

    @Test
    public void postBuildAction_startsTheRollbackJob() throws Exception {
        FreeStyleProject release = folder.createProject(FreeStyleProject.class, "release");
        CanaryDeployStep step = new CanaryDeployStep("addressbook");
        step.setNamespace(target.namespace());
        step.setImage("registry.example.com/addressbook:1.0");
        step.setManifests(AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml"));
        step.setOnFailure("keep");
        step.setTests(List.of(new ExecTest("false")));
        release.getBuildersList().add(new CanaryDeployBuilder(step));
        release.getPublishersList().add(new StartRollbackJob("rollback"));
        WorkflowJob rollback = rollback();

        FreeStyleBuild failed = jenkins.buildAndAssertStatus(Result.FAILURE, release);

        isRolledBack(failed, rollback);
        rollback.renameTo("take-back");
        assertThat(release.getPublishersList().get(StartRollbackJob.class).getJob(), is("take-back"));
        StartRollbackJob before = release.getPublishersList().get(StartRollbackJob.class);
        jenkins.configRoundtrip((hudson.model.Item) release);
        jenkins.assertEqualDataBoundBeans(before, release.getPublishersList().get(StartRollbackJob.class));
    }

    private void isRolledBack(Run<?, ?> failed, WorkflowJob rollback) throws Exception {
        jenkins.waitUntilNoActivity();
        WorkflowRun run = rollback.getLastBuild();
        assertThat("it was started", run, notNullValue());
        jenkins.assertBuildStatusSuccess(run);
        assertThat(run.getNumber(), is(1));
        assertThat(
                new ReleaseStore(target.cluster(), "addressbook").list().get(0).phase(), is(Phase.ROLLED_BACK));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
        List<RollbackLink> links = failed.getAction(RollbackLinks.class).getLinks();
        assertThat(links.size(), is(1));
        assertThat(links.get(0).getState(), is(RollbackLink.State.ENDED));
        assertThat(
                jenkins.createWebClient()
                        .withJavaScriptEnabled(false)
                        .getPage(failed)
                        .asNormalizedText(),
                containsString("Rolled back by " + run.getFullDisplayName()));
    }

    private WorkflowJob rollback() throws Exception {
        return pipeline(
                "rollback",
                "rollbackCanary(app: params.ROLLBACK_OF_APP, cluster: params.ROLLBACK_OF_CLUSTER,"
                        + " namespace: params.ROLLBACK_OF_NAMESPACE, release: params.ROLLBACK_OF_RELEASE as int,"
                        + " reason: \"${params.ROLLBACK_OF_JOB} #${params.ROLLBACK_OF_NUMBER} failed\")");
    }

    private WorkflowJob pipeline(String name, String script) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private String canary(String tag, String more) throws IOException {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(app: 'addressbook', namespace: '" + target.namespace()
                + "', image: 'registry.example.com/addressbook:" + tag + "', manifests: '''" + manifests + "'''" + more
                + ")";
    }
}
