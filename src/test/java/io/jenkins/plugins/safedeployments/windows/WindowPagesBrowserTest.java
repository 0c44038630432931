package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Queue;
import io.jenkins.plugins.safedeployments.browser.Chromium;
import io.jenkins.plugins.safedeployments.browser.Page;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The pages of execution windows in a real browser. */
public class WindowPagesBrowserTest {

    private static final List<NamedCalendar> CALENDARS = List.of(
            new NamedCalendar(
                    "office-hours",
                    "zone Europe/Berlin\nwindow Mon-Fri 09:15-17:00\nwindow Wed 10:00-11:00\n"
                            + "freeze Launch: 2026-06-10 because of the launch"),
            new NamedCalendar("broken", "zone UTC\nfreezes from nowhere"));

    @ClassRule(order = 0)
    public static Chromium chromium = new Chromium();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public HandClock clock = new HandClock();

    @BeforeClass
    public static void secure() {
        Chromium.dress();
        SafeDeploymentsConfiguration.get().setCalendars(CALENDARS);
        SafeDeploymentsConfiguration.get().setSkipReasonRequired(true);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ, SafeDeploymentsPermissions.SKIP_WINDOW)
                .everywhere()
                .to("winnie")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("viewer"));
    }

    @Test
    public void runThatWaitsIsLetGoOnWithAReason() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(
                "executionWindow from: '22:00', to: '02:00', timeZone: 'Europe/Berlin',"
                        + " skipMessage: 'Ask the operators first'",
                true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", run);

        Page viewer = chromium.as(jenkins, "viewer").go(run.getUrl() + "execution-windows/");
        viewer.see("#main-panel", "outside 'daily 22:00-02:00' (Europe/Berlin)");
        assertThat(viewer.count("form[name=skip]"), is(0));

        Page page = chromium.as(jenkins, "winnie").go(run.getUrl());
        page.see("#main-panel", "Waits for an execution window. It is closed").look("run-waits-for-window");
        page.follow("a", "See the window, or skip it")
                .see(".sd-cards", "Fri 2026-06-05 22:00 CEST")
                .see(".sd-cards", "Jun 6, 2026, 5:00"); // where the person is
        page.click(".sd-skip > summary").see("form[name=skip]", "Ask the operators first");
        page.click("form[name=skip] button");
        assertThat("a reason has to be given", page.count("[name=reason]:invalid"), is(1));
        assertThat(Skips.of(run), hasSize(0));
        page.look("window-of-a-run");

        page.type("[name=reason]", "it is <b>urgent</b>").follow("form[name=skip] button");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Skips.of(run).get(0).getUser(), is("winnie"));
        assertThat(Skips.of(run).get(0).getReason(), is("it is <b>urgent</b>"));
        page.see("#main-panel", "Nothing waits for an execution window")
                .see("table", "it is <b>urgent</b>")
                .look("window-of-a-run-skipped");
    }

    @Test
    public void itemInTheQueueIsLetGoOnWithAReason() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("nightly");
        WindowSettings window = new WindowSettings();
        window.setFrom("22:00");
        window.setTo("02:00");
        window.setTimeZone("Europe/Berlin");
        job.addProperty(new ExecutionWindowProperty(window));
        job.scheduleBuild2(0);
        Queue.Item item = Awaitility.await()
                .until(() -> Queue.getInstance().getItem(job), found -> found instanceof Queue.BlockedItem);
        Awaitility.await().until(() -> WaitingWindows.get().isKnown(QueuedWait.id(item)));

        Page page = chromium.as(jenkins, "winnie").go(job.getUrl());
        page.look("job-waits-for-window");
        page.follow("#main-panel a[href*='/queue/item/']").see("#main-panel", "Fri 2026-06-05 22:00 CEST");
        page.click(".sd-skip > summary").look("window-of-the-queue");
        page.type("[name=reason]", "the night is young").follow("form[name=skip] button");

        page.see("table", "the night is young").assertQuiet();
        FreeStyleBuild build = Awaitility.await().until(job::getLastBuild, notNullValue());
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(Skips.of(build).get(0).getReason(), is("the night is young"));
    }

    @Test
    public void lineIsStoppedAndGoesOn() throws Exception {
        Page page = chromium.as(jenkins, "admin").go("execution-windows/");
        page.see("#main-panel", "office-hours").look("execution-windows");

        page.type("form[name=line] [name=reason]", "the data centre burns").follow("form[name=line] button");

        assertThat(StopTheLine.get().stopped().getReason(), is("the data centre burns"));
        page.see("[role=status]", "the data centre burns").look("execution-windows-stopped");
        page.type("form[name=line] [name=reason]", "it is out").follow("form[name=line] button");
        assertThat(StopTheLine.get().stopped(), is(nullValue()));
        page.see("table", "the data centre burns")
                .see("table", "it is out")
                .dontSee("#main-panel", "stopped by")
                .assertQuiet();
    }

    @Test
    public void whoIsLateIsToldAndGetsBack() throws Exception {
        Page page = chromium.as(jenkins, "admin").go("execution-windows/");
        StopTheLine.get().turn(true, "boss", "it smokes");
        try {
            page.type("form[name=line] [name=reason]", "it burns").follow("form[name=line] button");
            page.see("[role=alert]", "The line is stopped already")
                    .expectComplaint("409")
                    .look("refused");
            page.follow("#main-panel a", "Back").see("[role=status]", "it smokes");
        } finally {
            StopTheLine.get().turn(false, "boss", "");
        }
    }

    @Test
    public void calendarShowsItsWeeksAndAnswers() throws Exception {
        Page page = chromium.as(jenkins, "viewer").go("execution-windows/");
        page.follow("a[href*='office-hours']").look("calendar");
        assertThat(page.count(".sd-heat tbody tr"), is(35));
        String open = colour(page, ".sd-heat__hour--4");
        String closed = colour(page, ".sd-heat__hour--0");
        assertThat("open and closed hours look alike: " + open, open.equals(closed), is(false));

        page.type("[name=at]", "2026-06-06 12:00")
                .type("[name=zone]", "Asia/Tokyo")
                .follow("form[name=when] button");

        page.see(".sd-answer", "Sat 2026-06-06 12:00 JST: closed")
                .click("summary")
                .look("calendar-asked");
    }

    @Test
    public void folderShowsItsCalendars() throws Exception {
        Folder folder = jenkins.createProject(Folder.class, "shop");
        FolderCalendars calendars = new FolderCalendars();
        calendars.setCalendars(CALENDARS);
        calendars.setEnforced("office-hours");
        folder.addProperty(calendars);

        Page page = chromium.as(jenkins, "viewer").go(folder.getUrl());
        page.follow("a[href$='/execution-windows']").see("#main-panel", "office-hours");
        page.look("windows-of-a-folder");
        page.follow(".sd-cards a[href*='office-hours']")
                .see("h1", "office-hours")
                .assertQuiet();
    }

    private static String colour(Page page, String selector) {
        return page.eval("getComputedStyle(document.querySelector('td" + selector + "')).backgroundColor")
                .asText();
    }
}
