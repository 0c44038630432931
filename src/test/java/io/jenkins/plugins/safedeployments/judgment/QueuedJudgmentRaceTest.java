package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Whatever becomes of an item in the queue while people vote on it, it is decided once, nothing is built that was not approved,
 * and what people were told is what is kept. The number of rounds can be set: {@code -DjudgmentRaces=10000} makes a tenth of
 * these here, of each kind.
 */
public class QueuedJudgmentRaceTest {

    private static final int RACES = Math.max(12, Integer.getInteger("judgmentRaces", 0) / 10);

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

    @After
    public void nothingIsLeftBehind() {
        Queue.getInstance().clear();
        patiently().until(() -> PendingJudgments.get().of(Judges.user("alice")).isEmpty());
    }

    @Test
    public void oneOfTwoVotesDecidesAndTheBuildKeepsIt() throws Exception {
        FreeStyleProject job = job("1 of qa");
        for (int i = 1; i <= RACES; i++) {
            LiveJudgment live = Judges.await(Judges.queued(job, "dev", "qa"), "qa");

            List<String> answers =
                    atOnce.all(() -> vote(live, "alice", "continue"), () -> vote(live, "bob", "rollback"));

            FreeStyleBuild build = ended(job, i);
            boolean alice = answers.get(0).startsWith("DECIDED");
            String winner = alice ? "alice" : "bob";
            assertThat(i + ": " + answers, answers.get(alice ? 1 : 0), containsString("was decided by " + winner));
            assertThat(answers.get(alice ? 0 : 1), containsString("DECIDED"));
            assertThat(Judgments.of(build), hasSize(1));
            assertThat(Judgments.find(build, "qa").made().by(), is(winner));
            assertThat(build.getEnvironment(TaskListener.NULL).get("JUDGMENT_QA"), is(alice ? "continue" : "rollback"));
        }
    }

    @Test
    public void twoVotesAtOnceBothCount() throws Exception {
        FreeStyleProject job = job("2 of qa");
        for (int i = 1; i <= RACES; i++) {
            LiveJudgment live = Judges.await(Judges.queued(job, "dev", "qa"), "qa");

            List<String> answers =
                    atOnce.all(() -> vote(live, "alice", "continue"), () -> vote(live, "bob", "continue"));

            FreeStyleBuild build = ended(job, i);
            assertThat(
                    i + ": " + answers,
                    answers.stream().map(answer -> answer.split(":")[0]).toList(),
                    containsInAnyOrder("DECIDED", "RECORDED"));
            Judgment kept = Judgments.find(build, "qa");
            assertThat(
                    kept.made().deciders().stream().map(Decision.Decider::user).toList(),
                    containsInAnyOrder("alice", "bob"));
            assertThat(kept.votes().stream().map(Vote::comment).toList(), containsInAnyOrder("says alice", "says bob"));
        }
    }

    /** Two vote against each other while somebody else takes the item out of the queue. */
    @Test
    public void votesAndCancellingAgree() throws Exception {
        FreeStyleProject job = job("1 of qa");
        for (int i = 0; i < RACES; i++) {
            Queue.Item item = Judges.queued(job, "dev", "qa");
            LiveJudgment live = Judges.await(item, "qa");
            int next = job.getNextBuildNumber();

            List<String> answers = atOnce.all(
                    () -> vote(live, "alice", "continue"), () -> vote(live, "bob", "stop"), () -> cancel(item.getId()));

            Queue.LeftItem left = left(item);
            String what = i + ": " + answers;
            List<String> decided = answers.stream()
                    .filter(answer -> answer.startsWith("DECIDED"))
                    .toList();
            patiently().untilAsserted(() -> {
                Judgment kept = Judgments.find(left, "qa");
                assertThat(what, kept, is(live.judgment()));
                assertThat(what, kept.isDecided(), is(true));
            });
            Judgment kept = live.judgment();
            if (decided.isEmpty()) {
                assertThat(what, kept.sentence(), is("It was withdrawn: it was taken out of the queue."));
                assertThat(what, answers.get(2), is("cancelled"));
            } else {
                assertThat(what, decided, hasSize(1));
                boolean alice = answers.indexOf(decided.get(0)) == 0;
                assertThat(what, kept.made().by(), is(alice ? "alice" : "bob"));
                assertThat(what, kept.isApproved(), is(alice));
            }
            if (left.isCancelled()) {
                assertThat(what, kept.isApproved() && !answers.get(2).equals("cancelled"), is(false));
                assertThat(what, job.getNextBuildNumber(), is(next));
            } else {
                assertThat(what, kept.isApproved(), is(true));
                assertThat(what, Judgments.find(ended(job, next), "qa"), is(kept));
            }
            patiently().until(() -> PendingJudgments.get().find(live.subject(), "qa"), nullValue());
        }
    }

    /** Who wants the same is either joined with the request that waits, and can't approve that, or has one of their own. */
    @Test
    public void whoVotesAndAsksForTheSameAtOnceDoesNotApproveTheirOwn() throws Exception {
        FreeStyleProject job = job("1 of qa");
        int builds = 0;
        for (int i = 0; i < RACES; i++) {
            Queue.Item item = Judges.queued(job, "dev", "qa");
            LiveJudgment live = Judges.await(item, "qa");

            List<String> answers = atOnce.all(
                    () -> vote(live, "bob", "continue"),
                    () -> Long.toString(Judges.request(job, "bob").getId()));

            String what = i + ": " + answers;
            boolean joined = answers.get(1).equals(Long.toString(item.getId()));
            if (joined) {
                assertThat(what, answers.get(0), containsString("FORBIDDEN: bob started this build"));
                assertThat(what, live.judgment().isDecided(), is(false));
                assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));
                assertThat(starters(ended(job, ++builds)), hasItem("bob"));
            } else {
                assertThat(what, answers.get(0), containsString("DECIDED"));
                assertThat(what, starters(ended(job, ++builds)), not(hasItem("bob")));
                Queue.Item second = Queue.getInstance().getItem(Long.parseLong(answers.get(1)));
                LiveJudgment other = Judges.await(second, "qa");
                assertThat(what, other.judgment().votes(), hasSize(0));
                assertThat(Judges.vote(other, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));
                assertThat(starters(ended(job, ++builds)), hasItem("bob"));
            }
        }
    }

    private static Set<String> starters(FreeStyleBuild build) {
        return Requesters.starters(build.getCauses());
    }

    private static FreeStyleProject job(String approvers) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setInputs(List.of("continue", "rollback"));
        settings.setApprovers(approvers);
        job.addProperty(new JudgmentProperty(settings));
        return job;
    }

    private static String vote(LiveJudgment live, String user, String choice) throws Exception {
        try {
            Ruling ruling = Judges.vote(live, user, choice);
            return ruling.kind() + ": " + ruling.text();
        } catch (UserException e) {
            return "REFUSED: " + e.getMessage();
        }
    }

    private static String cancel(long item) {
        Queue.Item found = Queue.getInstance().getItem(item);
        return Queue.getInstance().cancel(found) ? "cancelled" : "too late";
    }

    private static Queue.LeftItem left(Queue.Item item) {
        return (Queue.LeftItem) patiently()
                .until(() -> Queue.getInstance().getItem(item.getId()), found -> found instanceof Queue.LeftItem);
    }

    private static FreeStyleBuild ended(FreeStyleProject job, int number) throws Exception {
        FreeStyleBuild build = patiently().until(() -> job.getBuildByNumber(number), not(nullValue()));
        return jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    private static ConditionFactory patiently() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20));
    }
}
