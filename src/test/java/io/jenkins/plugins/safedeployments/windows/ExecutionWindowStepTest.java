package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The step in Pipelines, by a clock that is set by hand and begins on a Friday, 2026-06-05, at noon. */
public class ExecutionWindowStepTest {

    private static final String OFFICE = "days: 'Mon-Fri', from: '09:00', to: '17:00', timeZone: 'UTC'";
    private static final String NIGHT = "from: '22:00', to: '02:00', timeZone: 'Europe/Berlin'";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public HandClock clock = new HandClock();

    @After
    public void nothingIsLeftBehind() {
        StopTheLine.get().turn(false, "the test", "");
        Awaitility.setDefaultTimeout(java.time.Duration.ofSeconds(20));
        Awaitility.await().untilAsserted(() -> assertThat(WaitingWindows.get().waiting(), hasSize(0)));
    }

    @Test
    public void windowThatNeverOpensAgainFailsAtOnce() throws Exception {
        WorkflowRun run = start("executionWindow(windows: ['2025-12-01 09:00-17:00'], timeZone: 'UTC')");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("never opens again. So it would wait for ever: correct 'windows' or 'freezes'", run);
    }

    @Test
    public void openWindowIsPassedAtOnceAndReturnsAMap() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job("def w = executionWindow(" + OFFICE + ")\n"
                + "echo \"open ${w.open} after ${w.waitedSeconds} '${w.skippedBy}' ${w.text}\""));

        jenkins.assertLogContains("[executionWindow] Open: inside 'Mon-Fri 09:00-17:00' (UTC); closes", run);
        jenkins.assertLogContains("open true after 0 '' open: inside", run);
        jenkins.assertLogNotContains("Waiting", run);
    }

    @Test
    public void closedWindowIsWaitedFor() throws Exception {
        WorkflowRun run = start("def w = executionWindow(" + NIGHT + ")\necho \"waited ${w.waitedSeconds}\"");
        jenkins.waitForMessage("See the window, or skip it", run);
        jenkins.assertLogContains(
                "Waiting. It is closed: outside 'daily 22:00-02:00' (Europe/Berlin); opens Fri 2026-06-05 22:00 CEST, in 8 h",
                run);
        assertThat(jenkins.jenkins.toComputer().countBusy(), is(0));

        clock.moveTo("2026-06-05T19:59:59Z");
        clock.moveTo("2026-06-05T20:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("It goes on after 8 h. It is open: inside 'daily 22:00-02:00' (Europe/Berlin)", run);
        jenkins.assertLogContains("waited 28800", run);
    }

    @Test
    public void failModeFailsWithTheReason() throws Exception {
        WorkflowRun run =
                jenkins.buildAndAssertStatus(Result.FAILURE, job("executionWindow(" + NIGHT + ", mode: 'fail')"));

        jenkins.assertLogContains("ERROR: Closed: outside 'daily 22:00-02:00' (Europe/Berlin); opens", run);
        jenkins.assertLogNotContains("\tat ", run);
    }

    @Test
    public void checkModeSaysItAndLeavesTheBodyOut() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job("echo \"it is ${executionWindow(" + NIGHT
                + ", mode: 'check').open}\"\nexecutionWindow(" + NIGHT + ", mode: 'check') { echo 'inside' }\n"
                + "echo \"body says ${executionWindow(" + OFFICE + ", mode: 'check') { 42 }}\""));

        jenkins.assertLogContains("it is false", run);
        jenkins.assertLogContains("the steps inside are left out", run);
        jenkins.assertLogNotContains("inside\n", run);
        jenkins.assertLogContains("body says 42", run);
    }

    @Test
    public void bodyRunsWhenItOpensAndIsToldWhenItEnds() throws Exception {
        WorkflowRun run = start("executionWindow(" + NIGHT + ") { echo 'in it'; semaphore 'goesOn' }\necho 'after'");
        jenkins.waitForMessage("Waiting.", run);

        clock.moveTo("2026-06-05T20:00:00Z");
        SemaphoreStep.waitForStart("goesOn/1", run);
        clock.moveTo("2026-06-06T00:00:00Z");
        jenkins.waitForMessage("The window is over: it is closed: outside", run);
        SemaphoreStep.success("goesOn/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("What runs in it goes on.", run);
        jenkins.assertLogContains("after", run);
    }

    @Test
    public void bodyIsStoppedWhenTheWindowEndsIfSoSaid() throws Exception {
        WorkflowRun run = start("executionWindow(" + OFFICE + ", onWindowEnd: 'stop') { semaphore 'stopped' }");
        SemaphoreStep.waitForStart("stopped/1", run);

        clock.moveTo("2026-06-05T17:00:00Z");

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("The execution window is over: it is closed: outside", run);
    }

    @Test
    public void abortWhileWaitingAborts() throws Exception {
        WorkflowRun run = start("executionWindow(" + NIGHT + ")");
        jenkins.waitForMessage("Waiting.", run);

        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void abortInTheBodyAborts() throws Exception {
        WorkflowRun run = start("executionWindow(" + OFFICE + ") { semaphore 'aborted' }");
        SemaphoreStep.waitForStart("aborted/1", run);

        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void killedRunIsForgotten() throws Exception {
        WorkflowRun run = start("executionWindow(" + NIGHT + ")");
        jenkins.waitForMessage("Waiting.", run);

        run.doKill();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void itGivesUpAfterTheTimeThatIsSaid() throws Exception {
        WorkflowRun run = start("executionWindow(" + NIGHT + ", giveUpAfter: 90)");
        jenkins.waitForMessage("Waiting.", run);

        clock.moveTo("2026-06-05T13:30:00Z");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: Gave up after 1 h 30 min: it is closed: outside", run);
    }

    @Test
    public void timeoutAroundItEndsTheWait() throws Exception {
        WorkflowRun run = start("timeout(time: 1, unit: 'SECONDS') { executionWindow(" + NIGHT + ") }");

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void parallelWindowsOpenEachInItsTime() throws Exception {
        WorkflowRun run =
                start("parallel a: { executionWindow(from: '13:00', to: '14:00', timeZone: 'UTC'); echo 'a on' },"
                        + " b: { executionWindow(from: '15:00', to: '16:00', timeZone: 'UTC') { echo 'b on' } }");
        Awaitility.await().until(() -> WaitingWindows.get().of(run).size() == 2);

        clock.moveTo("2026-06-05T13:00:00Z");
        jenkins.waitForMessage("a on", run);
        jenkins.assertLogNotContains("b on", run);
        clock.moveTo("2026-06-05T15:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("b on", run);
    }

    @Test
    public void optionsOfADeclarativePipelineAndOfItsStages() throws Exception {
        WorkflowRun run = start(
                "pipeline { agent none\n options { executionWindow(from: '13:00', to: '16:00', timeZone: 'UTC') }\n"
                        + "stages { stage('Canary') { options { executionWindow(windows: ['14:00-15:00'], timeZone: 'UTC') }\n"
                        + "steps { echo 'canary'; executionWindow(from: '14:00', to: '15:00', timeZone: 'UTC') } } } }");
        jenkins.waitForMessage("outside 'daily 13:00-16:00'", run);

        clock.moveTo("2026-06-05T13:00:00Z");
        jenkins.waitForMessage("outside 'daily 14:00-15:00'", run);
        jenkins.assertLogNotContains("canary\n", run);
        clock.moveTo("2026-06-05T14:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Open: inside 'daily 14:00-15:00'", run);
    }

    @Test
    public void jitterSpreadsWhatHasWaitedAndStaysInTheWindow() throws Exception {
        WorkflowRun run = start("executionWindow(from: '13:00', to: '14:00', timeZone: 'UTC', jitter: 30)");
        jenkins.waitForMessage("Waiting.", run);

        clock.moveTo("2026-06-05T13:00:00Z");
        jenkins.waitForMessage("It is open; to spread what has waited, this goes on at", run);
        clock.moveTo("2026-06-05T13:30:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void whatAPersonStartedIsNotSpreadIfToldSo() throws Exception {
        String call =
                "executionWindow(from: '13:00', to: '14:00', timeZone: 'UTC', jitter: 60, skipJitterForManual: true)";
        WorkflowRun triggered = start(call);
        WorkflowRun manual = job(call)
                .scheduleBuild2(0, new CauseAction(new Cause.UserIdCause("alice")))
                .waitForStart();
        jenkins.waitForMessage("Waiting.", triggered);
        jenkins.waitForMessage("Waiting.", manual);

        clock.moveTo("2026-06-05T13:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(manual));
        jenkins.waitForMessage("It is open; to spread what has waited, this goes on at", triggered);
        jenkins.assertLogNotContains("to spread what has waited", manual);
        clock.moveTo("2026-06-05T13:59:59Z");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(triggered));
    }

    @Test
    public void clockThatJumpsOverTheOpeningWaitsForTheNext() throws Exception {
        WorkflowRun run = start("executionWindow(" + NIGHT + ")");
        jenkins.waitForMessage("Waiting.", run);

        clock.moveTo("2026-06-06T10:00:00Z");
        jenkins.waitForMessage("was missed: Jenkins was down, or its clock was set", run);
        clock.moveTo("2026-06-05T21:00:00Z"); // set back, into the window

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void changedCalendarIsSeenAtOnce() throws Exception {
        calendar("zone UTC\nwindow 22:00-23:00");
        WorkflowRun run = start("executionWindow(calendar: 'office')");
        jenkins.waitForMessage("outside 'daily 22:00-23:00' of calendar 'office'", run);

        calendar("zone UTC\nwindow 20:00-21:00");
        jenkins.waitForMessage("outside 'daily 20:00-21:00' of calendar 'office'", run);
        SafeDeploymentsConfiguration.get().setCalendars(List.of());
        jenkins.waitForMessage("'calendar' is 'office', but neither", run);
        calendar("zone UTC\nwindow daily");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void ownWindowAndCalendarMustBothBeOpen() throws Exception {
        calendar("zone UTC\nfreeze daily 12:00-13:00 because of lunch");
        WorkflowRun run = start("executionWindow(calendar: 'office', " + OFFICE + ")");
        jenkins.waitForMessage("freeze 'daily 12:00-13:00' of calendar 'office' (UTC) because of lunch", run);

        clock.moveTo("2026-06-05T13:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void stoppedLineKeepsEverythingUntilItGoesOn() throws Exception {
        StopTheLine.get().turn(true, "alice", "the database is down");
        WorkflowRun run = start("executionWindow(" + OFFICE + ")");
        jenkins.waitForMessage(
                "closed: the line was stopped by alice at Fri 2026-06-05 12:00 UTC because the database is down", run);

        StopTheLine.get().turn(false, "alice", "");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void badParametersAreNamed() throws Exception {
        fails("executionWindow()", "'windows' is missing: say when it may start");
        fails("executionWindow(days: 'Mon-Fri')", "'timeZone' is missing");
        fails("executionWindow(days: 'Funday', timeZone: 'UTC')", "'days' has 'Funday'");
        fails("executionWindow(days: 'Mon', timeZone: 'Europe/Pariss')", "did you mean 'Europe/Paris'");
        fails("executionWindow(from: '09:00', timeZone: 'UTC')", "'to' is missing");
        fails("executionWindow(calendar: 'none')", "'calendar' is 'none', but neither");
        fails("executionWindow(" + OFFICE + ", mode: 'maybe')", "'mode' is 'maybe': it must be 'wait' or 'fail' or");
        fails("executionWindow(" + OFFICE + ", onWindowEnd: 'x')", "'onWindowEnd' is 'x'");
        fails("executionWindow(" + OFFICE + ", jitter: 2000)", "'jitter' is 120000 seconds");
        fails("executionWindow(" + OFFICE + ", giveUpAfter: -1)", "'giveUpAfter' is -1 MINUTES");
    }

    private static void fails(String script, String message) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(Result.FAILURE, job(script));
        jenkins.assertLogContains(message, run);
        jenkins.assertLogNotContains("\tat ", run);
    }

    private static void calendar(String text) {
        SafeDeploymentsConfiguration.get().setCalendars(List.of(new NamedCalendar("office", text)));
    }

    private static WorkflowRun start(String script) throws Exception {
        return job(script).scheduleBuild2(0).waitForStart();
    }

    private static WorkflowJob job(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }
}
