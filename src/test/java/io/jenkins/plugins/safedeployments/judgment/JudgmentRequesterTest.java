package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.Assert.assertThrows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import java.time.Duration;
import java.util.Map;
import jenkins.model.ParameterizedJobMixIn;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.RestartDeclarativePipelineAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.replay.ReplayAction;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.FakeChangeLogSCM;
import org.jvnet.hudson.test.JenkinsRule;

/** Nobody approves their own work, through whatever builds that came to the one that asks. */
public class JudgmentRequesterTest {

    private static final String JUDGMENT = "judgment message: 'Go?', id: 'qa', approvers: 'user:dev, alice, bob'";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    /** A build that admin started, with changes by alice. */
    private static FreeStyleBuild changesOfAlice() throws Exception {
        return changesOf("alice");
    }

    private static FreeStyleBuild changesOf(String author) throws Exception {
        FreeStyleProject upstream = jenkins.createFreeStyleProject();
        FakeChangeLogSCM changes = new FakeChangeLogSCM();
        changes.addChange().withAuthor(author);
        upstream.setScm(changes);
        try (ACLContext ignored = Judges.as("admin")) {
            return jenkins.assertBuildStatusSuccess(upstream.scheduleBuild2(0, new Cause.UserIdCause()));
        }
    }

    private static WorkflowRun startedBy(Run<?, ?> upstream, String script) throws Exception {
        return start(new Cause.UpstreamCause(upstream), script);
    }

    private static WorkflowRun start(Cause cause, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0, new CauseAction(cause)).waitForStart();
    }

    /** What promotions have that start by themselves. */
    private static final class Follows extends Cause implements ForRelease {

        private final String run;
        private final String maker;

        Follows(@CheckForNull Run<?, ?> run, @CheckForNull Run<?, ?> maker) {
            this.run = run == null ? "" : run.getExternalizableId();
            this.maker = maker == null ? "" : maker.getExternalizableId();
        }

        @Override
        public Target target() {
            return new Target("rig", "shop", "shop");
        }

        @Override
        public int release() {
            return 1;
        }

        @Override
        public Run<?, ?> maker() {
            return maker.isEmpty() ? null : Run.fromExternalizableId(maker);
        }

        @Override
        public Run<?, ?> run() {
            return run.isEmpty() ? null : Run.fromExternalizableId(run);
        }

        @Override
        public String getShortDescription() {
            return "by itself";
        }
    }

    @Test
    public void authorOfTheBuildThatStartedItCanOnlyStop() throws Exception {
        WorkflowRun run = startedBy(startedBy(changesOfAlice(), "echo 'between'"), JUDGMENT);

        Ruling refused = Judges.vote(run, "qa", "alice", "continue");

        assertThat(refused.kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(
                refused.text(), containsString("alice started this build or wrote its changes, or those of a build"));
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    /** As by changes that are checked out while it waits. */
    @Test
    public void whoBecomesARequesterAfterVotingDoesNotCount() throws Exception {
        String twoOfThree = "judgment message: 'Go?', id: 'qa', approvers: '2 of qa, olga'";
        WorkflowRun run = Judges.waiting(jenkins, "qa", twoOfThree);
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.RECORDED));
        run.replaceAction(new CauseAction(new Cause.UserIdCause("dev"), new Cause.UserIdCause("alice")));

        Ruling again = Judges.vote(run, "qa", "alice", "continue");
        assertThat(again.kind(), is(Ruling.Kind.FORBIDDEN));
        Ruling ruling = Judges.vote(run, "qa", "bob", "continue");

        assertThat(ruling.kind(), is(Ruling.Kind.RECORDED));
        assertThat(ruling.text(), containsString("It takes 1 more of qa, olga"));
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.await(run, "qa").missing(), is("1 more of qa, olga"));
        assertThat(
                Browsers.plain(jenkins, "bob").getPage(run, "judgments/qa").asNormalizedText(),
                containsString("Does not count any more: started the build or wrote changes in it."));
        assertThat(Judges.vote(run, "qa", "olga", "continue").kind(), is(Ruling.Kind.DECIDED));
        assertThat(Judgments.find(run, "qa").made().by(), is("bob, olga"));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void allowedRequesterCountsWhateverElseTheyBecome() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins, "qa", "judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowRequester: true");
        Judges.vote(run, "qa", "alice", "continue");
        run.replaceAction(new CauseAction(new Cause.UserIdCause("alice")));

        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    /** Who can't be seen may be anybody, and hides none of the others. */
    @Test
    public void authorWhoCannotBeReadKeepsAllFromApproving() throws Exception {
        FreeStyleProject upstream = jenkins.createFreeStyleProject();
        FakeChangeLogSCM changes = new FakeChangeLogSCM();
        changes.addChange().withAuthor(null);
        changes.addChange().withAuthor("alice");
        upstream.setScm(changes);
        WorkflowRun run = startedBy(upstream.scheduleBuild2(0).get(), JUDGMENT);
        LiveJudgment live = Judges.await(run, "qa");

        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        UserException told = assertThrows(UserException.class, () -> Judges.vote(live, "bob", "continue"));
        assertThat(told.getMessage(), containsString("It can't be seen who wrote the changes of"));
        assertThat(live.judgment().votes(), hasSize(0));
        assertThat(Judges.vote(live, "bob", "stop").kind(), is(Ruling.Kind.DECIDED));
        jenkins.waitForCompletion(run);
    }

    /** As Jenkins has it for changes that name none. */
    @Test
    public void authorWhoIsNotNamedMayBeAnybody() throws Exception {
        WorkflowRun run = startedBy(changesOf("unknown"), JUDGMENT);
        LiveJudgment live = Judges.await(run, "qa");

        assertThrows(UserException.class, () -> Judges.vote(live, "bob", "continue"));

        assertThat(Judges.vote(live, "bob", "stop").kind(), is(Ruling.Kind.DECIDED));
        jenkins.waitForCompletion(run);
    }

    /** To stop needs nobody else's vote, so it is no matter whether these count. */
    @Test
    public void whoeverMayVoteStopsItAlsoIfOthersHaveVotedWhoMayBeAuthors() throws Exception {
        WorkflowRun run =
                Judges.waiting(jenkins, "qa", "judgment message: 'Go?', id: 'qa', approvers: '2 of qa, olga'");
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.RECORDED));
        run.replaceAction(new CauseAction(new Cause.UpstreamCause((Run<?, ?>) changesOf("unknown"))));

        assertThat(Judges.vote(run, "qa", "bob", "stop").kind(), is(Ruling.Kind.DECIDED));
        jenkins.waitForCompletion(run);
    }

    /** Builds are discarded while others wait for days. */
    @Test
    public void requestersStayKnownWhenTheBuildsAreGoneThatTellOfThem() throws Exception {
        FreeStyleBuild origin = changesOfAlice();
        WorkflowRun run = startedBy(origin, JUDGMENT);
        LiveJudgment live = Judges.await(run, "qa");
        origin.delete();

        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(live, "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void rulesThatOnlyAnAuthorCouldMeetAreRefused() throws Exception {
        WorkflowRun run = startedBy(changesOfAlice(), "judgment message: 'Go?', id: 'qa', approvers: 'user:alice'");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("there is nobody left, without those who asked for it or wrote the changes", run);
    }

    @Test
    public void promotionByItselfHasTheRequestersOfTheRunThatItFollows() throws Exception {
        WorkflowRun canary = startedBy(changesOfAlice(), "echo 'canary'");
        jenkins.waitForCompletion(canary);

        assertOnlyBobMayApprove(start(new Follows(canary, null), JUDGMENT));
        assertOnlyBobMayApprove(startedBy(start(new Follows(canary, null), "echo 'between'"), JUDGMENT));
    }

    @Test
    public void promotionByItselfHasTheRequestersOfTheRunThatMadeTheRelease() throws Exception {
        assertOnlyBobMayApprove(start(new Follows(null, changesOfAlice()), JUDGMENT));
    }

    private static void assertOnlyBobMayApprove(WorkflowRun run) throws Exception {
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void inTheQueueAuthorsOfTheBuildThatAskedForItAreKnown() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("echo 'built'", true));
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers("alice, bob");
        job.addProperty(new JudgmentProperty(settings));
        Queue.Item item = ParameterizedJobMixIn.scheduleBuild2(
                job, 0, new CauseAction(new Cause.UpstreamCause((Run<?, ?>) changesOfAlice())));

        LiveJudgment live = Judges.await(item, "qa");

        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(live, "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.getLastBuild() != null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(job.getLastBuild()));
    }

    /** A replay has no changes of its own, and whoever starts it may be anybody. */
    @Test
    public void replayHasTheRequestersOfTheOriginal() throws Exception {
        WorkflowRun first = startedBy(changesOfAlice(), JUDGMENT);
        Judges.vote(first, "qa", "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        WorkflowRun second = replay("dev", first);
        Judges.vote(second, "qa", "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(second));

        WorkflowRun third = replay("admin", second);

        assertThat(Judges.vote(third, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(third, "qa", "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(third, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(third));
    }

    @Test
    public void restartFromAStageHasTheRequestersOfTheOriginal() throws Exception {
        WorkflowRun first =
                Judges.start(jenkins, "pipeline { agent none; stages { stage('QA') { steps { " + JUDGMENT + " } } } }");
        Judges.vote(first, "qa", "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        Queue.Item item;
        try (ACLContext ignored = Judges.as("admin")) {
            item = first.getAction(RestartDeclarativePipelineAction.class).run("QA");
        }
        WorkflowRun second = next(item, first);

        assertThat(Judges.vote(second, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(second, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(second));
    }

    private static WorkflowRun replay(String user, WorkflowRun run) throws Exception {
        try (ACLContext ignored = Judges.as(user)) {
            return next(run.getAction(ReplayAction.class).run2(JUDGMENT, Map.of()), run);
        }
    }

    private static WorkflowRun next(Queue.Item item, WorkflowRun run) {
        assertThat(item, is(notNullValue()));
        WorkflowJob job = run.getParent();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.getBuildByNumber(run.getNumber() + 1) != null);
        return job.getBuildByNumber(run.getNumber() + 1);
    }
}
