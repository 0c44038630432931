package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.ExtensionList;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.builders.PromoteStableBuilder;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import java.util.List;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Calendars that a folder or a cluster enforces hold the steps of releases whatever the Jenkinsfile says. That a step has begun is
 * seen by its missing the credentials, which it looks for then.
 */
public class EnforcedWindowTest {

    private static final String AT = "app: 'shop', namespace: 'shop', credentialsId: 'gone'";
    private static final String DEPLOY = "canaryDeploy(" + AT + ", image: 'shop:1', manifests: 'kind: Service')";
    private static final String BEGUN = "'credentialsId' is 'gone', but this job can use no kubeconfig file";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public HandClock clock = new HandClock();

    @Before
    public void enforceOfficeHours() throws Exception {
        enforce("night");
        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(
                        new NamedCalendar("night", "zone UTC\nwindow 22:00-02:00"),
                        new NamedCalendar("freeze", "zone UTC\nfreeze 2026-06-05 because of the launch")));
    }

    private static void enforce(String calendar) {
        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setUrl("https://localhost:1");
        cluster.setCalendar(calendar);
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
    }

    @After
    public void nothingIsLeftBehind() {
        StopTheLine.get().turn(false, "the test", "");
        Awaitility.await().untilAsserted(() -> assertThat(WaitingWindows.get().waiting(), hasSize(0)));
    }

    @Test
    public void releaseWaitsForTheCalendarOfItsCluster() throws Exception {
        WorkflowRun run = waiting(DEPLOY);
        jenkins.assertLogContains(
                "[shop] Waiting. It is closed: outside 'daily 22:00-02:00' of calendar 'night' (UTC); opens Fri 2026-06-05"
                        + " 22:00 UTC, in 10 h.",
                run);
        assertThat(jenkins.jenkins.toComputer().countBusy(), is(0));
        jenkins.assertLogNotContains(BEGUN, run);

        clock.moveTo("2026-06-05T22:00:00Z");

        begun(run);
        jenkins.assertLogContains("[shop] It goes on after 10 h.", run);
    }

    @Test
    public void promotionsAndTestsWaitToo() throws Exception {
        WorkflowRun run = waiting("parallel a: { promoteStable(drainSeconds: 0, " + AT + ") }, b: { canaryTest(" + AT
                + ", tests: [exec('true')]) }, failFast: false");
        Awaitility.await().until(() -> WaitingWindows.get().of(run).size() == 2);

        clock.moveTo("2026-06-05T22:00:00Z");

        begun(run);
    }

    @Test
    public void rollbackGoesOnAndSaysSo() throws Exception {
        WorkflowRun run = start("rollbackCanary(" + AT + ")");

        begun(run);
        jenkins.assertLogContains(
                "[shop] Execution windows do not hold rollbacks, so it goes on although it is closed: outside", run);
    }

    /** As when its file can't be read. */
    @Test
    public void rollbackGoesOnThoughTheLineIsBroken() throws Exception {
        StopTheLine line = StopTheLine.get();
        ExtensionList<StopTheLine> lines = ExtensionList.lookup(StopTheLine.class);
        lines.remove(line);
        try {
            WorkflowRun run = start("rollbackCanary(" + AT + ")");

            begun(run);
            jenkins.assertLogContains("not known whether it is open; the system log says why.", run);
        } finally {
            lines.add(line);
        }
    }

    @Test
    public void openCalendarIsNotMentioned() throws Exception {
        clock.set("2026-06-05T23:00:00Z");

        WorkflowRun run = start(DEPLOY);

        begun(run);
        jenkins.assertLogNotContains("closed", run);
    }

    @Test
    public void skipLetsItBeginAndIsKept() throws Exception {
        WorkflowRun run = waiting(DEPLOY);

        assertThat(skip(run, "winnie"), is(true));

        begun(run);
        jenkins.assertLogContains("[shop] Skipped by winnie because of a test after", run);
        assertThat(Skips.of(run), hasSize(1));
    }

    @Test
    public void skipOfTheSameCalendarAroundItCounts() throws Exception {
        WorkflowRun run = waiting("executionWindow(calendar: 'night') { " + DEPLOY + " }");

        assertThat(skip(run, "winnie"), is(true));

        begun(run);
        jenkins.assertLogContains(
                "[shop] The window around it was skipped by winnie because of a test, so it goes on although it is closed:",
                run);
    }

    @Test
    public void skipOfAnotherCalendarAroundItDoesNotCount() throws Exception {
        enforce("freeze");
        WorkflowRun run = waiting("executionWindow(calendar: 'night') { " + DEPLOY + " }");

        assertThat(skip(run, "winnie"), is(true));

        jenkins.waitForMessage("[shop] Waiting. It is closed: freeze '2026-06-05' of calendar 'freeze'", run);
        run.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogNotContains(BEGUN, run);
    }

    @Test
    public void skipFromBeforeTheLineWasStoppedDoesNotCount() throws Exception {
        WorkflowRun run = waiting("executionWindow(calendar: 'night') { semaphore 'stopped'; " + DEPLOY + " }");
        assertThat(skip(run, "winnie"), is(true));
        SemaphoreStep.waitForStart("stopped/1", run);
        StopTheLine.get().turn(true, "boss", "of smoke");
        SemaphoreStep.success("stopped/1", null);

        jenkins.waitForMessage("[shop] Waiting. It is closed: the line was stopped by boss", run);
        assertThat(WaitingWindows.get().of(run).get(0).state(clock.now()).isFrozen(), is(true));
        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void folderEnforcesWithoutACluster() throws Exception {
        enforce("");
        Folder folder = jenkins.createProject(Folder.class);
        FolderCalendars calendars = new FolderCalendars();
        calendars.setEnforced("night");
        folder.addProperty(calendars);
        WorkflowJob job = folder.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(DEPLOY, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", run);

        folder.getProperties().clear();
        folder.save(); // which has it looked at again

        begun(run);
    }

    @Test
    public void releaseOfAFreestyleJobWaitsOnItsExecutor() throws Exception {
        PromoteStableStep settings = new PromoteStableStep("shop");
        settings.setNamespace("shop");
        settings.setCredentialsId("gone");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new PromoteStableBuilder(settings));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", build);

        clock.moveTo("2026-06-05T22:00:00Z");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("[shop] It goes on after 10 h.", build);
        jenkins.assertLogContains(BEGUN, build);
    }

    @Test
    public void calendarThatDoesNotExistFailsTheRelease() throws Exception {
        enforce("nowhere");

        WorkflowRun run = start(DEPLOY);

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: 'calendar' is 'nowhere', but neither", run);
        jenkins.assertLogNotContains(BEGUN, run);
    }

    private static boolean skip(WorkflowRun run, String user) throws Exception {
        Waiting waiting = WaitingWindows.get().of(run).get(0);
        java.time.Instant now = WaitingWindows.clock().instant();
        return waiting.skip(new Skip(waiting.id(), waiting.state(now), user, "of a test", now));
    }

    private static void begun(WorkflowRun run) throws Exception {
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains(BEGUN, run);
    }

    private static WorkflowRun waiting(String script) throws Exception {
        WorkflowRun run = start(script);
        jenkins.waitForMessage("See the window, or skip it", run);
        return run;
    }

    private static WorkflowRun start(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }
}
