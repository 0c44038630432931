package io.jenkins.plugins.safedeployments.waiting;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.net.URL;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.CollectingAlertHandler;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** Who sees what on "Waiting for you", and what can be done there. */
public class WaitingPageTest {

    private static final String FREEZE =
            "executionWindow freezes: ['Launch: 2020-01-01.. because it is launched'], timeZone: 'UTC'";
    private static final String FAR = LocalDate.now(ZoneOffset.UTC).plusYears(1).toString();
    private static final String NOT_SOON = "executionWindow windows: ['" + FAR + "'], timeZone: 'UTC'";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // seconds, of all tests together
    }

    private static Folder shop;
    private static Folder secret;

    private final List<WorkflowRun> runs = new ArrayList<>();

    @BeforeClass
    public static void secure() throws Exception {
        shop = jenkins.createProject(Folder.class, "shop");
        secret = jenkins.createProject(Folder.class, "secret");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.READ)
                .onItems(shop)
                .toEveryone()
                .grant(Item.READ, SafeDeploymentsPermissions.SKIP_WINDOW)
                .onFolders(shop)
                .to("winnie")
                .grant(SafeDeploymentsPermissions.SKIP_WINDOW, SafeDeploymentsPermissions.SKIP_FREEZE)
                .everywhere()
                .to("blind")
                .grant(Item.READ, Item.BUILD, Item.CONFIGURE, Item.CANCEL)
                .everywhere()
                .to("dev"));
    }

    @Before
    public void wait3() throws Exception {
        runs.add(waiting(shop.createProject(WorkflowJob.class, "release"), NOT_SOON));
        runs.add(waiting(shop.createProject(WorkflowJob.class, "frozen"), FREEZE));
        runs.add(waiting(secret.createProject(WorkflowJob.class, "hidden"), NOT_SOON));
    }

    @After
    public void endAll() throws Exception {
        SafeDeploymentsConfiguration.get().setSkipReasonRequired(false);
        for (WorkflowRun run : runs) {
            if (run.isBuilding()) {
                run.doKill();
                jenkins.waitForCompletion(run);
            }
            run.getParent().delete();
        }
    }

    private static WorkflowRun waiting(WorkflowJob job, String script) throws Exception {
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("See the window, or skip it", run);
        return run;
    }

    @Test
    public void everybodySeesWhatTheyMayDecideAndNothingElse() throws Exception {
        assertThat(runsOf("admin"), contains("shop » release #1", "shop » frozen #1", "secret » hidden #1"));
        assertThat(runsOf("winnie"), contains("shop » release #1"));
        assertThat(runsOf("blind"), is(empty()));
        assertThat(runsOf("dev"), is(empty()));

        HtmlPage page = web("winnie").goTo("waiting-for-you");
        assertThat(page.asNormalizedText(), containsString("shop » release #1"));
        assertThat(
                page.asNormalizedText(), containsString("Execution window: It is closed: outside '" + FAR + "' (UTC)"));
        assertThat(page.asNormalizedText(), not(containsString("frozen")));
        assertThat(page.asNormalizedText(), not(containsString("hidden")));
        assertThat(web("dev").goTo("waiting-for-you").asNormalizedText(), containsString("Nothing waits for you."));
    }

    @Test
    public void headerOfEveryPageSaysHowMany() throws Exception {
        HtmlElement mark = web("admin").goTo("job/shop/").getHtmlElementById("root-action-WaitingPage");
        assertThat(mark.getAttribute("href"), is("/jenkins/waiting-for-you"));
        assertThat(mark.getAttribute("data-html-tooltip"), containsString("3 decisions wait for you"));
        assertThat(mark.getElementsByTagName("span").toString(), containsString("jenkins-badge"));
        assertThat(
                ((HtmlElement) web("winnie").goTo("").getHtmlElementById("root-action-WaitingPage"))
                        .getAttribute("data-html-tooltip"),
                containsString("One decision waits for you"));

        WaitingPage action = jenkins.jenkins.getExtensionList(WaitingPage.class).get(0);
        try (ACLContext dev = ACL.as2(User.getById("dev", true).impersonate2())) {
            assertThat(action.getBadge(), is(nullValue()));
            assertThat(action.isPrimaryAction(), is(false));
            assertThat(action.getIconFileName(), is(not(nullValue())));
        }
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            assertThat(action.getIconFileName(), is(nullValue()));
        }
    }

    @Test
    public void skippedThereItGoesOnAndTheRestStays() throws Exception {
        HtmlPage page = browser("admin").goTo("waiting-for-you");
        List<HtmlForm> forms = page.getForms().stream()
                .filter(form -> form.getNameAttribute().equals("decide"))
                .toList();
        assertThat(forms, hasSize(3));
        forms.get(0).getTextAreaByName("comment").setText("it is <b>urgent</b>");

        HtmlPage after =
                ((HtmlButton) forms.get(0).getElementsByTagName("button").get(0)).click();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(runs.get(0)));
        jenkins.assertLogContains("Skipped by admin because it is <b>urgent</b> after", runs.get(0));
        assertThat(after.getUrl().getPath(), is("/jenkins/waiting-for-you/"));
        assertThat(runsOf("admin"), contains("shop » frozen #1", "secret » hidden #1"));
    }

    @Test
    public void whatIsNotTheirsIsAnsweredLikeWhatIsNotThere() throws Exception {
        String hidden = ids("admin").get(2);
        String frozen = ids("admin").get(1);

        WebResponse other = post("winnie", "?id=" + hidden);
        WebResponse none = post("winnie", "?id=nothing");
        WebResponse needsMore = post("winnie", "?id=" + frozen);
        WebResponse blind = post("blind", "?id=" + hidden);

        for (WebResponse answer : List.of(other, none, needsMore, blind)) {
            assertThat(answer.getStatusCode(), is(409));
            assertThat(answer.getContentAsString(), containsString("It does not wait for you, or not any more"));
        }
        assertThat(runsOf("admin"), hasSize(3));
    }

    @Test
    public void secondOfTwoIsTold() throws Exception {
        String id = ids("winnie").get(0);

        assertThat(post("winnie", "?id=" + id).getStatusCode(), is(200));
        assertThat(post("admin", "?id=" + id).getStatusCode(), is(409));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(runs.get(0)));
        jenkins.assertLogContains("Skipped by winnie after", runs.get(0));
    }

    @Test
    public void itIsDecidedByTheRulesOfTheGate() throws Exception {
        SafeDeploymentsConfiguration.get().setSkipReasonRequired(true);
        String id = ids("winnie").get(0);
        HtmlPage page = web("winnie").goTo("waiting-for-you");
        assertThat(page.getWebResponse().getContentAsString(), containsString("Reason (required)"));

        assertThat(post("winnie", "?id=" + id + "&comment=%20").getStatusCode(), is(400));
        assertThat(post("winnie", "?id=" + id + "&outcome=approve&comment=x").getStatusCode(), is(400));
        assertThat(runsOf("winnie"), hasSize(1));
        assertThat(post("winnie", "?id=" + id + "&outcome=skip&comment=x").getStatusCode(), is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(runs.get(0)));
    }

    @Test
    public void getAndMissingCrumbAreRefused() throws Exception {
        JenkinsRule.WebClient web = web("admin");
        URL url = new URL(
                jenkins.getURL(), "waiting-for-you/decide?id=" + ids("admin").get(0));

        assertThat(
                web.getPage(new WebRequest(url, HttpMethod.GET))
                        .getWebResponse()
                        .getStatusCode(),
                is(405));
        assertThat(
                web.getPage(new WebRequest(url, HttpMethod.POST))
                        .getWebResponse()
                        .getStatusCode(),
                is(403));
        assertThat(runsOf("admin"), hasSize(3));
    }

    @Test
    public void jsonSaysTheSame() throws Exception {
        JSONObject json = web("winnie").getJSON("waiting-for-you/api/json").getJSONObject();

        JSONArray waiting = json.getJSONArray("waiting");
        assertThat(waiting, hasSize(1));
        JSONObject gate = waiting.getJSONObject(0);
        assertThat(gate.getString("run"), is("shop » release #1"));
        assertThat(gate.getString("path"), is("job/shop/job/release/1/execution-windows/"));
        assertThat(gate.getString("kind"), is("Execution window"));
        assertThat(gate.get("deadline").toString(), is("null"));
        assertThat(gate.getJSONArray("outcomes").getJSONObject(0).getString("name"), is("skip"));
        assertThat(java.time.Instant.parse(gate.getString("since")).isBefore(java.time.Instant.now()), is(true));
    }

    /** Where anybody may read this Jenkins the page of a job that they may not read would say that it is not there. */
    @Test
    public void linksInMailsLeadOnByWayOfTheLogin() throws Exception {
        String page = runs.get(2).getUrl() + "execution-windows/";
        JenkinsRule.WebClient nobody = jenkins.createWebClient();
        nobody.getOptions().setJavaScriptEnabled(false);
        nobody.setThrowExceptionOnFailingStatusCode(false);
        assertThat(nobody.goTo(page, null).getWebResponse().getStatusCode(), is(404));

        HtmlPage login = nobody.goTo("waiting-for-you/to/" + page);
        assertThat(login.getUrl().toString(), containsString("/login?from=%2Fjenkins%2F" + page.replace("/", "%2F")));
        HtmlForm form = login.getFormByName("login");
        form.getInputByName("j_username").setValue("admin");
        form.getInputByName("j_password").setValue("admin");
        assertThat(jenkins.submit(form).getUrl().toString(), is(jenkins.getURL() + page));
        assertThat(web("admin").goTo("waiting-for-you/to/" + page).getUrl().toString(), is(jenkins.getURL() + page));

        for (String other : List.of("manage", "/evil.example.org/", "job\\x", "https://evil.example.org/", "")) {
            assertThat(
                    other,
                    web("admin")
                            .goTo("waiting-for-you/to/" + other, null)
                            .getWebResponse()
                            .getStatusCode(),
                    is(404));
        }
    }

    @Test
    public void namesAreOnlyText() throws Exception {
        WorkflowJob job = shop.createProject(WorkflowJob.class, "odd");
        job.setDisplayName("\"><img src=x onerror=alert(1)>");
        runs.add(waiting(
                job,
                "executionWindow freezes: ['\"><img src=x onerror=alert(2)>: 2020-01-01..'], timeZone: 'UTC',"
                        + " skipMessage: '</p><script>alert(3)</script>'"));
        CollectingAlertHandler alerts = new CollectingAlertHandler();
        JenkinsRule.WebClient web = browser("admin");
        web.setAlertHandler(alerts);

        HtmlPage page = web.goTo("waiting-for-you");

        assertThat(page.getByXPath("//table[@id='waiting-for-you']//img"), is(empty()));
        assertThat(page.getByXPath("//table[@id='waiting-for-you']//script"), is(empty()));
        assertThat(page.asNormalizedText(), containsString("<img src=x onerror=alert(1)>"));
        assertThat(alerts.getCollectedAlerts(), is(empty()));
    }

    @Test
    public void whatEndsByItselfComesFirst() throws Exception {
        runs.add(waiting(
                shop.createProject(WorkflowJob.class, "later"),
                NOT_SOON + ", giveUpAfter: 2, giveUpAfterUnit: 'DAYS'"));
        runs.add(waiting(
                shop.createProject(WorkflowJob.class, "soon"),
                NOT_SOON + ", giveUpAfter: 2, giveUpAfterUnit: 'HOURS'"));

        assertThat(
                runsOf("admin"),
                contains(
                        "shop » soon #1",
                        "shop » later #1",
                        "shop » release #1",
                        "shop » frozen #1",
                        "secret » hidden #1"));
        HtmlPage page = web("admin").goTo("waiting-for-you");
        assertThat(page.asNormalizedText(), containsString("in 1 h 59 min"));
        assertThat(page.asNormalizedText(), containsString("not by itself"));
    }

    private static List<String> runsOf(String user) {
        try (ACLContext as = ACL.as2(User.getById(user, true).impersonate2())) {
            return WaitingGates.allMine().stream().map(WaitingGate::run).toList();
        }
    }

    private static List<String> ids(String user) {
        try (ACLContext as = ACL.as2(User.getById(user, true).impersonate2())) {
            return WaitingGates.allMine().stream().map(WaitingGate::id).toList();
        }
    }

    private static WebResponse post(String user, String query) throws Exception {
        JenkinsRule.WebClient web = web(user);
        URL url = new URL(jenkins.getURL(), "waiting-for-you/decide" + query);
        return web.getPage(web.addCrumb(new WebRequest(url, HttpMethod.POST))).getWebResponse();
    }

    /** Without scripts, which take long here. */
    private static JenkinsRule.WebClient web(String user) {
        JenkinsRule.WebClient web = jenkins.createWebClient().withBasicCredentials(user);
        web.getOptions().setJavaScriptEnabled(false);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }

    private static JenkinsRule.WebClient browser(String user) throws Exception {
        return Browsers.login(jenkins, user);
    }
}
