package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Items;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.net.URL;
import java.util.List;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What waits for a window, or runs in one, goes on when Jenkins is restarted. */
public class ExecutionWindowRestartTest {

    private static final String WINDOW =
            "executionWindow(from: '14:00', to: '15:00', timeZone: 'UTC', onWindowEnd: 'stop')";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public HandClock clock = new HandClock();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void waitingGoesOnAfterARestart() throws Throwable {
        sessions.then(j -> start(j, WINDOW));
        sessions.then(j -> {
            Awaitility.await().until(() -> WaitingWindows.get().of(run(j)).size() == 1);
            clock.moveTo("2026-06-05T14:00:00Z");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("It goes on after 2 h.", run(j));
            assertThat(
                    run(j).getLog(100).stream()
                            .filter(line -> line.contains("Waiting."))
                            .count(),
                    is(1L));
        });
    }

    /** Jenkins went down when the wait was over, but what waited had not gone on yet. */
    @Test
    public void waitThatWasOverBeforeTheStepKnewEndsAfterARestart() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, WINDOW);
            Wait wait = (Wait) WaitingWindows.get().of(run).get(0);
            wait.cancel();
            for (StepExecution step :
                    run.getExecution().getCurrentExecutions(true).get()) {
                step.getContext().saveState().get();
            }
        });
        clock.set("2026-06-05T14:00:00Z");
        sessions.then(j -> j.assertBuildStatusSuccess(j.waitForCompletion(run(j))));
    }

    @Test
    public void jobThatIsMovedKeepsItsWait() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, WINDOW);
            Items.move(run.getParent(), j.createProject(Folder.class, "elsewhere"));
            assertThat(run.getExternalizableId(), is("elsewhere/release#1"));
            assertThat(WaitingWindows.get().of(run).size(), is(1));
            assertThat(new WindowGates().mine().size(), is(1));

            assertThat(skip(j, run), is(302));
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("Skipped by", run);
        });
    }

    @Test
    public void jobThatIsMovedKeepsItsWaitAcrossARestart() throws Throwable {
        sessions.then(j -> Items.move(start(j, WINDOW).getParent(), j.createProject(Folder.class, "elsewhere")));
        sessions.then(j -> {
            WorkflowRun run = j.jenkins
                    .getItemByFullName("elsewhere/release", WorkflowJob.class)
                    .getBuildByNumber(1);
            Awaitility.await().until(() -> WaitingWindows.get().of(run).size() == 1);

            assertThat(skip(j, run), is(302));
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
        });
    }

    private static int skip(JenkinsRule j, WorkflowRun run) throws Exception {
        JenkinsRule.WebClient web = j.createWebClient();
        web.setThrowExceptionOnFailingStatusCode(false);
        web.getOptions().setRedirectEnabled(false);
        URL url = new URL(j.getURL(), run.getUrl() + "execution-windows/skip");
        return web.getPage(web.addCrumb(new WebRequest(url, HttpMethod.POST)))
                .getWebResponse()
                .getStatusCode();
    }

    @Test
    public void windowThatPassedWhileJenkinsWasDownIsMissed() throws Throwable {
        sessions.then(j -> start(j, WINDOW));
        clock.set("2026-06-05T18:00:00Z");
        sessions.then(j -> {
            j.waitForMessage("The opening until Fri 2026-06-05 15:00 UTC was missed", run(j));
            j.waitForMessage("opens Sat 2026-06-06 14:00 UTC", run(j));
            clock.moveTo("2026-06-06T14:00:00Z");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
        });
    }

    @Test
    public void windowThatOpenedWhileJenkinsWasDownIsTaken() throws Throwable {
        sessions.then(j -> start(j, WINDOW + " { echo 'inside' }"));
        clock.set("2026-06-05T14:30:00Z");
        sessions.then(j -> j.assertBuildStatusSuccess(j.waitForCompletion(run(j))));
    }

    @Test
    public void bodyIsWatchedAfterARestart() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, WINDOW + " { semaphore 'inside' }");
            clock.moveTo("2026-06-05T14:00:00Z");
            SemaphoreStep.waitForStart("inside/1", run);
        });
        sessions.then(j -> {
            clock.moveTo("2026-06-05T15:00:00Z");

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run(j)));

            j.assertLogContains("What runs in it is stopped.", run(j));
        });
    }

    @Test
    public void abortAfterARestartAborts() throws Throwable {
        sessions.then(j -> start(j, WINDOW));
        sessions.then(j -> {
            Awaitility.await().until(() -> WaitingWindows.get().of(run(j)).size() == 1);
            run(j).doStop();

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run(j)));
        });
    }

    @Test
    public void releaseThatIsHeldByItsClustersCalendarGoesOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            ClusterConfiguration cluster = new ClusterConfiguration("production");
            cluster.setUrl("https://localhost:1");
            cluster.setCalendar("afternoon");
            SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
            SafeDeploymentsConfiguration.get()
                    .setCalendars(List.of(new NamedCalendar("afternoon", "zone UTC\nwindow 14:00-15:00")));
            start(j, "promoteStable app: 'shop', namespace: 'shop', credentialsId: 'gone'");
        });
        sessions.then(j -> {
            Awaitility.await().until(() -> WaitingWindows.get().of(run(j)).size() == 1);
            clock.moveTo("2026-06-05T14:00:00Z");

            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));

            j.assertLogContains("[shop] It goes on after 2 h.", run(j));
            j.assertLogContains("'credentialsId' is 'gone'", run(j));
        });
    }

    private static WorkflowRun start(JenkinsRule j, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        j.waitForMessage("See the window, or skip it", run);
        return run;
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }
}
