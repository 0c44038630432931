package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.RealJenkins;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** A Jenkins process that is killed while a step and a release wait for their windows. */
public class KilledWaitTest {

    /** In a window that is skipped: a step that waits, one in a window that is open and watched, and a release. */
    private static final String SCRIPT = """
            executionWindow(calendar: 'gate') {
              parallel waiting: { executionWindow(calendar: 'gate', skipMessage: 'Ask'); echo 'it is through' },
                watched: {
                  executionWindow(calendar: 'open', onWindowEnd: 'stop') { executionWindow(calendar: 'gate'); echo 'it is inside' }
                },
                release: { promoteStable app: 'shop', namespace: 'shop', credentialsId: 'gone' }
            }
            """;

    private static final String WAITS = "See the window, or skip it";

    @Rule
    public RealJenkinsRule jenkins = RealJenkins.rule().withTimeout(900);

    @Test
    public void waitsGoOnAfterAKillAndTheWindowOpensOnce() throws Throwable {
        jenkins.startJenkins();
        jenkins.runRemotely(KilledWaitTest::startWaiting);

        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();

        jenkins.runRemotely(KilledWaitTest::open);
    }

    private static void startWaiting(JenkinsRule j) throws Throwable {
        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setUrl("https://localhost:1");
        cluster.setCalendar("held");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
        setCalendars("2020-01-01", "2020-01-02");
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(SCRIPT, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        await(run, 1);
        JenkinsRule.WebClient web = j.createWebClient();
        j.jenkins.setCrumbIssuer(null);
        URL skip = new URL(j.getURL(), run.getUrl() + "execution-windows/skip?reason=of+a+test");
        web.getPage(new WebRequest(skip, HttpMethod.POST));
        await(run, 4);
        ((CpsFlowExecution) run.getExecution()).waitForSuspension(); // so that what it waits for is on the disk
    }

    private static void open(JenkinsRule j) throws Throwable {
        WorkflowRun run =
                Jenkins.get().getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
        assertThat(run.isBuilding(), is(true));

        setCalendars("daily", "daily");

        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        assertThat(count(run, "[executionWindow] Skipped by"), is(1L));
        assertThat(count(run, "[executionWindow] It goes on after"), is(2L));
        assertThat(count(run, "it is through"), is(1L));
        assertThat(count(run, "it is inside"), is(1L));
        assertThat(count(run, "[shop] It goes on after"), is(1L));
        assertThat(count(run, "'credentialsId' is 'gone'"), is(1L));
        assertThat(count(run, "Waiting."), is(4L));
    }

    private static void setCalendars(String gate, String held) {
        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(
                        new NamedCalendar("gate", "zone UTC\nwindow " + gate),
                        new NamedCalendar("held", "zone UTC\nwindow " + held),
                        new NamedCalendar("open", "zone UTC\nwindow daily")));
    }

    private static void await(WorkflowRun run, int waits) {
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> count(run, WAITS) == waits);
    }

    private static long count(WorkflowRun run, String text) throws Exception {
        return run.getLog(1000).stream().filter(line -> line.contains(text)).count();
    }
}
