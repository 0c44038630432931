package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The example {@code docs/examples/judgment}, as it is, against a real API server. */
public class JudgmentExampleTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void peopleDecideWhichStageRuns() throws Exception {
        AddressBook.configureCluster(TestCluster.kubeconfig());
        WorkflowJob job = AddressBook.job(
                Files.readString(Path.of("docs/examples/judgment/Jenkinsfile")),
                AddressBook.file("service.yml"),
                AddressBook.file("deployment.yml"));
        Judges.secure(jenkins);

        WorkflowRun promoted = judged(job, "1.0", "continue");
        jenkins.assertBuildStatusSuccess(promoted);
        assertSkipped(promoted, "Rollback");
        assertThat(release(1).phase(), is(Phase.PROMOTED));
        assertThat(replicas(), is(3));

        WorkflowRun takenBack = judged(job, "1.1", "rollback");
        jenkins.assertBuildStatusSuccess(takenBack);
        assertSkipped(takenBack, "Deploy");
        assertThat(release(2).phase(), is(Phase.ROLLED_BACK));
        assertThat(release(2).cause(), containsString("'rollback' was decided by bob (says bob)"));
        assertThat(image(), containsString("addressbook:1.0"));
        assertThat(replicas(), is(3));

        WorkflowRun stopped = judged(job, "1.2", "stop");
        jenkins.assertBuildStatus(Result.FAILURE, stopped);
        assertThat(release(3).phase(), is(Phase.ROLLED_BACK));
        assertThat(replicas(), is(3));
    }

    private WorkflowRun judged(WorkflowJob job, String tag, String outcome) throws Exception {
        WorkflowRun run = AddressBook.release(job, target.namespace(), tag).waitForStart();
        LiveJudgment live = Judges.await(run, "qa");
        assertThat("nobody has an executor", jenkins.jenkins.toComputer().countBusy(), is(0));
        assertThat(live.version(), containsString("addressbook:" + tag));
        Judges.vote(live, "bob", outcome);
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !run.isBuilding());
        return run;
    }

    private static void assertSkipped(WorkflowRun run, String stage) throws Exception {
        jenkins.assertLogContains("Stage \"" + stage + "\" skipped due to when conditional", run);
    }

    private Release release(int number) {
        return new ReleaseStore(target.cluster(), "addressbook").get(number).orElseThrow();
    }

    private int replicas() {
        return stable().integer(0, "spec", "replicas");
    }

    private String image() {
        return stable().list("spec", "template", "spec", "containers").get(0).string("image");
    }

    private KubeObject stable() {
        return target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").orElseThrow();
    }
}
