package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Failure;
import hudson.model.Result;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.ApproverAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * However many answer at the same moment, it is decided once, and all the others are told by whom. The number of rounds can be
 * set: {@code -DjudgmentRaces=10000}.
 */
public class JudgmentRaceTest {

    private static final int RACES = Integer.getInteger("judgmentRaces", 60);

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    private static ExecutorService threads;

    static {
        jenkins.timeout = 0; // it depends on the number of rounds
    }

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
        threads = Executors.newCachedThreadPool();
    }

    @AfterClass
    public static void end() throws InterruptedException {
        threads.shutdown();
        threads.awaitTermination(1, TimeUnit.MINUTES);
    }

    /** One of two answers to one input decides; plain input takes both. */
    @Test
    public void oneOfTwoAnswersDecides() throws Exception {
        WorkflowRun run = rounds("judgment message: 'Go?', approvers: 'qa', id: \"race-${i}\"");
        for (int i = 0; i < RACES; i++) {
            Judges.await(run, "race-" + i);
            InputStepExecution input = Judges.input(run);

            List<String> answers = atOnce(() -> proceed(input, "alice"), () -> proceed(input, "bob"));

            Judgment judgment = Judgments.find(run, "race-" + i);
            String winner = judgment.decision().by();
            assertThat(
                    "round " + i + ": " + answers,
                    answers.stream().filter("ok"::equals).count(),
                    is(1L));
            String told = answers.stream()
                    .filter(answer -> !answer.equals("ok"))
                    .findFirst()
                    .orElseThrow();
            assertThat(told, containsString("'continue' was decided by " + winner));
            assertThat(answers.get(winner.equals("alice") ? 0 : 1), is("ok"));
        }
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(lines(run, "went on after alice") + lines(run, "went on after bob"), is((long) RACES));
    }

    /** Of two votes at the same moment none is lost, and one of them, and only one, decides. */
    @Test
    public void twoVotesAtOnceBothCount() throws Exception {
        WorkflowRun run = rounds("judgment message: 'Go?', approvers: '2 of qa', id: \"race-${i}\"");
        for (int i = 0; i < RACES; i++) {
            Judges.await(run, "race-" + i);
            InputStepExecution input = Judges.input(run);

            List<String> answers = atOnce(() -> proceed(input, "alice"), () -> proceed(input, "bob"));

            assertThat(
                    "round " + i + ": " + answers,
                    answers.stream().filter("ok"::equals).count(),
                    is(1L));
            assertThat(
                    answers.stream()
                            .filter(answer -> answer.startsWith("Your vote is recorded."))
                            .count(),
                    is(1L));
            assertThat(Judgments.find(run, "race-" + i).decision().deciders(), hasSize(2));
        }
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    /** Who was told that it is decided, was told the truth, also if the build is aborted at that moment. */
    @Test
    public void abortOfTheBuildAndApprovalAtOnceAgree() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                "def j = judgment message: 'Go?', id: 'qa', approvers: 'qa'\necho \"went on after ${j.by}\"", true));
        int rounds = Math.max(20, RACES / 5);
        for (int i = 0; i < rounds; i++) {
            WorkflowRun run = Judges.start(job);
            Judges.await(run, "qa");
            InputStepExecution input = Judges.input(run);

            List<String> answers = atOnce(() -> proceed(input, "alice"), () -> {
                run.getExecution().interrupt(Result.ABORTED);
                return "aborted";
            });

            jenkins.waitForCompletion(run);
            boolean said = answers.get(0).equals("ok");
            String what = "round " + i + ": " + answers;
            assertThat(what, lines(run, "went on after alice"), is(said ? 1L : 0L));
            assertThat(what, Judgments.find(run, "qa").isApproved(), is(said));
            if (!said) {
                assertThat(what, run.getResult(), is(Result.ABORTED));
                assertThat(what, answers.get(0), containsString("It was withdrawn: the build was stopped"));
            }
        }
    }

    /** The same by the page, the input and the REST of it, all mixed, with eight at once. */
    @Test
    public void manyWaysAtOnceDecideOnce() throws Exception {
        int rounds = Math.max(20, RACES / 5);
        WorkflowRun run =
                rounds("judgment message: 'Go?', approvers: 'qa', rejectResult: 'NONE', id: \"race-${i}\"", rounds);
        for (int i = 0; i < rounds; i++) {
            String id = "race-" + i;
            LiveJudgment live = Judges.await(run, id);
            InputStepExecution input = Judges.input(run);
            List<Callable<String>> all = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
                all.add(() -> proceed(input, "alice"));
                all.add(() -> abort(input, "bob"));
                all.add(() -> onPage(live, "alice", "continue"));
                all.add(() -> onPage(live, "bob", "stop"));
            }

            List<String> answers = atOnce(all.toArray(new Callable[0]));

            assertThat(
                    "round " + i + ": " + answers,
                    answers.stream().filter("ok"::equals).count(),
                    is(1L));
        }
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(run.getActions(ApproverAction.class).size(), greaterThan(0));
    }

    private static String onPage(LiveJudgment live, String user, String choice) throws Exception {
        try (ACLContext ignored = Judges.as(user)) {
            return switch (live.vote(
                            Jenkins.getAuthentication2(), new LiveJudgment.Answer(choice, "", Map.of(), null, false))
                    .kind()) {
                case DECIDED -> "ok";
                default -> "late";
            };
        }
    }

    private static String proceed(InputStepExecution input, String user) throws Exception {
        try (ACLContext ignored = Judges.as(user)) {
            input.proceed((Map<String, Object>) null);
            return "ok";
        } catch (Failure refused) {
            return refused.getMessage();
        }
    }

    private static String abort(InputStepExecution input, String user) throws Exception {
        try (ACLContext ignored = Judges.as(user)) {
            input.doAbort();
            return "ok";
        } catch (Failure refused) {
            return refused.getMessage();
        }
    }

    @SafeVarargs
    private static List<String> atOnce(Callable<String>... all) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(all.length);
        List<Future<String>> answers = new ArrayList<>();
        for (Callable<String> one : all) {
            answers.add(threads.submit(() -> {
                barrier.await();
                return one.call();
            }));
        }
        List<String> texts = new ArrayList<>();
        for (Future<String> answer : answers) {
            texts.add(answer.get(1, TimeUnit.MINUTES));
        }
        return texts;
    }

    private static long lines(WorkflowRun run, String text) throws Exception {
        try (java.util.stream.Stream<String> lines = new java.io.BufferedReader(run.getLogReader()).lines()) {
            return lines.filter(line -> line.equals(text)).count();
        }
    }

    private static WorkflowRun rounds(String judgment) throws Exception {
        return rounds(judgment, RACES);
    }

    private static WorkflowRun rounds(String judgment, int rounds) throws Exception {
        return Judges.start(
                jenkins,
                "for (int i = 0; i < " + rounds + "; i++) {\n  def j = " + judgment + "\n"
                        + "  echo \"went on after ${j.by}\"\n}");
    }
}
