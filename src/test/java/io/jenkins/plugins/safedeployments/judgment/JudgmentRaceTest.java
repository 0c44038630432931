package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Failure;
import hudson.model.Result;
import hudson.security.ACLContext;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
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

    /** All that was judged in a run is written with each vote, so that many rounds in one would take their square. */
    private static final int RACES_OF_A_RUN = 100;

    @ClassRule(order = 0)
    public static AtOnce atOnce = new AtOnce();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 0; // it depends on the number of rounds
    }

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    /** One of two answers to one input decides; plain input takes both. */
    @Test
    public void oneOfTwoAnswersDecides() throws Exception {
        Map<String, Integer> winners = new TreeMap<>();
        races(RACES, "judgment message: 'Go?', approvers: 'qa'", (run, id) -> {
            InputStepExecution input = Judges.input(run);

            List<String> answers = atOnce.all(() -> proceed(input, "alice"), () -> proceed(input, "bob"));

            String winner = Judgments.find(run, id).decision().by();
            winners.merge(winner, 1, Integer::sum);
            boolean alice = winner.equals("alice");
            assertThat(id + answers, answers.get(alice ? 0 : 1), is("ok"));
            assertThat(answers.get(alice ? 1 : 0), containsString("'continue' was decided by " + winner));
        });
        assertThat(winners.values().stream().mapToInt(Integer::intValue).sum(), is(RACES));
        System.out.println("one of two answers decided in each of " + RACES + " rounds: " + winners);
    }

    /** An answer that has decided is helped on if it gets stuck, and is told the truth all the same. */
    @Test
    public void whoDecidedIsToldSoAlthoughItWentOnMeanwhile() throws Exception {
        long patience = JudgmentExecution.passMillis;
        JudgmentExecution.passMillis = 0;
        try {
            races(RACES, "judgment message: 'Go?', approvers: 'qa'", (run, id) -> {
                InputStepExecution input = Judges.input(run);

                List<String> answers = atOnce.all(() -> proceed(input, "alice"), () -> proceed(input, "bob"));

                assertThat(id + answers, count(answers, "ok"), is(1L));
            });
        } finally {
            JudgmentExecution.passMillis = patience;
        }
    }

    /** Of two votes at the same moment none is lost, and one of them, and only one, decides. */
    @Test
    public void twoVotesAtOnceBothCount() throws Exception {
        races(RACES, "judgment message: 'Go?', approvers: '2 of qa'", (run, id) -> {
            InputStepExecution input = Judges.input(run);

            List<String> answers = atOnce.all(() -> proceed(input, "alice"), () -> proceed(input, "bob"));

            assertThat(id + answers, count(answers, "ok"), is(1L));
            assertThat(
                    answers.stream()
                            .filter(answer -> answer.startsWith("Your vote is recorded."))
                            .count(),
                    is(1L));
            assertThat(Judgments.find(run, id).decision().deciders(), hasSize(2));
        });
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

            List<String> answers = atOnce.all(() -> proceed(input, "alice"), () -> {
                run.getExecution().interrupt(Result.ABORTED);
                return "aborted";
            });

            jenkins.waitForCompletion(run);
            boolean said = answers.get(0).equals("ok");
            String what = "round " + i + ": " + answers;
            assertThat(what, wentOn(run), is(said ? 1L : 0L));
            assertThat(what, Judgments.find(run, "qa").isApproved(), is(said));
            if (!said) {
                assertThat(what, run.getResult(), is(Result.ABORTED));
                assertThat(what, answers.get(0), containsString("It was withdrawn: the build was stopped"));
            }
            run.delete();
        }
    }

    /** The same by the page, the input and the REST of it, all mixed, with eight at once. */
    @Test
    public void manyWaysAtOnceDecideOnce() throws Exception {
        String judgment = "judgment message: 'Go?', approvers: 'qa', rejectResult: 'NONE'";
        Set<String> ways = new HashSet<>();
        races(Math.max(20, RACES / 5), judgment, (run, id) -> {
            LiveJudgment live = Judges.await(run, id);
            InputStepExecution input = Judges.input(run);
            List<Callable<String>> all = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
                all.add(() -> proceed(input, "alice"));
                all.add(() -> abort(input, "bob"));
                all.add(() -> onPage(live, "alice", "continue"));
                all.add(() -> onPage(live, "bob", "stop"));
            }

            List<String> answers = atOnce.all(all.toArray(new Callable[0]));

            assertThat(id + answers, count(answers, "ok"), is(1L));
            ways.add(answers.indexOf("ok") % 4 < 2 ? "input" : "page");
        });
        assertThat("both are in time now and then", ways, hasSize(2));
    }

    private interface Round {
        /** Called when it waits. */
        void race(WorkflowRun run, String id) throws Exception;
    }

    /** After each of them its run goes on once. */
    private static void races(int races, String judgment, Round round) throws Exception {
        for (int begun = 0; begun < races; begun += RACES_OF_A_RUN) {
            int rounds = Math.min(RACES_OF_A_RUN, races - begun);
            WorkflowRun run = Judges.start(
                    jenkins,
                    "for (int i = 0; i < " + rounds + "; i++) {\n  def j = " + judgment + ", id: \"race-${i}\"\n"
                            + "  echo \"went on after ${j.by}\"\n}");
            for (int i = 0; i < rounds; i++) {
                Judges.await(run, "race-" + i);
                round.race(run, "race-" + i);
            }
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertThat(wentOn(run), is((long) rounds));
            run.getParent().delete();
        }
    }

    private static long wentOn(WorkflowRun run) throws Exception {
        try (BufferedReader log = new BufferedReader(run.getLogReader())) {
            return log.lines().filter(line -> line.startsWith("went on after ")).count();
        }
    }

    private static long count(List<String> answers, String one) {
        return answers.stream().filter(one::equals).count();
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
}
