package io.jenkins.plugins.safedeployments.builders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.ExecTest;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import io.jenkins.plugins.safedeployments.triggers.StartRollbackJob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** A freestyle job that rolls back on whichever cluster the failed build has released to. */
public class RollbackJobForClustersTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    private Freestyle freestyle;

    /** Two names of the same API server: what a job is told decides which of them it takes. */
    @Before
    public void configure() throws Exception {
        freestyle = new Freestyle(jenkins, target);
        AddressBook.configureCluster(TestCluster.kubeconfig());
        ClusterConfiguration other = new ClusterConfiguration("other");
        other.setCredentialsId("rig-kubeconfig");
        SafeDeploymentsConfiguration configuration = SafeDeploymentsConfiguration.get();
        configuration.setClusters(List.of(configuration.cluster("rig"), other));
    }

    @Test
    public void oneJobTakesBackWhatFailedOnEitherCluster() throws Exception {
        FreeStyleProject rollback = freestyle.job("rollback", Freestyle.rollbackForAll());
        int number = 0;
        for (String cluster : List.of("other", "rig")) {
            CanaryDeployStep step = Freestyle.canary("1.0");
            step.setCluster(cluster);
            step.setTests(List.of(new ExecTest("false")));
            step.setOnFailure("keep");
            FreeStyleProject canary = freestyle.job("canary-on-" + cluster, new CanaryDeployBuilder(step));
            canary.getPublishersList().add(new StartRollbackJob("rollback"));
            jenkins.assertBuildStatus(Result.FAILURE, canary.scheduleBuild2(0));

            int next = ++number;
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> rollback.getBuildByNumber(next) != null);
            FreeStyleBuild taken = rollback.getBuildByNumber(next);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(taken));
            jenkins.assertLogContains(
                    "release " + next + " (registry.example.com/addressbook:1.0) of addressbook in "
                            + target.namespace() + " on " + cluster,
                    taken);
            assertThat(freestyle.release(next).phase(), is(Phase.ROLLED_BACK));
        }
    }

    @Test
    public void formTakesAVariableForACluster() throws Exception {
        RollbackCanaryStep step = new RollbackCanaryStep("addressbook");
        step.setCluster("${CLUSTER}");
        step.setNamespace("shop");
        step.setTimeout(5);
        step.setTimeoutUnit(TimeUnit.MINUTES);
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new RollbackCanaryBuilder(step));

        jenkins.configRoundtrip(job);

        RollbackCanaryBuilder seen = job.getBuildersList().get(RollbackCanaryBuilder.class);
        assertThat(seen.getSettings().getCluster(), is("${CLUSTER}"));
        RollbackCanaryStep.DescriptorImpl descriptor =
                jenkins.jenkins.getDescriptorByType(RollbackCanaryStep.DescriptorImpl.class);
        assertThat(descriptor.doFillClusterItems(job), is(List.of("rig", "other")));
        for (String fine : List.of("", "rig", "$CLUSTER", "${CLUSTER}", "${STAGE}-eu")) {
            assertThat(fine, descriptor.doCheckCluster(job, fine).kind, is(FormValidation.Kind.OK));
        }
        assertThat(descriptor.doCheckCluster(job, "rigg").kind, is(FormValidation.Kind.ERROR));
    }
}
