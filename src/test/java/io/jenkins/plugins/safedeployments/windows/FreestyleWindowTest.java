package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.net.URL;
import java.time.LocalDate;
import java.time.ZoneOffset;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
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

/** Jobs that are no Pipelines wait on their executor by the build step, or in the queue by the job's property. */
public class FreestyleWindowTest {

    private static final String SPREAD = "Its execution window is open; it starts in some minutes";

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
                .grant(Jenkins.READ, Item.READ, Item.BUILD, Item.CANCEL)
                .everywhere()
                .to("dev")
                .grant(Jenkins.READ)
                .everywhere()
                .to("stranger"));
    }

    @After
    public void nothingIsLeftBehind() {
        Queue.getInstance().clear();
        Awaitility.await().untilAsserted(() -> assertThat(WaitingWindows.get().waiting(), hasSize(0)));
    }

    @Test
    public void buildStepWaitsOnItsExecutorAndGoesOnWhenItOpens() throws Exception {
        FreeStyleBuild build = stepWaits(night());
        jenkins.assertLogContains(
                "[executionWindow] Waiting. It is closed: outside 'daily 22:00-02:00' (UTC); opens Fri 2026-06-05 22:00 UTC",
                build);
        assertThat(jenkins.jenkins.toComputer().countBusy(), is(1));

        clock.moveTo("2026-06-05T22:00:00Z");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.assertLogContains("[executionWindow] It goes on after 10 h.", build);
    }

    @Test
    public void buildStepCanBeSkippedFromTheBuildsPage() throws Exception {
        FreeStyleBuild build = stepWaits(night());
        HtmlPage page = Browsers.login(jenkins, "winnie").getPage(build, "execution-windows");

        jenkins.submit(page.getFormByName("skip"));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(Skips.of(build).get(0).getUser(), is("winnie"));
    }

    /** As a Jenkinsfile or a file may have it. */
    @Test
    public void jitterThatMakesNoSenseIsSaidInTheQueue() throws Exception {
        clock.set("2026-06-05T23:00:00Z"); // it is open
        FreeStyleProject job = jenkins.createFreeStyleProject();
        WindowSettings window = night();
        window.setJitter(5000);
        job.addProperty(new ExecutionWindowProperty(window));

        QueueTaskFuture<FreeStyleBuild> build = job.scheduleBuild2(0);
        Awaitility.await().until(() -> job.isInQueue() && job.getQueueItem().getWhy() != null);
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                        job.getQueueItem().getWhy(),
                        containsString("'jitter' is 300000 seconds: it must be 0 to 86400 (a day)")));
        window.setJitter(0);
        job.removeProperty(ExecutionWindowProperty.class);
        job.addProperty(new ExecutionWindowProperty(window));

        jenkins.assertBuildStatusSuccess(build);
    }

    @Test
    public void buildStepEndsWhenTheBuildIsAborted() throws Exception {
        FreeStyleBuild build = stepWaits(night());

        build.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
    }

    @Test
    public void buildStepThatCannotBeUnderstoodFails() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new ExecutionWindowBuilder(new WindowSettings()));

        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job);

        jenkins.assertLogContains("ERROR: 'windows' is missing", build);
        jenkins.assertLogNotContains("\tat ", build);
    }

    @Test
    public void openWindowIsPassedAtOnce() throws Exception {
        clock.set("2026-06-05T23:00:00Z");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addProperty(new ExecutionWindowProperty(night()));
        job.getBuildersList().add(new ExecutionWindowBuilder(night()));

        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);

        jenkins.assertLogContains("[executionWindow] Open: inside 'daily 22:00-02:00' (UTC)", build);
    }

    @Test
    public void propertyKeepsBuildsInTheQueueUntilItOpens() throws Exception {
        FreeStyleProject job = queued(night());
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        Queue.Item item = blocked(job);
        assertThat(
                item.getWhy(),
                is(
                        "Waits for an execution window. It is closed: outside 'daily 22:00-02:00' (UTC); opens Fri 2026-06-05 22:00"
                                + " UTC, in 10 h."));
        assertThat(jenkins.jenkins.toComputer().countBusy(), is(0));
        assertThat(
                Browsers.login(jenkins, "dev").getPage(job).asNormalizedText(),
                containsString("See the window, or skip it"));

        clock.moveTo("2026-06-05T22:00:00Z");

        jenkins.assertBuildStatusSuccess(future);
    }

    @Test
    public void propertySpreadsWhatHasWaited() throws Exception {
        WindowSettings settings = night();
        settings.setJitter(60);
        FreeStyleProject job = queued(settings);
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        blocked(job);

        clock.moveTo("2026-06-05T22:00:00Z");
        Awaitility.await().until(() -> {
            Queue.getInstance().maintain();
            return job.isInQueue() && job.getQueueItem().getWhy().startsWith(SPREAD);
        });
        clock.moveTo("2026-06-05T23:00:00Z");

        jenkins.assertBuildStatusSuccess(future);
    }

    @Test
    public void propertyDoesNotSpreadWhatAPersonStartedIfToldSo() throws Exception {
        WindowSettings settings = night();
        settings.setJitter(60);
        settings.setSkipJitterForManual(true);
        FreeStyleProject job = queued(settings);
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0, new Cause.UserIdCause("alice"));
        blocked(job);

        clock.moveTo("2026-06-05T22:00:00Z");

        jenkins.assertBuildStatusSuccess(future);
    }

    /** Nothing but the queue knows after a restart that it has waited. */
    @Test
    public void propertySpreadsWhatHasWaitedWhileJenkinsWasDown() throws Exception {
        LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1); // it comes into the queue by the real clock
        clock.set(tomorrow + "T12:00:00Z");
        WindowSettings settings = night();
        settings.setJitter(60);
        FreeStyleProject job = queued(settings);
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        Queue.Item item = blocked(job);

        clock.moveTo(tomorrow + "T22:00:00Z");
        WaitingWindows.get().remove(QueuedWait.id(item));
        Awaitility.await().until(() -> {
            Queue.getInstance().maintain();
            return WaitingWindows.get().isKnown(QueuedWait.id(item));
        });
        assertThat(job.getQueueItem().getWhy(), startsWith(SPREAD));
        clock.moveTo(tomorrow + "T23:00:00Z");

        jenkins.assertBuildStatusSuccess(future);
    }

    @Test
    public void calendarThatIsMissingKeepsItUntilThatIsSkippedLikeAFreeze() throws Exception {
        WindowSettings settings = new WindowSettings();
        settings.setCalendar("gone");
        FreeStyleProject job = queued(settings);
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        Queue.Item item = blocked(job);
        assertThat(
                item.getWhy(),
                startsWith(
                        "Waits for an execution window. It is not known to be open: 'calendar' is 'gone', but neither"));
        assertThat(status("winnie", item, HttpMethod.POST, "skip"), is(403));

        HtmlPage page = Browsers.login(jenkins, "admin").goTo(item.getUrl() + "execution-windows");
        jenkins.submit(page.getFormByName("skip"));

        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(future);
        assertThat(Skips.of(build).get(0).getWhat(), startsWith("not known to be open: 'calendar' is 'gone'"));
    }

    @Test
    public void skipOfAnItemInTheQueueIsKeptWithItsBuild() throws Exception {
        FreeStyleProject job = queued(night());
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        Queue.Item item = blocked(job);
        JenkinsRule.WebClient web = Browsers.login(jenkins, "winnie");
        HtmlPage page = web.goTo(item.getUrl() + "execution-windows");
        assertThat(page.asNormalizedText(), containsString("closed: outside 'daily 22:00-02:00' (UTC)"));
        HtmlForm form = page.getFormByName("skip");
        form.getInputByName("reason").setValue("it is urgent");

        HtmlPage after = jenkins.submit(form);

        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(future);
        assertThat(Skips.of(build), hasSize(1));
        assertThat(Skips.of(build).get(0).getReason(), is("it is urgent"));
        assertThat(after.asNormalizedText(), containsString("it is urgent"));
        HtmlPage seen = web.getPage(build, "execution-windows");
        assertThat(seen.asNormalizedText(), containsString("winnie"));
        build.reload();
        assertThat(Skips.of(build), hasSize(1));
    }

    @Test
    public void itemInTheQueueIsSkippedOnlyWithThePermission() throws Exception {
        FreeStyleProject job = queued(night());
        job.scheduleBuild2(0);
        Queue.Item item = blocked(job);

        assertThat(status("dev", item, HttpMethod.POST, "skip"), is(403));
        assertThat(status("stranger", item, HttpMethod.GET, ""), is(403));
        assertThat(status("winnie", item, HttpMethod.GET, "skip"), is(405));
        HtmlPage page = Browsers.login(jenkins, "dev").goTo(item.getUrl() + "execution-windows");
        assertThat(page.getByXPath("//form[@name='skip']"), hasSize(0));

        Queue.getInstance().cancel(job);

        Awaitility.await().until(() -> WaitingWindows.get().waiting().isEmpty());
        assertThat(job.getLastBuild(), is(nullValue()));
    }

    @Test
    public void pipelineStaysInTheQueueToo() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("echo 'on'", true));
        job.addProperty(new ExecutionWindowProperty(night()));
        QueueTaskFuture<WorkflowRun> future = job.scheduleBuild2(0);
        Awaitility.await().until(() -> WaitingWindows.get().waiting().size() == 1);

        clock.moveTo("2026-06-05T22:00:00Z");

        jenkins.assertLogContains("on", jenkins.assertBuildStatusSuccess(future));
    }

    @Test
    public void propertyThatIsTakenAwayHoldsNothing() throws Exception {
        FreeStyleProject job = queued(night());
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        blocked(job);

        job.removeProperty(ExecutionWindowProperty.class);

        jenkins.assertBuildStatusSuccess(future);
    }

    private static WindowSettings night() {
        WindowSettings settings = new WindowSettings();
        settings.setFrom("22:00");
        settings.setTo("02:00");
        settings.setTimeZone("UTC");
        return settings;
    }

    private static FreeStyleBuild stepWaits(WindowSettings settings) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new ExecutionWindowBuilder(settings));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", build);
        return build;
    }

    private static FreeStyleProject queued(WindowSettings settings) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addProperty(new ExecutionWindowProperty(settings));
        return job;
    }

    private static Queue.Item blocked(FreeStyleProject job) {
        Awaitility.await().until(() -> {
            Queue.Item item = job.getQueueItem();
            return item != null && item.isBlocked() && WaitingWindows.get().isKnown(QueuedWait.id(item));
        });
        return job.getQueueItem();
    }

    private static int status(String user, Queue.Item item, HttpMethod method, String path) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        URL url = new URL(jenkins.getURL(), item.getUrl() + "execution-windows/" + path);
        WebRequest request = new WebRequest(url, method);
        return web.getPage(method == HttpMethod.POST ? web.addCrumb(request) : request)
                .getWebResponse()
                .getStatusCode();
    }
}
