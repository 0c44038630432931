package io.jenkins.plugins.safedeployments.builders;

import static io.jenkins.plugins.safedeployments.builders.Freestyle.canary;
import static io.jenkins.plugins.safedeployments.builders.Freestyle.deploy;
import static io.jenkins.plugins.safedeployments.builders.Freestyle.promote;
import static io.jenkins.plugins.safedeployments.builders.Freestyle.rollback;
import static io.jenkins.plugins.safedeployments.builders.Freestyle.test;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.User;
import hudson.tasks.Shell;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.ExecTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The build steps in freestyle jobs, against a real API server. */
public class FreestyleReleaseTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    private static boolean configured;
    private Freestyle freestyle;

    @Before
    public void configure() throws Exception {
        freestyle = new Freestyle(jenkins, target);
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
    }

    @Test
    public void canaryIsTestedPromotedAndTakenBack() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(freestyle.job(
                "happy",
                deploy("1.0"),
                test("echo pong"),
                promote(),
                rollback(""),
                new Shell("echo $RELEASE_NUMBER, $SERVICE_ADDRESS.")));

        jenkins.assertLogContains("This build does not go on after a restart", build);
        jenkins.assertLogContains("'echo pong' passed (", build);
        jenkins.assertLogContains("release 1 (registry.example.com/addressbook:1.0)", build);
        jenkins.assertLogContains("is stable after", build);
        jenkins.assertLogContains("echo 1, .", build); // no cloud gives the Service an address here
        jenkins.assertLogContains("Nothing to roll back: no release of addressbook in " + target.namespace(), build);
        assertThat(freestyle.release(1).phase(), is(Phase.PROMOTED));
        assertThat(freestyle.release(1).origin().run(), is("happy #1"));

        FreeStyleBuild next = jenkins.buildAndAssertSuccess(freestyle.job("next", deploy("1.1")));
        jenkins.assertLogContains("canary       desired", next);
        FreeStyleBuild back = jenkins.buildAndAssertSuccess(freestyle.job("back", rollback("")));
        jenkins.assertLogContains("is rolled back after", back);
        assertThat(freestyle.has("canary"), is(false));
    }

    @Test
    public void failedTestIsRolledBackAndFailsTheBuild() throws Exception {
        CanaryDeployStep step = canary("1.0");
        step.setTests(List.of(new ExecTest("false")));

        FreeStyleBuild build = fails("test-fails", new CanaryDeployBuilder(step));

        jenkins.assertLogContains("ERROR: The test 'false' failed in pod addressbook-canary-", build);
        jenkins.assertLogNotContains("\tat ", build);
        assertThat(build.getArtifacts().stream().anyMatch(a -> a.relativePath.endsWith("/cause.txt")), is(true));
        assertThat(freestyle.has("canary"), is(false));
        assertThat(freestyle.release(1).phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void abortedBuildIsRolledBackAndStaysAborted() throws Exception {
        FreeStyleBuild build = freestyle
                .job("aborted", deploy("1.0-never-ready"), test("true"))
                .scheduleBuild2(0)
                .waitForStart();
        jenkins.waitForMessage("applied ", build);

        build.getExecutor()
                .interrupt(
                        Result.ABORTED,
                        new CauseOfInterruption.UserInterruption(User.getOrCreateByIdOrFullName("alice")));

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("canary       removed", build);
        jenkins.assertLogContains("ERROR: Aborted by alice", build);
        jenkins.assertLogNotContains("[addressbook] test", build);
        assertThat(freestyle.has("canary"), is(false));
        assertThat(freestyle.release(1).cause(), is("Aborted by alice"));
    }

    @Test
    public void failedBuildIsTakenBackAfterItsSteps() throws Exception {
        FreeStyleProject job = freestyle.job("post-build", deploy("1.0"), promote(), deploy("1.1"), test("false"));
        job.getPublishersList().add(new RollbackIfFailed());

        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job);

        jenkins.assertLogContains("rollback     release 2 (registry.example.com/addressbook:1.1)", build);
        jenkins.assertLogContains("is rolled back after", build);
        assertThat("what is promoted stays", freestyle.release(1).phase(), is(Phase.PROMOTED));
        assertThat(freestyle.release(2).phase(), is(Phase.ROLLED_BACK));

        FreeStyleProject smoke = freestyle.job("smoke-test", deploy("1.2"), promote(), test("false"));
        RollbackIfFailed promotedToo = new RollbackIfFailed();
        promotedToo.setPromoted(true);
        smoke.getPublishersList().add(promotedToo);
        jenkins.buildAndAssertStatus(Result.FAILURE, smoke);
        assertThat(freestyle.release(3).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(3).facts().returnTo(), is(1));

        FreeStyleProject untouched = freestyle.job("untouched", test("false"));
        jenkins.buildAndAssertSuccess(freestyle.job("other", deploy("1.3")));
        untouched.getPublishersList().add(promotedToo);
        FreeStyleBuild nothing = jenkins.buildAndAssertStatus(Result.FAILURE, untouched);
        jenkins.assertLogNotContains("[addressbook] rollback ", nothing);
        assertThat("the release of another build", freestyle.has("canary"), is(true));

        RollbackCanaryBuilder another = rollback("");
        another.setRelease("3");
        jenkins.assertLogContains(
                "Nothing to roll back: of addressbook in " + target.namespace()
                        + " on rig not release 3 is in progress, but release 4",
                jenkins.buildAndAssertSuccess(freestyle.job("of-another", another)));
    }

    @Test
    public void badSettingsAreSaidInOneSentence() throws Exception {
        CanaryDeployStep app = canary("1.0");
        app.setNamespace("${UNDEFINED}");
        jenkins.assertLogContains(
                "ERROR: 'namespace' is '${UNDEFINED}'", fails("undefined", new CanaryDeployBuilder(app)));

        CanaryDeployStep files = canary("1.0");
        files.setManifests("../secret.yml");
        jenkins.assertLogContains("outside the workspace", fails("outside", new CanaryDeployBuilder(files)));

        jenkins.assertLogContains("is in canary: run canaryDeploy first", fails("early", promote()));

        PromoteStableBuilder wrong = promote();
        wrong.setRelease("none");
        jenkins.assertLogContains("ERROR: 'release' is 'none': give the number", fails("word", wrong));
    }

    @Test
    public void credentialsOutOfReachAreNotUsed() throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new FileCredentialsImpl(
                        CredentialsScope.SYSTEM,
                        "system",
                        "",
                        "config",
                        SecretBytes.fromBytes(TestCluster.kubeconfig().getBytes(StandardCharsets.UTF_8))));
        for (String id : new String[] {"none", "system"}) {
            CanaryDeployStep step = canary("1.0");
            step.setCredentialsId(id);

            FreeStyleBuild build = fails("credentials-" + id, new CanaryDeployBuilder(step));

            jenkins.assertLogContains(
                    "ERROR: 'credentialsId' is '" + id + "', but this job can use no kubeconfig file", build);
        }
    }

    private FreeStyleBuild fails(String name, hudson.tasks.Builder builder) throws Exception {
        FreeStyleProject job = freestyle.job(name, builder);
        return jenkins.buildAndAssertStatus(Result.FAILURE, job);
    }
}
