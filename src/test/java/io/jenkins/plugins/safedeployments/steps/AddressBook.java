package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.FilePath;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;

/** The example {@code docs/examples/addressbook} as a job of the Jenkins under test. */
public final class AddressBook {

    private AddressBook() {}

    public static String file(String name) throws IOException {
        return Files.readString(Path.of("docs/examples/addressbook", name));
    }

    /** Configures the cluster of a kubeconfig under the name {@code rig}. */
    public static void configureCluster(String kubeconfig) throws IOException {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new FileCredentialsImpl(
                        CredentialsScope.GLOBAL,
                        "rig-kubeconfig",
                        "",
                        "config",
                        SecretBytes.fromBytes(kubeconfig.getBytes(StandardCharsets.UTF_8))));
        SystemCredentialsProvider.getInstance().save();
        ClusterConfiguration cluster = new ClusterConfiguration("rig");
        cluster.setCredentialsId("rig-kubeconfig");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
    }

    /** A job of the example's Jenkinsfile, but that nobody waits for connections to end, with its manifests in the workspace. */
    public static WorkflowJob job(String jenkinsfile, String service, String deployment) throws Exception {
        WorkflowJob job = Jenkins.get().createProject(WorkflowJob.class, "addressbook");
        String quick = jenkinsfile.replace("promoteStable app:", "promoteStable drainSeconds: 0, app:");
        assertThat(quick, is(not(jenkinsfile)));
        job.setDefinition(new CpsFlowDefinition(quick, true));
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("TAG"),
                new StringParameterDefinition("NAMESPACE"),
                new StringParameterDefinition("PING")));
        FilePath workspace = Jenkins.get().getWorkspaceFor(job);
        workspace.child("service.yml").write(service, "UTF-8");
        workspace.child("deployment.yml").write(deployment, "UTF-8");
        return job;
    }

    public static QueueTaskFuture<WorkflowRun> release(WorkflowJob job, String namespace, String tag) {
        return job.scheduleBuild2(
                0,
                new ParametersAction(
                        new StringParameterValue("TAG", tag),
                        new StringParameterValue("NAMESPACE", namespace),
                        new StringParameterValue("PING", "echo pong")));
    }
}
