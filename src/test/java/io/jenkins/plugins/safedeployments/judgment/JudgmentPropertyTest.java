package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.tasks.BatchFile;
import hudson.tasks.Shell;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.notify.EmailNotification;
import io.jenkins.plugins.safedeployments.notify.SmtpSink;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.sf.json.JSONArray;
import org.awaitility.Awaitility;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Jobs whose builds stay in the queue until people have decided. */
public class JudgmentPropertyTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 900; // of all tests together, on a machine that may be busy
    }

    @Rule
    public SmtpSink smtp = new SmtpSink();

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @After
    public void nothingIsLeftBehind() {
        PendingJudgments.setClock(Clock.systemUTC());
        Queue.getInstance().clear();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> PendingJudgments.get().of(Judges.user("alice")).isEmpty());
    }

    @Test
    public void formKeepsEverythingAndRefusesWhatMakesNoSense() throws Exception {
        JudgmentSettings settings = settings("2 of qa");
        settings.setTimeout(2);
        settings.setTimeoutUnit(TimeUnit.DAYS);
        settings.setOnTimeout("stop");
        settings.setInstructions("Look at it.");
        settings.setAllowOverride(true);
        FreeStyleProject job = job(settings);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        try {
            jenkins.configRoundtrip(job);

            jenkins.assertEqualDataBoundBeans(
                    settings, job.getProperty(JudgmentProperty.class).getJudgment());

            // as Pipelines write it
            JudgmentProperty written = new DescribableModel<>(JudgmentProperty.class)
                    .instantiate(Map.of("judgment", Map.of("message", "Go?", "approvers", "1 of qa")), null);
            assertThat(written.getJudgment().getApprovers(), is("1 of qa"));

            HtmlPage page = jenkins.createWebClient().getPage(job, "configure");
            assertThat(
                    page.getByXPath("//*[contains(@class, 'jenkins-form-label')][contains(., 'If it is stopped')]"),
                    hasSize(0));
            HtmlForm form = page.getFormByName("config");
            form.getInputByName("_.approvers").setValue("x of qa");
            form.getPage().getWebClient().getOptions().setThrowExceptionOnFailingStatusCode(false);
            HtmlPage refused = jenkins.submit(form);
            assertThat(refused.asNormalizedText(), containsString("is no number"));
        } finally {
            Judges.secure(jenkins);
        }
    }

    @Test
    public void buildBeginsWhenItIsApprovedAndKeepsTheRecord() throws Exception {
        FreeStyleProject job = job(settings("2 of qa"));
        job.getBuildersList()
                .add(
                        hudson.Functions.isWindows()
                                ? new BatchFile("echo it is %JUDGMENT_QA%")
                                : new Shell("echo it is $JUDGMENT_QA"));
        Queue.Item item = Judges.queued(job, "dev", "qa");
        LiveJudgment live = Judges.await(item, "qa");
        awaitWhy(item, "Waits for a judgment: Go? It takes 2 of qa.");
        assertThat(jenkins.jenkins.toComputer().countBusy(), is(0));
        assertThat(job.getLastBuild(), is(nullValue()));
        assertThat(
                Browsers.login(jenkins, "dev").getPage(job).asNormalizedText(), containsString("See it, and decide"));

        assertThat(Judges.vote(live, "bob", "rollback").kind(), is(Ruling.Kind.RECORDED));
        awaitWhy(item, "Waits for a judgment: Go? It takes 1 more of qa.");
        JenkinsRule.WebClient web = Judges.web(jenkins, "alice");
        HtmlPage page = web.goTo(item.getUrl() + "judgments/qa/");
        assertThat(page.asNormalizedText(), containsString("It takes 1 more of qa."));
        HtmlForm form = page.getFormByName("decide-qa");
        form.getInputByValue("rollback").click();
        HtmlPage after = jenkins.submit(form);
        assertThat(after.asNormalizedText(), containsString("'rollback' was decided by bob, alice"));

        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        jenkins.assertLogContains("it is rollback", build);
        assertThat(
                web.getPage(build, "judgments").asNormalizedText(),
                containsString("'rollback' was decided by bob, alice"));
        assertThat(web.goTo(item.getUrl() + "judgments/").asNormalizedText(), containsString("It has begun"));
        build.reload();
        assertThat(Judgments.find(build, "qa").decision().by(), is("bob, alice"));
        assertThat(PendingJudgments.get().of(Judges.user("alice")), hasSize(0));
    }

    @Test
    public void onlyThoseDecideWhoMayAndOnce() throws Exception {
        FreeStyleProject job = job(settings("1 of qa"));
        Queue.Item item = Judges.queued(job, "bob", "qa");
        String decide = item.getUrl() + "judgments/qa/decide";

        assertThat(post("nobody", decide + "?outcome=continue").getStatusCode(), is(403));
        WebResponse requester = post("bob", decide + "?outcome=continue");
        assertThat(requester.getStatusCode(), is(403));
        assertThat(requester.getContentAsString(), containsString("bob started this build"));
        assertThat(post("alice", decide + "?outcome=maybe").getStatusCode(), is(400));
        assertThat(post("stranger", decide + "?outcome=continue").getStatusCode(), is(403));
        WebResponse get = Judges.web(jenkins, "alice")
                .getPage(new URL(jenkins.getURL(), decide + "?outcome=continue"))
                .getWebResponse();
        assertThat(get.getStatusCode(), is(405));
        assertThat(job.getLastBuild(), is(nullValue()));

        assertThat(post("alice", decide + "?outcome=continue").getStatusCode(), is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        WebResponse late = post("alice", decide + "?outcome=stop");
        assertThat(late.getStatusCode(), is(409));
        assertThat(late.getContentAsString(), containsString("was decided by alice"));
    }

    @Test
    public void voteIsTakenBackAndRulesAreOverridden() throws Exception {
        JudgmentSettings settings = settings("2 of qa");
        settings.setAllowOverride(true);
        FreeStyleProject job = job(settings);
        Queue.Item item = Judges.queued(job, "dev", "qa");
        LiveJudgment live = Judges.await(item, "qa");
        Judges.vote(live, "bob", "continue");

        assertThat(post("bob", item.getUrl() + "judgments/qa/takeBack").getStatusCode(), is(200));
        assertThat(live.judgment().votes(), hasSize(0));
        String override = item.getUrl() + "judgments/qa/override?outcome=continue&comment=now";
        assertThat(post("bob", override).getStatusCode(), is(403));
        assertThat(post("admin", override).getStatusCode(), is(200));

        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        assertThat(Judgments.find(build, "qa").sentence(), containsString("admin, who overrode the rules (now)"));
    }

    @Test
    public void stopTakesItOutOfTheQueue() throws Exception {
        FreeStyleProject job = job(settings("1 of qa"));
        Queue.Item item = Judges.queued(job, "dev", "qa");

        Judges.vote(Judges.await(item, "qa"), "bob", "stop");

        assertThat(isCancelled(item), is(true));
        assertThat(job.getLastBuild(), is(nullValue()));
        JenkinsRule.WebClient web = Judges.web(jenkins, "dev");
        assertThat(web.getPage(job).asNormalizedText(), containsString("'stop' was decided by bob (says bob)."));
        assertThat(
                web.goTo(item.getUrl() + "judgments/qa/").asNormalizedText(),
                containsString("'stop' was decided by bob"));

        // what is approved then is built, and the note goes
        Judges.vote(Judges.await(Judges.queued(job, "dev", "qa"), "qa"), "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        assertThat(web.getPage(job).asNormalizedText(), not(containsString("was not built")));
    }

    @Test
    public void timeTakesItOutOfTheQueueOrLetsItBegin() throws Exception {
        JudgmentSettings refused = settings("1 of qa");
        refused.setTimeout(2);
        refused.setRemindEvery(1);
        FreeStyleProject stops = job(refused);
        JudgmentSettings allowed = settings("1 of qa");
        allowed.setTimeout(2);
        allowed.setOnTimeout("continue");
        FreeStyleProject begins = job(allowed);
        Queue.Item stopped = Judges.queued(stops, "dev", "qa");
        Judges.queued(begins, "dev", "qa");

        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
        PendingJudgments.get().wake();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(begins)));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> isCancelled(stopped));
        assertThat(stops.getLastBuild(), is(nullValue()));
        assertThat(
                Judges.web(jenkins, "dev").getPage(stops).asNormalizedText(),
                containsString("Nobody decided in time."));
    }

    @Test
    public void cancelledItemIsAskedNoMore() throws Exception {
        FreeStyleProject job = job(settings("1 of qa"));
        Queue.Item item = Judges.queued(job, "dev", "qa");
        LiveJudgment live = Judges.await(item, "qa");

        Queue.getInstance().cancel(job);

        Awaitility.await().until(() -> live.judgment().isDecided());
        assertThat(live.judgment().sentence(), is("It was withdrawn: it was taken out of the queue."));
        assertThat(
                post("bob", item.getUrl() + "judgments/qa/decide?outcome=continue")
                        .getStatusCode(),
                is(409));
        assertThat(job.getLastBuild(), is(nullValue()));
    }

    @Test
    public void requestsAreJoinedOnlyWhileNobodyHasVoted() throws Exception {
        FreeStyleProject job = job(settings("2 of qa, ops"));
        Queue.Item first = Judges.queued(job, "dev", "qa");
        LiveJudgment live = Judges.await(first, "qa");

        // bob asks for the same: there is one item, and he decides it no more
        assertThat(Judges.request(job, "bob").getId(), is(first.getId()));
        assertThat(Judges.vote(live, "bob", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.RECORDED));

        // now that somebody has voted, olga's request is one of its own, so that she may vote for the first
        Queue.Item second = Judges.queued(job, "olga", "qa");
        assertThat(second.getId(), is(not(first.getId())));
        assertThat(Judges.vote(live, "olga", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        LiveJudgment other = Judges.await(second, "qa");
        assertThat(other.judgment().votes(), hasSize(0));
        assertThat(Judges.vote(other, "olga", "continue").kind(), is(Ruling.Kind.FORBIDDEN));

        // what is decided, but has not begun, takes no further request either
        jenkins.jenkins.doQuietDown();
        try {
            Judges.vote(other, "alice", "continue");
            Judges.vote(other, "bob", "continue");
            assertThat(Judges.request(job, "alice").getId(), is(not(second.getId())));
        } finally {
            jenkins.jenkins.doCancelQuietDown();
        }
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(number(job, 2)));
    }

    @Test
    public void pipelineGoesByWhatWasDecidedBefore() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(
                new CpsFlowDefinition("echo \"decided ${judgmentOf('qa').outcome} by ${judgmentOf('qa').by}\"", true));
        job.addProperty(new JudgmentProperty(settings("1 of qa")));
        Queue.Item item = Judges.queued(job, "dev", "qa");

        Judges.vote(Judges.await(item, "qa"), "bob", "rollback");

        jenkins.assertLogContains(
                "decided rollback by bob", jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job))));
    }

    @Test
    public void folderDemandsHoldInTheQueue() throws Exception {
        Folder folder = jenkins.createProject(Folder.class);
        FolderJudgmentPolicy policy = new FolderJudgmentPolicy();
        policy.setApprovers("1 of ops");
        policy.setForbidRequester(true);
        folder.addProperty(policy);
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "inside");
        JudgmentSettings settings = settings("1 of qa");
        settings.setAllowRequester(true);
        job.addProperty(new JudgmentProperty(settings));
        LiveJudgment live = Judges.await(Judges.queued(job, "alice", "qa"), "qa");

        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(live, "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
        assertThat(Judges.vote(live, "olga", "continue").kind(), is(Ruling.Kind.DECIDED));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
    }

    @Test
    public void whatWasAskedHoldsWhateverBecomesOfTheJob() throws Exception {
        FreeStyleProject job = job(settings("1 of qa"));
        Queue.Item item = Judges.queued(job, "dev", "qa");

        job.removeProperty(JudgmentProperty.class);
        Queue.getInstance().maintain();

        assertThat(job.getLastBuild(), is(nullValue()));
        Judges.vote(Judges.await(item, "qa"), "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
    }

    @Test
    public void approvalOfAnotherItemCountsForNothing() throws Exception {
        FreeStyleProject job = job(settings("1 of qa"));
        Judges.vote(Judges.await(Judges.queued(job, "dev", "qa"), "qa"), "bob", "continue");
        FreeStyleBuild build = jenkins.waitForCompletion(first(job));

        // some plugins start builds with all that earlier ones had
        Queue.Item copy = Queue.getInstance()
                .schedule2(job, 0, build.getAction(Judgments.class), build.getAction(QueuedJudgment.class))
                .getItem();

        assertThat(Judges.await(copy, "qa").judgment().votes(), hasSize(0));
        assertThat(job.getBuilds(), hasSize(1));
        assertThat(Judgments.find(build, "qa").isApproved(), is(true));
    }

    @Test
    public void queueThatIsReadAnewKeepsTheVotes() throws Exception {
        FreeStyleProject job = job(settings("2 of qa"));
        Queue.Item item = Judges.queued(job, "dev", "qa");
        LiveJudgment before = Judges.await(item, "qa");
        Judges.vote(before, "bob", "continue");

        Queue.getInstance().load(); // as when the configuration is reloaded

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> PendingJudgments.get().find(before.subject(), "qa") != before
                        && PendingJudgments.get().find(before.subject(), "qa") != null);
        assertThat(Judges.vote(Judges.await(item, "qa"), "alice", "continue").kind(), is(Ruling.Kind.DECIDED));
        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        assertThat(Judgments.find(build, "qa").decision().by(), is("bob, alice"));
    }

    @Test
    public void whatCannotBeAskedWaitsAndSaysWhy() throws Exception {
        JudgmentSettings settings = settings("1 of qa");
        settings.setParameters(List.of(new StringParameterDefinition("ticket", "", "")));
        FreeStyleProject job = job(settings);
        Queue.Item item = Judges.request(job, "dev");
        awaitWhy(
                item,
                "Waits, since people can't be asked for a judgment. 'parameters' has 'ticket', but what waits in the queue has no"
                        + " use for them: leave them out, or ask in the build.");

        // tried again when it was put right
        job.removeProperty(JudgmentProperty.class);
        job.addProperty(new JudgmentProperty(settings("1 of qa")));
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2)));
        Queue.getInstance().maintain();

        Judges.vote(Judges.await(item, "qa"), "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
    }

    @Test
    public void approversAreToldAndFindItAmongWhatWaits() throws Exception {
        smtp.configure();
        JudgmentSettings settings = settings("1 of qa");
        settings.setNotify(List.of(new EmailNotification("qa@example.org")));
        FreeStyleProject job = job(settings);
        Queue.Item item = Judges.queued(job, "dev", "qa");

        String mail = smtp.await().data().replace("=\r\n", "");
        assertThat(mail, containsString("Go?"));
        assertThat(mail, containsString(job.getName() + " (in the queue)"));
        assertThat(mail, containsString(jenkins.getURL() + "waiting-for-you/to/" + item.getUrl() + "judgments/qa/"));

        assertThat(waiting("dev"), hasSize(0));
        JSONArray gates = waiting("bob");
        assertThat(gates, hasSize(1));
        String id = gates.getJSONObject(0).getString("id");
        assertThat(
                post("bob", "waiting-for-you/decide?id=" + id + "&outcome=continue")
                        .getStatusCode(),
                is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(job)));
        assertThat(smtp.await().data(), containsString("approved"));
        assertThat(waiting("bob"), hasSize(0));
    }

    @Test
    public void idsThatAreNotRefusedHaveAPageInTheQueue() throws Exception {
        Queue.Item item = Judges.queued(job(settings("1 of qa")), "dev", "qa");
        Subject subject = Judges.await(item, "qa").subject();
        JenkinsRule.WebClient web = Judges.web(jenkins, "bob");

        for (String name : Judges.urls(QueueJudgmentsTab.class)) {
            if (!JudgmentTab.TAKEN.contains(name)) {
                JudgmentSettings settings = new JudgmentSettings("Is it " + name + "?");
                Instant now = Instant.now();
                subject.keep(Judgment.ask(name, settings.terms(now, List.of(), false, false), null, now));

                String page = web.goTo(item.getUrl() + "judgments/" + name + "/", null)
                        .getWebResponse()
                        .getContentAsString();
                assertThat(name, page, containsString("Is it " + name + "?"));
            }
        }
    }

    private static JudgmentSettings settings(String approvers) {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setInputs(List.of("continue", "rollback"));
        settings.setApprovers(approvers);
        return settings;
    }

    private static FreeStyleProject job(JudgmentSettings settings) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addProperty(new JudgmentProperty(settings));
        return job;
    }

    private static void awaitWhy(Queue.Item item, String why) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(Queue.getInstance().getItem(item.getId()).getWhy(), is(why)));
    }

    private static boolean isCancelled(Queue.Item item) {
        return Queue.getInstance().getItem(item.getId()) instanceof Queue.LeftItem left && left.isCancelled();
    }

    private static <R extends Run<?, R>> R first(Job<?, R> job) {
        return number(job, 1);
    }

    private static <R extends Run<?, R>> R number(Job<?, R> job, int number) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> job.getBuildByNumber(number) != null);
        return job.getBuildByNumber(number);
    }

    private static WebResponse post(String user, String path) throws Exception {
        return Judges.post(jenkins, user, path);
    }

    private static JSONArray waiting(String user) throws Exception {
        JenkinsRule.WebClient web = jenkins.createWebClient().withBasicCredentials(user);
        return web.getJSON("waiting-for-you/api/json").getJSONObject().getJSONArray("waiting");
    }
}
