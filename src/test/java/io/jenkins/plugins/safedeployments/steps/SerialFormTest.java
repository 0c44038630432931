package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What earlier versions have stored stays readable. */
public class SerialFormTest {

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /**
     * A build with all three steps waiting for an API server, and the global configuration. The steps' credentials are not
     * part of it, so each step, taken up again with its parameters, says that it misses them.
     */
    @Test
    @LocalData
    public void runningStepsOfTheFirstVersionGoOn() throws Exception {
        WorkflowRun run =
                jenkins.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));

        String errors = new DepthFirstScanner()
                .allNodes(run.getExecution()).stream()
                        .map(FlowNode::getError)
                        .filter(Objects::nonNull)
                        .map(error -> error.getError().getMessage())
                        .collect(Collectors.joining("\n"));
        for (String id : new String[] {"gone-1", "gone-2", "gone-3"}) {
            assertThat(
                    errors, containsString("'credentialsId' is '" + id + "', but this job can use no kubeconfig file"));
        }
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("production");
        assertThat(cluster.getUrl(), is("https://kubernetes.example.com:6443"));
        assertThat(cluster.getCredentialsId(), is("production-token"));
        assertThat(cluster.isSkipTlsVerify(), is(false));
    }
}
