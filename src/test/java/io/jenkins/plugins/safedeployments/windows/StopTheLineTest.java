package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleBuild;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.net.URL;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The switch that stops everything, its page, and what every release obeys. */
public class StopTheLineTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Rule
    public HandClock clock = new HandClock();

    @BeforeClass
    public static void secure() {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, SafeDeploymentsPermissions.STOP_THE_LINE)
                .everywhere()
                .to("boss")
                .grant(Jenkins.READ, Jenkins.MANAGE)
                .everywhere()
                .to("manager"));
    }

    @After
    public void goOn() {
        StopTheLine.get().turn(false, "the test", "");
    }

    @Test
    public void lineIsStoppedAndLetGoOnByItsPage() throws Exception {
        HtmlPage page = web("boss").goTo("execution-windows");
        HtmlForm form = page.getFormByName("line");
        form.getInputByName("reason").setValue("the <b>database</b> is down");

        HtmlPage stopped = jenkins.submit(form);

        assertThat(
                stopped.asNormalizedText(),
                containsString(
                        "The line was stopped by boss at Fri 2026-06-05 12:00 UTC because the <b>database</b> is down"));
        assertThat(new StopTheLine().stopped().getReason(), is("the <b>database</b> is down")); // from its file
        HtmlPage seen = web("manager").goTo("execution-windows");
        assertThat(seen.asNormalizedText(), containsString("The line was stopped by boss"));
        assertThat(seen.getByXPath("//form[@name='line']"), hasSize(0));

        jenkins.submit(stopped.getFormByName("line"));

        assertThat(StopTheLine.get().stopped(), is(nullValue()));
    }

    @Test
    public void endPointsAskForPermissionPostReasonAndState() throws Exception {
        assertThat(post("manager", "stop?reason=x").getStatusCode(), is(403));
        assertThat(post("manager", "goOn").getStatusCode(), is(403));
        assertThat(post("boss", "stop").getStatusCode(), is(400));
        assertThat(post("boss", "goOn").getStatusCode(), is(409));
        WebRequest get = new WebRequest(new URL(jenkins.getURL(), "execution-windows/stop?reason=x"), HttpMethod.GET);
        assertThat(web("boss").getPage(get).getWebResponse().getStatusCode(), is(405));
        assertThat(StopTheLine.get().stopped(), is(nullValue()));

        assertThat(post("boss", "stop?reason=x").getStatusCode(), is(200));
        assertThat(post("boss", "stop?reason=y").getStatusCode(), is(409));
        assertThat(StopTheLine.get().stopped().getReason(), is("x"));
    }

    @Test
    public void policyIsThatOfTheClusterAndOfTheLine() throws Exception {
        FreeStyleBuild run = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setCalendar("office");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster, new ClusterConfiguration("staging")));
        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(new NamedCalendar("office", "zone UTC\nwindow Mon-Fri 09:00-17:00")));

        assertThat(WindowPolicy.check(run, "production"), is(Optional.empty()));
        clock.set("2026-06-05T17:00:00Z");
        assertThat(
                WindowPolicy.check(run, "production").get(),
                is("closed: outside 'Mon-Fri 09:00-17:00' of calendar 'office' (UTC); opens Mon 2026-06-08 09:00 UTC,"
                        + " in 2 days 16 h"));
        assertThat(WindowPolicy.check(run, "staging"), is(Optional.empty()));

        StopTheLine.get().turn(true, "boss", "of a reason");
        assertThat(
                WindowPolicy.check(run, "staging").get(),
                is("closed: the line was stopped by boss at Fri 2026-06-05 17:00 UTC because of a reason"));
    }

    private static WebResponse post(String user, String query) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), "execution-windows/" + query), HttpMethod.POST);
        return web.getPage(web.addCrumb(request)).getWebResponse();
    }

    private static JenkinsRule.WebClient web(String user) throws Exception {
        JenkinsRule.WebClient web = Browsers.login(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }
}
