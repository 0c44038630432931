package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
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
        PendingJudgments.setClock(java.time.Clock.systemUTC());
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
                    .atMost(java.time.Duration.ofMinutes(1))
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
        PendingJudgments.setClock(java.time.Clock.offset(java.time.Clock.systemUTC(), java.time.Duration.ofHours(3)));
        sessions.then(j -> {
            WorkflowRun run = run(j);
            Judges.await(run, "qa");
            PendingJudgments.get().wake();
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("it was stop TIMEOUT", run);
        });
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
