package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.EnvVars;
import hudson.model.BooleanParameterDefinition;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.builders.CanaryDeployBuilder;
import io.jenkins.plugins.safedeployments.builders.Freestyle;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.ExecTest;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The page that asks whether a rollback shall be, and what becomes of its answers, against a real API server. */
public class ConfirmationTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of the class, whose pages take their time where much else runs
    }

    @Rule
    public TestCluster target = new TestCluster();

    private static boolean configured;
    private Freestyle freestyle;
    private String name;
    private WorkflowJob rollback;

    @Before
    public void configure() throws Exception {
        freestyle = new Freestyle(jenkins, target);
        name = target.namespace();
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
        rollback = jenkins.createProject(WorkflowJob.class, name + "-rollback");
        rollback.setDefinition(new CpsFlowDefinition(
                Files.readString(Path.of("docs/examples/promotions/rollback.Jenkinsfile")), true));
    }

    @After
    public void letEverybodyIn() {
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
    }

    @Test
    public void rollbackOfMigratedDataIsAcknowledgedAndTakesItsParameters() throws Exception {
        rollback.addProperty(new ParametersDefinitionProperty(
                new ChoiceParameterDefinition("COLOR", new String[] {"blue", "green"}, ""),
                new BooleanParameterDefinition("NOISY", false, "")));
        CanaryDeployStep step = Freestyle.canary("1.0");
        ExecTest migration = new ExecTest("echo migrated");
        migration.setMigration(true);
        step.setTests(List.of(migration));
        FreeStyleProject canary = canaryJob(step);
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);
        secured(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice"));

        WebResponse noReason = post("alice", run, "start", "kind=roll_back");
        assertThat(noReason.getStatusCode(), is(400));
        assertThat(noReason.getContentAsString(), containsString("Say why."));
        WebResponse noChoice = post(
                "alice",
                run,
                "start",
                "kind=roll_back&reason=slow&json="
                        + URLEncoder.encode(
                                "{\"parameter\": {\"name\": \"COLOR\", \"value\": \"red\"}}", StandardCharsets.UTF_8));
        assertThat(noChoice.getStatusCode(), is(400));
        assertThat(noChoice.getContentAsString(), containsString("parameter COLOR"));
        assertThat(rollback.getLastBuild(), nullValue());

        HtmlPage page = confirm(run, "roll_back-1");
        assertThat(page.asNormalizedText(), containsString("Data was migrated ("));
        assertThat(page.asNormalizedText(), containsString(" in release 1), which this does not bring back."));
        HtmlForm form = page.getFormByName("start");
        form.getInputByName("acknowledgeMigration").setChecked(true);
        form.getInputByName("reason").setValue("too slow");
        form.getSelectByName("value").setSelectedAttribute("green", true);
        form.getInputsByName("value").get(0).setChecked(true);
        jenkins.submit(form);

        Run<?, ?> done = awaitEnd();
        EnvVars told = done.getEnvironment(TaskListener.NULL);
        assertThat(told.get("ACKNOWLEDGE_MIGRATION"), is("true"));
        assertThat(told.get("COLOR"), is("green"));
        assertThat(told.get("NOISY"), is("true"));
        assertThat(freestyle.release(1).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(1).cause(), is("too slow"));
    }

    /** What the cluster does not tell may still have to be acknowledged. */
    @Test
    public void clusterThatDoesNotAnswer_leavesTheNumbersOut() throws Exception {
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canaryJob(Freestyle.canary("1.0")));
        freestyle.job(name + "-stable", Freestyle.promote());
        assertThat(confirm(run, "roll_back-1").getElementsByName("acknowledgeMigration"), is(empty()));
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("rig");
        String credentials = cluster.getCredentialsId();
        cluster.setCredentialsId("gone");
        try {
            HtmlPage page = confirm(run, "roll_back-1");
            assertThat(page.asNormalizedText(), containsString("The cluster could not be asked"));
            assertThat(page.asNormalizedText(), containsString("It is not known whether data was migrated"));
            page.getFormByName("start").getInputByName("acknowledgeMigration");
            HtmlPage promote = confirm(run, "promote-1");
            assertThat(promote.asNormalizedText(), containsString("The cluster could not be asked"));
            assertThat(promote.asNormalizedText(), not(containsString("migrated")));
        } finally {
            cluster.setCredentialsId(credentials);
        }
    }

    @Test
    public void onlyWhoMayCanRollBackOrReturn() throws Exception {
        FreeStyleProject canary = canaryJob(Freestyle.canary("1.0"));
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);
        secured(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "builder", "promoter", "roller")
                .grant(Item.BUILD)
                .everywhere()
                .to("builder", "promoter")
                .grant(SafeDeploymentsPermissions.PROMOTE)
                .onItems(canary)
                .to("promoter")
                .grant(SafeDeploymentsPermissions.ROLL_BACK)
                .onItems(canary)
                .to("roller"));

        for (String kind : List.of("roll_back", "return")) {
            for (String who : List.of("reader", "builder", "promoter")) {
                assertThat(
                        who,
                        post(who, run, "start", "kind=" + kind + "&reason=x").getStatusCode(),
                        is(403));
                assertThat(who, post(who, run, "confirm", "kind=" + kind).getStatusCode(), is(403));
            }
            WebResponse mayNotBuild = post("roller", run, "start", "kind=" + kind + "&reason=x");
            assertThat(mayNotBuild.getStatusCode(), is(409));
            assertThat(mayNotBuild.getContentAsString(), containsString("You may not build " + name + "-rollback."));
            assertThat(
                    answer("roller", run, "start", "kind=" + kind + "&reason=x", HttpMethod.GET, true)
                            .getStatusCode(),
                    is(405));
            assertThat(
                    "without a crumb",
                    answer("roller", run, "start", "kind=" + kind + "&reason=x", HttpMethod.POST, false)
                            .getStatusCode(),
                    is(403));
        }
        assertThat(post("roller", run, "start", "kind=promote").getStatusCode(), is(403));
        assertThat(rollback.getLastBuild(), nullValue());
    }

    @Test
    public void numbersOfReleasesHaveNoCommas() {
        assertThat(Messages.Handover_InProgress(1234, "canary ready"), containsString("release 1234 is in progress"));
    }

    private FreeStyleProject canaryJob(CanaryDeployStep step) throws Exception {
        FreeStyleProject job = freestyle.job(name + "-canary", new CanaryDeployBuilder(step));
        PromotionProperty property = new PromotionProperty();
        property.setStableJob(name + "-stable");
        property.setRollbackJob(name + "-rollback");
        job.addProperty(property);
        return job;
    }

    private static void secured(MockAuthorizationStrategy strategy) {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(strategy);
    }

    private static HtmlPage confirm(Run<?, ?> run, String form) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient();
        HtmlPage page = (jenkins.jenkins.isUseSecurity() ? client.withBasicCredentials("alice") : client)
                .goTo(run.getUrl() + "releases");
        return page.getFormByName(form)
                .getOneHtmlElementByAttribute("button", "type", "submit")
                .click();
    }

    private WebResponse post(String user, Run<?, ?> run, String what, String query) throws Exception {
        return answer(user, run, what, query, HttpMethod.POST, true);
    }

    private WebResponse answer(String user, Run<?, ?> run, String what, String query, HttpMethod method, boolean crumb)
            throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .withBasicCredentials(user);
        client.getOptions().setRedirectEnabled(false);
        String all = query + "&cluster=rig&namespace=" + name + "&app=addressbook&release=1";
        WebRequest request =
                new WebRequest(new URL(jenkins.getURL(), run.getUrl() + "releases/" + what + "?" + all), method);
        return client.loadWebResponse(crumb && method == HttpMethod.POST ? client.addCrumb(request) : request);
    }

    private Run<?, ?> awaitEnd() throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> {
            Run<?, ?> run = rollback.getBuildByNumber(1);
            return run != null && !run.isBuilding();
        });
        Run<?, ?> run = rollback.getBuildByNumber(1);
        jenkins.assertBuildStatusSuccess((Run) run);
        return run;
    }
}
