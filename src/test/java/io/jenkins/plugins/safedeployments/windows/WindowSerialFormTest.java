package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What waited for windows in earlier versions goes on. */
public class WindowSerialFormTest {

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /**
     * A build in a skipped window, with a step that waits, a step in a window that is open and watched, and a release that a
     * calendar of its cluster holds.
     */
    @Test
    @LocalData
    public void waitsOfTheFirstVersionGoOn() throws Exception {
        WorkflowRun run =
                jenkins.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> WaitingWindows.get().of(run).size() == 3);
        assertThat(Skips.of(run), hasSize(1));
        assertThat(Skips.of(run).get(0).getReason(), is("of a test"));
        assertThat(Skips.of(run).get(0).obstacles(), is(List.of("outside '2020-01-01' of calendar 'gate' (UTC)")));

        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(
                        new NamedCalendar("gate", "zone UTC\nwindow daily"),
                        new NamedCalendar("held", "zone UTC\nwindow daily"),
                        new NamedCalendar("open", "zone UTC\nwindow daily")));

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("it is through", run);
        jenkins.assertLogContains("it is inside", run);
        jenkins.assertLogContains("'credentialsId' is 'gone'", run);
    }
}
