package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.Item;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.net.URL;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** Who may skip a window, how, and what is kept of it. */
public class SkipTest {

    private static int jobs;

    private static final String NIGHT = "from: '22:00', to: '02:00', timeZone: 'Europe/Berlin'";
    private static final String FREEZE = "freezes: ['Launch: 2026-06-05 because it is launched'], timeZone: 'UTC'";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public HandClock clock = new HandClock();

    @BeforeClass
    public static void secure() {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ, SafeDeploymentsPermissions.SKIP_WINDOW)
                .everywhere()
                .to("winnie")
                .grant(Jenkins.READ, Item.READ, SafeDeploymentsPermissions.SKIP_FREEZE)
                .everywhere()
                .to("fred")
                .grant(Jenkins.READ, Item.READ, Item.BUILD, Item.CONFIGURE, Item.CANCEL)
                .everywhere()
                .to("dev"));
    }

    @After
    public void endAll() throws Exception {
        SafeDeploymentsConfiguration.get().setSkipReasonRequired(false);
        for (WorkflowJob job : jenkins.jenkins.getAllItems(WorkflowJob.class)) {
            WorkflowRun run = job.getLastBuild();
            if (run != null && run.isBuilding()) {
                run.doKill();
                jenkins.waitForCompletion(run);
            }
        }
    }

    @Test
    public void buttonLetsItGoOnAndItIsKeptWho() throws Exception {
        WorkflowRun run = waiting("def w = executionWindow(" + NIGHT + ", skipMessage: 'Ask the operators first')\n"
                + "echo \"by ${w.skippedBy} because ${w.reason}, open ${w.open}\"");
        HtmlPage status = Browsers.login(jenkins, "winnie").getPage(run);
        assertThat(
                status.asNormalizedText(),
                containsString(
                        "Waits for an execution window. It is closed: outside 'daily 22:00-02:00' (Europe/Berlin)"));
        assertThat(
                status.getByXPath("//a[contains(@class, 'task-link') and contains(@href, 'execution-windows')]"),
                hasSize(1));
        HtmlPage page = status.getAnchorByText("See the window, or skip it").click();
        assertThat(page.getWebResponse().getContentAsString(), containsString("Ask the operators first"));
        assertThat(page.asNormalizedText(), containsString("Fri 2026-06-05 22:00 CEST"));
        HtmlForm form = page.getFormByName("skip");
        form.getInputByName("reason").setValue("it is <b>urgent</b>");

        HtmlPage after = jenkins.submit(form);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Skipped by winnie because it is <b>urgent</b> after", run);
        jenkins.assertLogContains("by winnie because it is <b>urgent</b>, open false", run);
        assertThat(after.asNormalizedText(), containsString("Nothing waits for an execution window"));
        assertThat(after.asNormalizedText(), containsString("it is <b>urgent</b>"));
        Skip skip = Skips.of(run).get(0);
        assertThat(skip.getWhat(), containsString("closed: outside 'daily 22:00-02:00' (Europe/Berlin)"));
        run.reload();
        assertThat(Skips.of(run), hasSize(1));
        assertThat(Skips.of(run).get(0).getUser(), is("winnie"));
        JSONObject json = jenkins.createWebClient()
                .login("winnie")
                .getJSON(run.getUrl() + "api/json?tree=actions[skips[*]]")
                .getJSONObject();
        assertThat(
                json.getJSONArray("actions").toString(),
                containsString("\"reason\":\"it is <b>urgent<\\/b>\",\"user\":\"winnie\""));
    }

    @Test
    public void withoutThePermissionItIsRefused() throws Exception {
        WorkflowRun run = waiting("executionWindow(" + NIGHT + ")");

        assertThat(post("dev", run, "").getStatusCode(), is(403));
        assertThat(post("fred", run, "").getStatusCode(), is(403));

        HtmlPage page = Browsers.login(jenkins, "dev").getPage(run, "execution-windows");
        assertThat(page.getByXPath("//form[@name='skip']"), hasSize(0));
        assertThat(Skips.of(run), hasSize(0));
        assertThat(WaitingWindows.get().of(run), hasSize(1));
    }

    @Test
    public void freezeNeedsItsOwnPermission() throws Exception {
        WorkflowRun run = waiting("executionWindow(" + FREEZE + ")");

        assertThat(post("winnie", run, "").getStatusCode(), is(403));
        assertThat(post("fred", run, "").getStatusCode(), is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("It was closed: freeze 'Launch: 2026-06-05' (UTC) because it is launched", run);
    }

    @Test
    public void getAndMissingCrumbAreRefused() throws Exception {
        WorkflowRun run = waiting("executionWindow(" + NIGHT + ")");
        JenkinsRule.WebClient web = web("admin");

        assertThat(
                web.getPage(new WebRequest(url(run, ""), HttpMethod.GET))
                        .getWebResponse()
                        .getStatusCode(),
                is(405));
        assertThat(
                web.getPage(new WebRequest(url(run, ""), HttpMethod.POST))
                        .getWebResponse()
                        .getStatusCode(),
                is(403));

        assertThat(WaitingWindows.get().of(run), hasSize(1));
    }

    @Test
    public void reasonCanBeRequired() throws Exception {
        SafeDeploymentsConfiguration.get().setSkipReasonRequired(true);
        WorkflowRun run = waiting("executionWindow(" + NIGHT + ")");

        WebResponse refused = post("winnie", run, "?reason=%20");
        assertThat(refused.getStatusCode(), is(400));
        assertThat(refused.getContentAsString(), containsString("A reason is required"));
        assertThat(post("winnie", run, "?reason=a%0Ab").getStatusCode(), is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Skipped by winnie because a b after", run);
    }

    @Test
    public void whatDoesNotWaitAnyMoreCannotBeSkipped() throws Exception {
        WorkflowRun run = waiting("executionWindow(" + NIGHT + ")");
        assertThat(post("winnie", run, "?id=other").getStatusCode(), is(409));
        clock.moveTo("2026-06-05T20:00:00Z");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));

        WebResponse answer = post("winnie", run, "");

        assertThat(answer.getStatusCode(), is(409));
        assertThat(answer.getContentAsString(), containsString("it does not wait for a window any more"));
        assertThat(Skips.of(run), hasSize(0));
    }

    @Test
    public void twoSkipsAtOnceAreOne() throws Exception {
        WorkflowRun run = waiting("executionWindow(" + NIGHT + ")\nsemaphore 'twice'");
        Waiting waiting = WaitingWindows.get().of(run).get(0);
        CompletableFuture<Boolean> one = CompletableFuture.supplyAsync(() -> skip(waiting, "one"));
        CompletableFuture<Boolean> two = CompletableFuture.supplyAsync(() -> skip(waiting, "two"));

        assertThat(List.of(one.get(), two.get()), containsInAnyOrder(true, false));

        assertThat(Skips.of(run), hasSize(1));
        jenkins.assertLogContains("Skipped by " + Skips.of(run).get(0).getUser(), run);
    }

    @Test
    public void eachOfParallelWindowsIsSkippedByItself() throws Exception {
        WorkflowRun run = waiting("parallel a: { executionWindow(" + NIGHT + "); echo 'a on' }, b: { executionWindow("
                + NIGHT + "); echo 'b on' }");
        jenkins.waitForMessage("[executionWindow] See", run);
        org.awaitility.Awaitility.await()
                .until(() -> WaitingWindows.get().of(run).size() == 2);

        assertThat(post("winnie", run, "").getStatusCode(), is(409)); // which of them?
        String id = WaitingWindows.get().of(run).get(1).id();
        assertThat(post("winnie", run, "?id=" + id).getStatusCode(), is(200));

        org.awaitility.Awaitility.await()
                .until(() -> WaitingWindows.get().of(run).size() == 1);
        assertThat(WaitingWindows.get().of(run).get(0).id(), is(not(id)));
    }

    private static boolean skip(Waiting waiting, String user) {
        try {
            return waiting.skip(new Skip(
                    waiting.id(),
                    new WindowState(null, null, null),
                    user,
                    "",
                    WaitingWindows.clock().instant()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static WorkflowRun waiting(String script) throws Exception {
        // Jenkins remembers the name of a run that is loaded anew, also when another test has one of the same
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "skip" + ++jobs);
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", run);
        return run;
    }

    private static WebResponse post(String user, WorkflowRun run, String query) throws Exception {
        JenkinsRule.WebClient web = web(user);
        WebRequest request = web.addCrumb(new WebRequest(url(run, query), HttpMethod.POST));
        return web.getPage(request).getWebResponse();
    }

    private static JenkinsRule.WebClient web(String user) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }

    private static URL url(WorkflowRun run, String query) throws Exception {
        return new URL(jenkins.getURL(), run.getUrl() + "execution-windows/skip" + query);
    }
}
