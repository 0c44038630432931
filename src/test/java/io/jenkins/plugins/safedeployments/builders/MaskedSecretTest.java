package io.jenkins.plugins.safedeployments.builders;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.FilePath;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.credentialsbinding.impl.SecretBuildWrapper;
import org.jenkinsci.plugins.credentialsbinding.impl.StringBinding;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Values of bound credentials that get into manifests where anybody reads them. */
public class MaskedSecretTest {

    private static final String VALUE = "open-sesame";

    private static final String WARNING = "warning      The value of WORD is a secret, and will be in plain text in"
            + " ConfigMap addressbook-words: put it into a Secret, and let the pods refer to that.";

    private static final String CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: addressbook-words}\n"
            + "data: {word: 'the word is $FILLED'}\n";

    private static final String SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: addressbook-word}\n"
            + "stringData: {word: '$FILLED'}\n";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 300; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    private static boolean configured;

    @Before
    public void configure() throws IOException {
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            SystemCredentialsProvider.getInstance()
                    .getCredentials()
                    .add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "word", "", Secret.fromString(VALUE)));
            configured = true;
        }
    }

    @Test
    public void pipelineIsWarnedOfOneThatIsNotInASecret() throws Exception {
        Run<?, ?> run = pipeline("open", CONFIG + SECRET);

        jenkins.assertLogContains(WARNING, run);
        jenkins.assertLogNotContains(VALUE, run);
    }

    @Test
    public void pipelineIsNotWarnedOfOneInASecret() throws Exception {
        Run<?, ?> run = pipeline("hidden", SECRET);

        jenkins.assertLogNotContains("The value of", run);
        jenkins.assertLogNotContains(VALUE, run);
    }

    @Test
    public void freestyleBuildIsWarnedAsWell() throws Exception {
        CanaryDeployStep step = Freestyle.canary("1.0");
        step.setVariables(List.of("FILLED=${WORD}"));
        FreeStyleProject job = new Freestyle(jenkins, target).job("freestyle", new CanaryDeployBuilder(step));
        job.getBuildWrappersList().add(new SecretBuildWrapper(List.of(new StringBinding("WORD", "word"))));
        write(jenkins.jenkins.getWorkspaceFor(job), CONFIG + SECRET);

        Run<?, ?> run = jenkins.buildAndAssertSuccess(job);

        jenkins.assertLogContains(WARNING, run);
        jenkins.assertLogNotContains(VALUE, run);
    }

    private Run<?, ?> pipeline(String name, String more) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(
                "node { withCredentials([string(credentialsId: 'word', variable: 'WORD')]) {\n"
                        + "canaryDeploy app: 'addressbook', namespace: '" + target.namespace()
                        + "', image: 'registry.example.com/addressbook:1.0', manifests: 'k8s/*.yml',"
                        + " variables: ['FILLED=' + WORD]\n} }",
                true));
        FilePath workspace = jenkins.jenkins.getWorkspaceFor(job);
        for (String file : List.of("service.yml", "deployment.yml")) {
            workspace.child("k8s/" + file).write(AddressBook.file(file), "UTF-8");
        }
        write(workspace, more);
        return jenkins.buildAndAssertSuccess(job);
    }

    private static void write(FilePath workspace, String more) throws IOException, InterruptedException {
        workspace.child("k8s/words.yml").write(more, "UTF-8");
    }
}
