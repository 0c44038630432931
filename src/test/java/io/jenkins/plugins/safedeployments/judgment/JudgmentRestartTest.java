package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** A judgment that waits goes on when Jenkins is restarted, with the votes that it has. */
public class JudgmentRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @After
    public void resetClock() {
        PendingJudgments.setClock(Clock.systemUTC());
    }

    @Test
    public void votesSurviveAndItShowsAsAnInputAgain() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(
                    j,
                    "judgment(message: 'Go?', id: 'qa', approvers: '2 of qa')\njudgment(message: 'More?', approvers: 'qa')");
            assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
        });
        sessions.then(j -> {
            Judges.secure(j);
            WorkflowRun run = run(j);
            Judges.await(run, "qa");
            InputAction inputs = run.getAction(InputAction.class);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> inputs.getExecutions().size() == 1);
            assertThat(inputs.getExecutions().get(0).getId(), is("Qa"));
            assertThat(xml(run).split("<string>Qa</string>", -1).length - 1, is(1));
            assertThat(
                    Judges.post(j, "bob", run, "input/Qa/proceedEmpty").getContentAsString(),
                    containsString("1 more of qa"));
            assertThat(Judges.post(j, "alice", run, "input/Qa/proceedEmpty").getStatusCode(), is(200));

            // and the next one is asked as if nothing had been
            Judges.await(run, "judgment");
            assertThat(inputs.getExecutions(), hasSize(1));
            Judges.vote(run, "judgment", "bob", "continue");
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
        });
    }

    @Test
    public void decisionThatThePipelineWasNotToldIsToldAfterwards() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run =
                    start(j, "def j = judgment(message: 'Go?', id: 'qa', approvers: 'qa')\necho \"told ${j.by}\"");
            // as if Jenkins went down between the record and what follows
            Judgments.keep(
                    run,
                    Judgments.find(run, "qa")
                            .vote(
                                    new Person("bob"),
                                    false,
                                    new io.jenkins.plugins.safedeployments.engine.judgment.Vote(
                                            "bob", "continue", "", java.time.Instant.now(), java.util.Map.of()),
                                    id -> java.util.Optional.empty())
                            .judgment());
        });
        sessions.then(j -> {
            WorkflowRun run = run(j);
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("told bob", run);
            assertThat(run.getAction(InputAction.class).getExecutions(), hasSize(0));
        });
    }

    private record Person(String id) implements io.jenkins.plugins.safedeployments.engine.judgment.Person {

        @Override
        public boolean is(String user) {
            return id.equals(user);
        }

        @Override
        public boolean isIn(String group) {
            return true;
        }

        @Override
        public boolean isPermitted() {
            return true;
        }
    }

    @Test
    public void abortAfterARestartAborts() throws Throwable {
        sessions.then(j -> start(j, "judgment(message: 'Go?', id: 'qa', approvers: 'qa')"));
        sessions.then(j -> {
            WorkflowRun run = run(j);
            Judges.await(run, "qa");

            run.doStop();

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
        });
    }

    @Test
    public void timeThatPassedWhileJenkinsWasDownCounts() throws Throwable {
        sessions.then(j -> start(
                j,
                "def j = judgment(message: 'Go?', id: 'qa', approvers: 'qa', timeout: 2, onTimeout: 'stop', rejectResult: 'NONE')\n"
                        + "echo \"it was ${j.outcome} ${j.how}\""));
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
        sessions.then(j -> {
            WorkflowRun run = run(j);
            Judges.await(run, "qa");
            PendingJudgments.get().wake();
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("it was stop TIMEOUT", run);
        });
    }

    /** That an earlier one of the same id was approved says nothing about one that nobody was asked for yet. */
    @Test
    public void earlierDecisionDoesNotAnswerANewQuestion() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(
                    j,
                    "for (int round = 1; round <= 2; round++) {\n  judgment message: \"Go ${round}?\", id: 'qa', approvers: 'qa'\n"
                            + "  semaphore 'decided'\n}\necho 'through'");
            Judges.vote(run, "qa", "bob", "continue");
            SemaphoreStep.waitForStart("decided/1", run);
            Judges.occupyThreads();
            SemaphoreStep.success("decided/1", null);
            SemaphoreStep.success("decided/2", null);
            awaitUnasked(run);
        });
        sessions.then(j -> {
            Judges.secure(j);
            WorkflowRun run = run(j);
            awaitAskedOrOver(run);
            assertThat(run.isBuilding(), is(true));
            assertThat(Judgments.of(run), hasSize(2));
            Judges.vote(run, "qa", "bob", "stop");
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
            j.assertLogContains("Go 2?", run);
        });
    }

    /** The id is taken again before it is tried once more to ask. */
    @Test
    public void slowlyLoadedPipelineIsAskedLater() throws Throwable {
        sessions.then(j -> {
            Judges.secure(j);
            Judges.occupyThreads();
            WorkflowJob job = j.createProject(WorkflowJob.class, "release");
            job.setDefinition(new CpsFlowDefinition(
                    "parallel one: { judgment message: 'Go?', id: 'qa', approvers: 'qa' },\n"
                            + "  other: { semaphore 'other'; judgment message: 'Go?', id: 'qa', approvers: 'qa' }",
                    true));
            WorkflowRun run = Judges.start(job);
            SemaphoreStep.waitForStart("other/1", run);
            awaitUnasked(run);
            run.addAction(new SlowInputs());
            run.save();
        });
        SlowInputs.slow = true;
        sessions.then(j -> {
            Judges.secure(j);
            WorkflowRun run = run(j);
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> SlowInputs.asked);
            SemaphoreStep.success("other/1", null);
            j.waitForMessage("Failed in branch other", run);
            SlowInputs.slow = false;
            awaitAskedOrOver(run);
            assertThat(run.isBuilding(), is(true));
            Judges.vote(run, "qa", "bob", "continue");
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
            j.assertLogContains("another judgment of this build that waits has the same", run);
            assertThat(Judgments.find(run, "qa").isApproved(), is(true));
        });
    }

    /** Inputs of a run, before its Pipeline is loaded. */
    public static final class SlowInputs extends InputAction {

        static volatile boolean slow;
        static volatile boolean asked;

        private static void check() throws TimeoutException {
            if (slow) {
                asked |= Thread.currentThread().getName().startsWith("safe-deployments");
                throw new TimeoutException("the Pipeline is still being loaded");
            }
        }

        @Override
        public synchronized List<InputStepExecution> getExecutions() throws InterruptedException, TimeoutException {
            check();
            return super.getExecutions();
        }

        @Override
        public synchronized void add(InputStepExecution step)
                throws IOException, InterruptedException, TimeoutException {
            check();
            super.add(step);
        }
    }

    /** Until the step runs, and before it has asked anybody. */
    private static void awaitUnasked(WorkflowRun run) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> run.getExecution().getCurrentExecutions(true).get().stream()
                        .anyMatch(step -> step instanceof JudgmentExecution
                                && step.getStatus().equals("starting")));
    }

    private static void awaitAskedOrOver(WorkflowRun run) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !run.isBuilding() || PendingJudgments.get().find(new RunSubject(run), "qa") != null);
    }

    private static WorkflowRun start(JenkinsRule j, String script) throws Exception {
        Judges.secure(j);
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, "qa");
        return run;
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }

    private static String xml(WorkflowRun run) throws Exception {
        return Files.readString(run.getRootDir().toPath().resolve("build.xml"), StandardCharsets.UTF_8);
    }
}
