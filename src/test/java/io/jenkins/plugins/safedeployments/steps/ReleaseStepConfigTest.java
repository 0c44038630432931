package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The steps in the Snippet Generator: what the form shows is what the script says, and the other way round. */
public class ReleaseStepConfigTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    private final StepConfigTester form = new StepConfigTester(jenkins);
    private final SnippetizerTester snippets = new SnippetizerTester(jenkins);

    @BeforeClass
    public static void configure() throws Exception {
        SafeDeploymentsConfiguration.get()
                .setClusters(List.of(new ClusterConfiguration("production"), new ClusterConfiguration("staging")));
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "token", "", Secret.fromString("s3cr3t")));
        SystemCredentialsProvider.getInstance().save();
    }

    @Test
    public void canaryDeployWithEverything() throws Exception {
        CanaryDeployStep step = canaryDeploy();

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(
                step,
                "canaryDeploy app: 'addressbook', cluster: 'production', credentialsId: 'token', image: 'shop/addressbook:1.4',"
                        + " manifests: 'k8s/*.yml', namespace: 'shop', onFailure: 'keep',"
                        + " preconditions: [conditionHolds('branch = \\'master\\''), deploymentExists('database'),"
                        + " deploymentSize(deployment: 'addressbook-stable', op: '>=', size: 2), lastReleaseGood(),"
                        + " judgmentGiven(id: 'qa', outcome: 'continue')], replicas: 2, rollbackJob: 'rollback', service: 'web',"
                        + " stableReplicas: 5, tests: [exec(command: 'npm run ping', container: 'app', timeoutSeconds: 30)],"
                        + " timeout: 90, timeoutUnit: 'SECONDS', variables: ['A=1', 'LOG_LEVEL=debug']");
    }

    @Test
    public void canaryDeployWithNothing() throws Exception {
        CanaryDeployStep step = new CanaryDeployStep("addressbook");

        CanaryDeployStep seen = form.configRoundTrip(step);

        assertThat(seen.getReplicas(), is(1));
        assertThat(seen.getOnFailure(), is("rollback"));
        assertThat(seen.getVariables(), is(List.of()));
        snippets.assertRoundTrip(step, "canaryDeploy 'addressbook'");
        assertThat(
                DescribableModel.uninstantiate_(new CanaryDeployStep("addressbook")), is(Map.of("app", "addressbook")));
    }

    @Test
    public void canaryDeployByPercent_keepsItsPlace() throws Exception {
        CanaryDeployStep step = new CanaryDeployStep("addressbook");
        step.setNamespace("shop");
        step.setPercent(20);
        step.setOnBusy("wait");
        step.setPostMortem(true);
        step.setSoakMinutes(30);
        step.setForce(true);
        step.setReason("the newer build was a mistake");

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(
                step,
                "canaryDeploy app: 'addressbook', force: true, namespace: 'shop', onBusy: 'wait', percent: 20, postMortem: true,"
                        + " reason: 'the newer build was a mistake', soakMinutes: 30");
    }

    @Test
    public void promoteStable() throws Exception {
        PromoteStableStep step = new PromoteStableStep("addressbook");
        step.setCluster("staging");
        step.setNamespace("shop");
        step.setRelease(17);
        step.setReplicas(3);
        step.setDrainSeconds(20);
        step.setOnFailure("rollback");
        step.setForce(true);
        step.setReason("known flaky test");

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(
                step,
                "promoteStable app: 'addressbook', cluster: 'staging', drainSeconds: 20, force: true, namespace: 'shop',"
                        + " onFailure: 'rollback', reason: 'known flaky test', release: 17, replicas: 3");
        snippets.assertRoundTrip(new PromoteStableStep("addressbook"), "promoteStable 'addressbook'");
    }

    @Test
    public void rollbackCanary() throws Exception {
        RollbackCanaryStep step = new RollbackCanaryStep("addressbook");
        step.setNamespace("shop");
        step.setReason("too slow");
        step.setPostMortem(false);
        step.setTo("17");
        step.setAcknowledgeMigration(true);
        step.setCheckImage(true);
        step.setRelease(18);

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(
                step,
                "rollbackCanary acknowledgeMigration: true, app: 'addressbook', checkImage: true, namespace: 'shop',"
                        + " postMortem: false, reason: 'too slow', release: 18, to: '17'");
        snippets.assertRoundTrip(new RollbackCanaryStep("addressbook"), "rollbackCanary 'addressbook'");
    }

    @Test
    public void canaryTestWithEverything() throws Exception {
        CanaryTestStep step = new CanaryTestStep("addressbook");
        step.setCluster("staging");
        step.setNamespace("shop");
        ExecTest migration = new ExecTest("npm run migrate && echo done");
        migration.setShell(true);
        migration.setMigration(true);
        ExecTest everywhere = new ExecTest("true");
        everywhere.setPods("all");
        HttpTest http = new HttpTest("/contacts");
        http.setPort("web");
        http.setScheme("https");
        http.setStatus("200,204");
        http.setBodyContains("Smith");
        http.setAttempts(5);
        http.setIntervalSeconds(2);
        http.setTimeoutSeconds(3);
        http.setPods("all");
        step.setRelease(7);
        step.setTests(List.of(migration, everywhere, http, new HttpTest("/")));

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(
                step,
                "canaryTest app: 'addressbook', cluster: 'staging', namespace: 'shop', release: 7, tests:"
                        + " [exec(command: 'npm run migrate && echo done', migration: true, shell: true),"
                        + " exec(command: 'true', pods: 'all'), http(attempts: 5, bodyContains: 'Smith',"
                        + " intervalSeconds: 2, path: '/contacts', pods: 'all', port: 'web', scheme: 'https',"
                        + " status: '200,204', timeoutSeconds: 3), http('/')]");
        snippets.assertRoundTrip(new CanaryTestStep("addressbook"), "canaryTest 'addressbook'");
    }

    @Test
    public void testsAreCheckedAsTheyAreTyped() throws Exception {
        ExecTest.DescriptorImpl exec = jenkins.jenkins.getDescriptorByType(ExecTest.DescriptorImpl.class);
        HttpTest.DescriptorImpl http = jenkins.jenkins.getDescriptorByType(HttpTest.DescriptorImpl.class);

        assertThat(exec.doCheckCommand(null, "a 'b", false).kind, is(FormValidation.Kind.ERROR));
        assertThat(exec.doCheckCommand(null, "a 'b", true).kind, is(FormValidation.Kind.OK));
        assertThat(exec.doCheckMigration(null, true, "all").kind, is(FormValidation.Kind.ERROR));
        assertThat(exec.doCheckMigration(null, true, "one").kind, is(FormValidation.Kind.OK));
        assertThat(exec.doCheckTimeoutSeconds(null, "0").kind, is(FormValidation.Kind.ERROR));
        assertThat(http.doCheckPath(null, "/../x").kind, is(FormValidation.Kind.ERROR));
        assertThat(http.doCheckPath(null, "/x").kind, is(FormValidation.Kind.OK));
        assertThat(http.doCheckPort(null, "0").kind, is(FormValidation.Kind.ERROR));
        assertThat(http.doCheckStatus(null, "2xx").kind, is(FormValidation.Kind.ERROR));
        assertThat(http.doCheckAttempts(null, "0").kind, is(FormValidation.Kind.ERROR));
        assertThat(http.doCheckIntervalSeconds(null, "1").kind, is(FormValidation.Kind.OK));
        assertThat(http.doFillPodsItems(null).size(), is(2));
        assertThat(http.doFillSchemeItems(null).size(), is(2));
    }

    @Test
    public void whoMayNotConfigureLearnsNothing() throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("bob"));
        try (ACLContext bob = ACL.as2(User.getOrCreateByIdOrFullName("bob").impersonate2())) {
            ExecTest.DescriptorImpl exec = jenkins.jenkins.getDescriptorByType(ExecTest.DescriptorImpl.class);
            HttpTest.DescriptorImpl http = jenkins.jenkins.getDescriptorByType(HttpTest.DescriptorImpl.class);

            assertThat(exec.doCheckCommand(null, "a 'b", false).kind, is(FormValidation.Kind.OK));
            assertThat(http.doCheckPath(null, "/../x").kind, is(FormValidation.Kind.OK));
            assertThat(http.doCheckAttempts(null, "0").kind, is(FormValidation.Kind.OK));
            assertThat(http.doFillPodsItems(null).size(), is(0));
            assertThat(http.doFillSchemeItems(null).size(), is(0));
        } finally {
            jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
            jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        }
    }

    @Test
    public void referencePagesAreComplete() throws Exception {
        SnippetizerTester.assertDocGeneration(CanaryDeployStep.class);
        SnippetizerTester.assertDocGeneration(CanaryTestStep.class);
        SnippetizerTester.assertDocGeneration(PromoteStableStep.class);
        SnippetizerTester.assertDocGeneration(RollbackCanaryStep.class);
    }

    private static CanaryDeployStep canaryDeploy() {
        CanaryDeployStep step = new CanaryDeployStep("addressbook");
        step.setCluster("production");
        step.setNamespace("shop");
        step.setCredentialsId("token");
        step.setImage("shop/addressbook:1.4");
        step.setManifests("k8s/*.yml");
        step.setReplicas(2);
        step.setStableReplicas(5);
        step.setService("web");
        step.setVariables(List.of("A=1", "LOG_LEVEL=debug"));
        ExecTest test = new ExecTest("npm run ping");
        test.setContainer("app");
        test.setTimeoutSeconds(30);
        step.setTests(List.of(test));
        JudgmentPrecondition judgment = new JudgmentPrecondition("qa");
        judgment.setOutcome("continue");
        step.setPreconditions(List.of(
                new ConditionPrecondition("branch = 'master'"),
                new DeploymentExistsPrecondition("database"),
                new DeploymentSizePrecondition("addressbook-stable", ">=", 2),
                new LastReleaseGoodPrecondition(),
                judgment));
        step.setRollbackJob("rollback");
        step.setOnFailure("keep");
        step.setTimeout(90);
        step.setTimeoutUnit(TimeUnit.SECONDS);
        return step;
    }
}
