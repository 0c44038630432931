package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.Util;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.Orphans;
import java.io.File;
import java.nio.file.Files;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DisableResumeJobProperty;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/**
 * What becomes of a release in the midst of a step whose run ends without it: aborted twice, killed, deleted, or not resumed
 * after a restart.
 */
public class OrphanTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestCluster second = new TestCluster();

    @Rule
    public TestCluster third = new TestCluster();

    /** All that needs no restart, one after the other, since each leaves its target as it was. */
    @Test
    public void runsThatAreEndedFromOutside() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            // its pods take three seconds to be ready, so that a rollback to it does as well
            j.buildAndAssertSuccess(
                    job(j, "base", canary(target, "1.0-slow", "") + promote(", replicas: 2, drainSeconds: 0")));

            whatCannotBeKeptIsNotBegun(j);
            runOfADeletedJobIsTakenBack(j);
            killedPromotionIsRecordedAsFailed(j);
            killThatFollowsAnAbortDoesNotCutTheRollbackShort(j);
            secondAbortLeavesTheClusterAsItIs(j);
        });
    }

    private void whatCannotBeKeptIsNotBegun(JenkinsRule j) throws Exception {
        File directory = new File(j.jenkins.getRootDir(), "safe-deployments/driven");
        Util.deleteRecursive(directory);
        assertThat(directory.createNewFile(), is(true));

        WorkflowRun run = j.buildAndAssertStatus(Result.FAILURE, job(j, "unkept", canary(target, "2.0", "")));

        j.assertLogContains("Jenkins cannot write to its home directory", run);
        assertThat(claim(target).lastRelease(), is(1));
        Files.delete(directory.toPath());
    }

    /** Jenkins deletes no run that is under way; it aborts those of a job that it deletes. */
    private void runOfADeletedJobIsTakenBack(JenkinsRule j) throws Exception {
        WorkflowRun run = start(job(j, "deleted", canary(target, "2.0-never-ready", "")));
        j.waitForMessage("applied ", run);

        run.getParent().delete();

        awaitEnd(target, Phase.ROLLED_BACK);
        assertThat(has(target, "canary"), is(false));
        awaitNothingKept(j);
    }

    private void killedPromotionIsRecordedAsFailed(JenkinsRule j) throws Exception {
        WorkflowRun run = start(job(j, "killed", canary(target, "2.1", "") + promote(", drainSeconds: 60")));
        awaitStableOf("2.1");

        run.doKill();

        awaitEnd(target, Phase.FAILED);
        j.waitForCompletion(run);
        assertThat(has(target, "canary"), is(true));
        awaitNothingKept(j);
        j.buildAndAssertSuccess(job(j, "after-killed", "rollbackCanary(" + at(target) + ")"));
    }

    private void killThatFollowsAnAbortDoesNotCutTheRollbackShort(JenkinsRule j) throws Exception {
        WorkflowRun run = abortedPromotion(j, "aborted-and-killed", "2.2");

        run.doKill();

        j.waitForCompletion(run);
        awaitEnd(target, Phase.ROLLED_BACK);
        assertThat(has(target, "canary"), is(false));
        awaitNothingKept(j);
    }

    private void secondAbortLeavesTheClusterAsItIs(JenkinsRule j) throws Exception {
        WorkflowRun run = abortedPromotion(j, "aborted-twice", "2.3");

        run.getExecutor().interrupt();

        j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
        awaitNothingKept(j);
        assertThat(release(target).phase(), is(Phase.ROLLING_BACK));
        assertThat(has(target, "canary"), is(true));
        assertThat(claim(target).holder(), is(release(target).number()));
        j.buildAndAssertSuccess(job(j, "after-aborted-twice", "rollbackCanary(" + at(target) + ")"));
        assertThat(release(target).phase(), is(Phase.ROLLED_BACK));
    }

    /** While its rollback waits for a pod of stable. */
    private WorkflowRun abortedPromotion(JenkinsRule j, String name, String tag) throws Exception {
        WorkflowRun run =
                start(job(j, name, canary(target, tag, "") + promote(", drainSeconds: 60, onFailure: 'rollback'")));
        awaitStableOf(tag);
        run.getExecutor().interrupt();
        j.waitForMessage("rolled back to release 1", run);
        return run;
    }

    /** Not resumed with both policies, and a run that is not there any more. */
    @Test
    public void runsThatDoNotComeBackAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            WorkflowJob blocked = job(j, "blocked", canary(target, "1.0-never-ready", ""));
            blocked.addProperty(new DisableResumeJobProperty());
            WorkflowJob kept = job(j, "kept", canary(second, "1.0-never-ready", ", onFailure: 'keep'"));
            kept.addProperty(new DisableResumeJobProperty());
            kept.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
            WorkflowJob gone = job(j, "gone", canary(third, "1.0-never-ready", ""));
            gone.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
            for (WorkflowJob job : new WorkflowJob[] {blocked, kept, gone}) {
                j.waitForMessage("applied ", start(job));
            }
            j.assertLogContains(
                    "This job does not resume (disableResume): if Jenkins is restarted or crashes, the run may end there, and"
                            + " within 5 minutes after the next start Jenkins takes back",
                    blocked.getLastBuild());
            j.assertLogContains("records that the release failed, and leaves everything", kept.getLastBuild());
            j.assertLogContains(
                    "The durability of this run is PERFORMANCE_OPTIMIZED: if Jenkins crashes,", gone.getLastBuild());
        });

        Util.deleteRecursive(new File(sessions.getHome(), "jobs/gone"));

        sessions.then(j -> {
            j.waitForCompletion(
                    j.jenkins.getItemByFullName("blocked", WorkflowJob.class).getLastBuild());
            j.waitForCompletion(
                    j.jenkins.getItemByFullName("kept", WorkflowJob.class).getLastBuild());

            Orphans.get().doRun();

            awaitEnd(target, Phase.ROLLED_BACK);
            awaitEnd(third, Phase.ROLLED_BACK);
            awaitEnd(second, Phase.FAILED);
            awaitNothingKept(j);
            assertThat(has(target, "canary"), is(false));
            assertThat(has(third, "canary"), is(false));
            assertThat(has(second, "canary"), is(true));
            assertThat(release(third).cause(), is("The run gone #1 is over without having ended it."));
            assertThat(release(third).history().get(1).by(), is("Jenkins, instead of gone #1"));
        });
    }

    private static WorkflowRun start(WorkflowJob job) throws Exception {
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowJob job(JenkinsRule j, String name, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static String at(TestCluster where) {
        return "app: 'addressbook', namespace: '" + where.namespace() + "'";
    }

    private static String canary(TestCluster where, String tag, String more) throws Exception {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(" + at(where) + ", image: 'registry.example.com/addressbook:" + tag + "', manifests: '''"
                + manifests + "'''" + more + ")";
    }

    private String promote(String more) {
        return "\npromoteStable(" + at(target) + more + ")";
    }

    private static Release release(TestCluster where) {
        return new ReleaseStore(where.cluster(), "addressbook").list().get(0);
    }

    private static Claim.State claim(TestCluster where) {
        return new Claim(where.cluster(), "addressbook").look();
    }

    private static boolean has(TestCluster where, String track) {
        return where.cluster().get(Kind.DEPLOYMENT, "addressbook-" + track).isPresent();
    }

    private void awaitStableOf(String tag) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> target.cluster()
                        .get(Kind.DEPLOYMENT, "addressbook-stable")
                        .map(stable -> stable.list("spec", "template", "spec", "containers")
                                .get(0)
                                .string("image")
                                .endsWith(tag))
                        .orElse(false));
    }

    private static void awaitEnd(TestCluster where, Phase phase) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> release(where).phase() == phase);
    }

    /** What is kept for the time after a crash is kept no longer than that. */
    private static void awaitNothingKept(JenkinsRule j) {
        File directory = new File(j.jenkins.getRootDir(), "safe-deployments/driven");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            Orphans.get().doRun(); // as it does each minute
            String[] files = directory.list();
            return files == null || files.length == 0;
        });
    }
}
