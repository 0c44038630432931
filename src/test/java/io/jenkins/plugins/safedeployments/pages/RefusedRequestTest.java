package io.jenkins.plugins.safedeployments.pages;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.windows.StopTheLine;
import java.net.URL;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** Who is refused is told why, on a page of Jenkins from which there is a way back. */
public class RefusedRequestTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void secure() {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
    }

    @After
    public void goOn() {
        StopTheLine.get().turn(false, "test", "");
    }

    @Test
    public void whoIsLateIsToldAndGetsBack() throws Exception {
        JenkinsRule.WebClient web = Browsers.login(jenkins, "admin");
        web.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = web.goTo("execution-windows").getFormByName("line");
        form.getInputByName("reason").setValue("it burns");
        StopTheLine.get().turn(true, "boss", "it smokes");

        HtmlPage told = jenkins.submit(form);

        assertThat(told.getWebResponse().getStatusCode(), is(409));
        assertThat("it is a page of Jenkins", told.getByXPath("//a[@href='/jenkins/']"), hasSize(1));
        HtmlPage back = told.getAnchorByText("Back").click();
        assertThat(back.getUrl().getPath(), is("/jenkins/execution-windows/"));
        assertThat(back.asNormalizedText(), containsString("The line was stopped by boss"));
        assertThat(StopTheLine.get().stopped().getReason(), is("it smokes"));
    }

    /** One of each kind. */
    @Test
    public void allPagesRefuseAlike() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        FreeStyleBuild run = jenkins.buildAndAssertSuccess(job);
        JenkinsRule.WebClient web = plain("admin");
        String release = "?kind=promote&cluster=&namespace=shop&app=shop&release=1";

        refused(
                web,
                400,
                "execution-windows/",
                "stop?reason=%20",
                "A reason is required: say why the line is stopped.");
        refused(web, 409, "execution-windows/", "goOn", "The line is not stopped.");
        refused(web, 409, run.getUrl() + "execution-windows/", "skip", "it does not wait for a window any more");
        refused(web, 409, "waiting-for-you/", "decide?id=nothing", "It does not wait for you, or not any more");
        refused(web, 404, job.getUrl() + "releases/", "confirm" + release, "There is no such release here any more");
        refused(web, 404, run.getUrl() + "releases/", "start" + release, "There is no such release here any more");
        refused(web, 404, job.getUrl() + "releases/", "ask" + release, "There is no such release here any more");
    }

    private static void refused(JenkinsRule.WebClient web, int status, String page, String request, String why)
            throws Exception {
        HtmlPage told = (HtmlPage) post(web, "text/html", page + request);
        assertThat(request, told.getWebResponse().getStatusCode(), is(status));
        assertThat(request, told.querySelector("#main-panel [role=alert]").asNormalizedText(), containsString(why));
        assertThat(
                told.getFullyQualifiedUrl(told.getAnchorByText("Back").getHrefAttribute()),
                is(new URL(jenkins.getURL(), page)));
        WebResponse program = post(web, "application/json", page + request).getWebResponse();
        assertThat(request, program.getStatusCode(), is(status));
        assertThat(request, program.getContentType(), is("text/plain"));
        assertThat(request, program.getContentAsString().lines().toList(), hasSize(1));
        assertThat(request, program.getContentAsString(), containsString(why));
    }

    /** That is said by Jenkins itself, before anything else is. */
    @Test
    public void whoMayNotIsToldNothingElse() throws Exception {
        Page told = post(plain("reader"), "text/html", "execution-windows/goOn");
        assertThat(told.getWebResponse().getStatusCode(), is(403));
    }

    private static Page post(JenkinsRule.WebClient web, String accept, String path) throws Exception {
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), path), HttpMethod.POST);
        request.setAdditionalHeader("Accept", accept);
        return web.getPage(web.addCrumb(request));
    }

    private static JenkinsRule.WebClient plain(String user) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.getOptions().setCssEnabled(false);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }
}
