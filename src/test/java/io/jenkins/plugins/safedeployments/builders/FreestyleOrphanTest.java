package io.jenkins.plugins.safedeployments.builders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleBuild;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.runtime.Orphans;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import java.io.File;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** A freestyle build does not go on after a restart of Jenkins, so that its release has lost its run. */
public class FreestyleOrphanTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestCluster second = new TestCluster();

    @Test
    public void releaseOfABuildThatARestartEndedIsEnded() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, new Freestyle(j, target), "taken-back", "rollback");
            start(j, new Freestyle(j, second), "kept", "keep");
        });

        sessions.then(j -> {
            Orphans.get().doRun();

            Freestyle takenBack = new Freestyle(j, target);
            Freestyle kept = new Freestyle(j, second);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                Orphans.get().doRun(); // as it does each minute
                String[] driven = new File(j.jenkins.getRootDir(), "safe-deployments/driven").list();
                return driven != null && driven.length == 0;
            });
            assertThat(takenBack.release(1).phase(), is(Phase.ROLLED_BACK));
            assertThat(takenBack.release(1).cause(), is("The run taken-back #1 is over without having ended it."));
            assertThat(takenBack.has("canary"), is(false));
            assertThat(kept.release(1).phase(), is(Phase.FAILED));
            assertThat(kept.has("canary"), is(true));
        });
    }

    private static void start(JenkinsRule j, Freestyle freestyle, String name, String onFailure) throws Exception {
        CanaryDeployStep step = Freestyle.canary("1.0-never-ready");
        step.setOnFailure(onFailure);
        FreeStyleBuild build = freestyle
                .job(name, new CanaryDeployBuilder(step))
                .scheduleBuild2(0)
                .waitForStart();
        j.waitForMessage("applied ", build);
    }
}
