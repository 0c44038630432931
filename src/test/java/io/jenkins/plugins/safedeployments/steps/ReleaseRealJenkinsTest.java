package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.RealJenkins;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.promotion.PromotionProperty;
import io.jenkins.plugins.safedeployments.windows.FolderCalendars;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/**
 * The example's releases in a Jenkins with real plugin class loaders, against a real API server; and what happens to them
 * when that Jenkins is killed.
 */
public class ReleaseRealJenkinsTest {

    @Rule(order = 0)
    public TestCluster target = new TestCluster();

    @Rule(order = 1)
    public RealJenkinsRule jenkins = RealJenkins.rule();

    @Test
    public void addressBookIsReleasedTwiceABadReleaseIsTakenBackAndOneOutlivesAKill() throws Throwable {
        jenkins.startJenkins();
        configure();

        String first = jenkins.runRemotely(releases(target.namespace(), "1.0", Result.SUCCESS));
        assertThat(first, containsString("this is the first release"));
        assertThat(first, containsString("stable       resized from 1 to 3"));
        assertThat(size("stable"), is(3));

        String second = jenkins.runRemotely(releases(target.namespace(), "1.1", Result.SUCCESS));
        assertThat(second, containsString("plan         1 canary beside 2 of 3 stable"));
        assertThat(second, containsString("| pong"));
        assertThat(second, containsString("stable       resized from 3 to 2"));
        assertThat(second, containsString("stable       resized from 2 to 3"));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(deployment("canary"), is(Optional.empty()));

        String third = jenkins.runRemotely(releases(target.namespace(), "1.2-pull-fail", Result.FAILURE));
        assertThat(third, containsString("cannot be pulled"));
        assertThat(third, containsString("post-mortem/addressbook-3/"));
        assertThat(third, not(containsString("\tat ")));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(deployment("canary"), is(Optional.empty()));

        jenkins.runRemotely(ReleaseRealJenkinsTest::pagesAreShown);
        goesOnAfterAKill();
    }

    /** Views find their parts by class loaders, of which other tests have one only. */
    private static void pagesAreShown(JenkinsRule j) throws Exception {
        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(new NamedCalendar("night", "zone UTC\nwindow 22:00-02:00")));
        Folder folder = j.createProject(Folder.class, "folder");
        FolderCalendars calendars = new FolderCalendars();
        calendars.setCalendars(List.of(new NamedCalendar("day", "zone UTC\nwindow 09:00-17:00")));
        folder.addProperty(calendars);
        JenkinsRule.WebClient web = j.createWebClient();
        web.getOptions().setJavaScriptEnabled(false);
        assertThat(web.goTo("execution-windows/").asNormalizedText(), containsString("window 22:00-02:00"));
        assertThat(web.goTo("execution-windows/calendar/night/").asNormalizedText(), containsString("night"));
        assertThat(web.goTo("job/folder/execution-windows/").asNormalizedText(), containsString("window 09:00-17:00"));
        assertThat(web.goTo("job/addressbook/2/").asNormalizedText(), containsString("release 2"));
        String image = "registry.example.com/addressbook:1.1";
        assertThat(web.goTo("job/addressbook/2/releases/").asNormalizedText(), containsString(image));
        HtmlPage releases = web.goTo("job/addressbook/releases/");
        assertThat(releases.asNormalizedText(), containsString(image));
        HtmlPage asked = press(web, releases, "ask");
        assertThat(asked.asNormalizedText(), containsString("As the cluster has recorded it."));
        assertThat(asked.getElementById("track-addressbook-stable").asNormalizedText(), containsString("3/3"));

        FreeStyleProject build = j.createFreeStyleProject("ci");
        PromotionProperty promotions = new PromotionProperty();
        promotions.setCanaryJob("addressbook");
        build.addProperty(promotions);
        j.buildAndAssertSuccess(build);
        HtmlPage confirmation = press(web, web.goTo("job/ci/1/"), "promote-run");
        assertThat(confirmation.asNormalizedText(), containsString("TAG"));
        HtmlPage again = press(web, web.goTo("job/ci/1/releases/"), "promote-run");
        assertThat(again.getFormByName("start").getActionAttribute(), is("startRun"));
    }

    private static HtmlPage press(JenkinsRule.WebClient web, HtmlPage page, String form) throws IOException {
        HtmlForm pressed = page.getFormByName(form);
        WebRequest request = pressed.getWebRequest(pressed.getFirstByXPath(".//button"));
        request.setAdditionalHeader(
                page.getHead().getAttribute("data-crumb-header"), page.getHead().getAttribute("data-crumb-value"));
        return web.getPage(request);
    }

    private void goesOnAfterAKill() throws Throwable {
        String namespace = target.namespace();
        jenkins.runRemotely((JenkinsRule j) -> {
            AddressBook.release(job(), namespace, "1.3-slow").waitForStart();
        });
        Awaitility.await().until(() -> deployment("canary").isPresent());

        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();

        String log = jenkins.runRemotely((JenkinsRule j) -> {
            WorkflowRun run = job().getLastBuild();
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            return JenkinsRule.getLog(run);
        });
        assertThat(log, containsString("release 4 (registry.example.com/addressbook:1.3-slow) was begun before"));
        assertThat(log, containsString("is stable after"));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.3-slow"));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    private void configure() throws Throwable {
        String kubeconfig = TestCluster.kubeconfig();
        String jenkinsfile = AddressBook.file("Jenkinsfile");
        String service = AddressBook.file("service.yml");
        String deployment = AddressBook.file("deployment.yml");
        jenkins.runRemotely((JenkinsRule j) -> {
            AddressBook.configureCluster(kubeconfig);
            AddressBook.job(jenkinsfile, service, deployment);
        });
    }

    private static RealJenkinsRule.Step2<String> releases(String namespace, String tag, Result expected) {
        return j -> {
            WorkflowRun run = j.assertBuildStatus(expected, AddressBook.release(job(), namespace, tag));
            return JenkinsRule.getLog(run);
        };
    }

    private static WorkflowJob job() {
        return Jenkins.get().getItemByFullName("addressbook", WorkflowJob.class);
    }

    private Optional<KubeObject> deployment(String track) {
        Cluster cluster = target.cluster();
        return cluster.get(Kind.DEPLOYMENT, "addressbook-" + track);
    }

    private int size(String track) {
        return deployment(track).orElseThrow().integer(0, "spec", "replicas");
    }

    private String image(String track) {
        return deployment(track)
                .orElseThrow()
                .list("spec", "template", "spec", "containers")
                .get(0)
                .string("image");
    }
}
