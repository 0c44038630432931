package io.jenkins.plugins.safedeployments.builders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.FreeStyleProject;
import hudson.tasks.Builder;
import hudson.util.FormValidation;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.CanaryTestStep;
import io.jenkins.plugins.safedeployments.steps.ExecTest;
import io.jenkins.plugins.safedeployments.steps.HttpTest;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** The build steps in the form of a freestyle job. */
public class ReleaseBuilderConfigTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of the class, whose forms take their time where much else runs
    }

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
    public void everyFieldSurvivesTheForm() throws Exception {
        roundTrip(
                new CanaryDeployBuilder(canaryDeploy()),
                new CanaryDeployBuilder(byPercent()),
                new CanaryTestBuilder(canaryTest()),
                numberedTest(),
                promote("${RELEASE}"),
                promote(null),
                rollback());
    }

    /** Only what is written as code can have it there. */
    @Test
    public void numberInTheSettingsSurvivesTheForm() throws Exception {
        CanaryTestStep test = new CanaryTestStep("addressbook");
        test.setRelease(7);
        PromoteStableStep promote = new PromoteStableStep("addressbook");
        promote.setRelease(8);
        RollbackCanaryStep rollback = new RollbackCanaryStep("addressbook");
        rollback.setRelease(9);
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new CanaryTestBuilder(test));
        job.getBuildersList().add(new PromoteStableBuilder(promote));
        job.getBuildersList().add(new RollbackCanaryBuilder(rollback));

        jenkins.configRoundtrip(job);

        UnaryOperator<String> nothing = UnaryOperator.identity();
        NumberedReleaseBuilder tests = job.getBuildersList().get(CanaryTestBuilder.class);
        assertThat(((CanaryTestStep) tests.settings(nothing)).getRelease(), is(7));
        NumberedReleaseBuilder promotes = job.getBuildersList().get(PromoteStableBuilder.class);
        assertThat(((PromoteStableStep) promotes.settings(nothing)).getRelease(), is(8));
        NumberedReleaseBuilder rollsBack = job.getBuildersList().get(RollbackCanaryBuilder.class);
        assertThat(((RollbackCanaryStep) rollsBack.settings(nothing)).getRelease(), is(9));
    }

    @Test
    public void formsWithNothingGiveTheDefaults() throws Exception {
        roundTrip(
                new CanaryDeployBuilder(new CanaryDeployStep("addressbook")),
                new CanaryTestBuilder(new CanaryTestStep("addressbook")),
                new PromoteStableBuilder(new PromoteStableStep("addressbook")),
                new RollbackCanaryBuilder(new RollbackCanaryStep("addressbook")));
    }

    private static String forced(RollbackCanaryBuilder builder, String value) throws AbortException {
        RollbackCanaryStep step = (RollbackCanaryStep) builder.settings(text -> text.startsWith("$") ? value : text);
        return step.isForce() + " " + step.isAcknowledgeMigration();
    }

    @Test
    public void postBuildActionSurvivesTheForm() throws Exception {
        RollbackIfFailed action = new RollbackIfFailed();
        action.setUnstable(false);
        action.setPromoted(true);
        action.setAcknowledgeMigration(true);
        for (RollbackIfFailed each : new RollbackIfFailed[] {action, new RollbackIfFailed()}) {
            FreeStyleProject job = jenkins.createFreeStyleProject();
            job.getPublishersList().add(each);

            jenkins.configRoundtrip(job);

            jenkins.assertEqualDataBoundBeans(each, job.getPublishersList().get(RollbackIfFailed.class));
        }
    }

    @Test
    public void formSaysThatTheExecutorIsKept() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new CanaryTestBuilder(canaryTest()));

        HtmlPage page = jenkins.createWebClient().getPage(job, "configure");

        assertThat(
                page.asXml(),
                containsString(
                        "The build keeps its executor while this step waits for pods. Variables of the build, such as"
                                + " ${TAG}, may be used in texts."));
    }

    @Test
    public void variablesAreFilledInWhereTextsMayNameThem() throws Exception {
        EnvVars variables = new EnvVars("APP", "addressbook", "NS", "shop", "TAG", "1.4", "N", "17");
        CanaryDeployStep configured = new CanaryDeployStep("${APP}");
        configured.setNamespace("$NS");
        configured.setImage("registry.example.com/${APP}:${TAG}");
        configured.setManifests("${APP}/*.yml");
        configured.setService("${APP}-lb");
        configured.setVariables(List.of("VERSION=${TAG}", "OTHER=${UNKNOWN}"));
        configured.setReason("because of ${TAG}");

        CanaryDeployStep step = (CanaryDeployStep) configured.expanded(variables::expand);

        assertThat(step.getApp(), is("addressbook"));
        assertThat(step.getNamespace(), is("shop"));
        assertThat(step.getImage(), is("registry.example.com/addressbook:1.4"));
        assertThat(step.getManifests(), is("addressbook/*.yml"));
        assertThat(step.getService(), is("addressbook-lb"));
        assertThat(step.getVariables(), is(List.of("VERSION=1.4", "OTHER=${UNKNOWN}")));
        assertThat(step.getReason(), is("because of 1.4"));
        assertThat("the configuration stays as it is", configured.getApp(), is("${APP}"));
        assertThat(configured.getVariables().get(0), is("VERSION=${TAG}"));

        configured.setManifests("kind: Deployment\nmetadata: {name: $deployment}");
        ReleaseStep withText = configured.expanded(new EnvVars("deployment", "no")::expand);
        assertThat(((CanaryDeployStep) withText).getManifests(), containsString("$deployment"));

        RollbackCanaryStep back = new RollbackCanaryStep("a");
        back.setTo("$N");
        assertThat(((RollbackCanaryStep) back.expanded(variables::expand)).getTo(), is("17"));
        assertThat(((PromoteStableStep) promote("$N").settings(variables::expand)).getRelease(), is(17));
        assertThat(((PromoteStableStep) promote("$EMPTY").settings(text -> "")).getRelease() == null, is(true));
        AbortException wrong =
                assertThrows(AbortException.class, () -> promote("$N").settings(text -> text));
        assertThat(wrong.getMessage(), containsString("'release' is '$N'"));

        RollbackCanaryBuilder forced = new RollbackCanaryBuilder(new RollbackCanaryStep("a"));
        assertThat(forced(forced, "true"), is("false false"));
        forced.setForceIf("${FORCE}");
        assertThat(forced(forced, "true"), is("true false"));
        assertThat(forced(forced, "false"), is("false false"));
        forced.setAcknowledgeMigrationIf("${ACKNOWLEDGE_MIGRATION}");
        assertThat(forced(forced, "TRUE"), is("true true"));
        AbortException unset = assertThrows(AbortException.class, () -> forced(forced, "${FORCE}"));
        assertThat(unset.getMessage(), containsString("'forceIf' is '${FORCE}': give a variable"));
    }

    @Test
    public void variablesPassTheChecksOfTheForm() {
        CanaryDeployStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(CanaryDeployStep.DescriptorImpl.class);

        assertThat(form.doCheckApp(null, "${APP}").kind, is(FormValidation.Kind.OK));
        assertThat(form.doCheckNamespace(null, "$NS").kind, is(FormValidation.Kind.OK));
        assertThat(form.doCheckImage(null, "a:${TAG}").kind, is(FormValidation.Kind.OK));
        assertThat(form.doCheckApp(null, "Foo_Bar").kind, is(FormValidation.Kind.ERROR));
    }

    private static void roundTrip(Builder... builders) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().addAll(List.of(builders));

        jenkins.configRoundtrip(job);

        List<Builder> seen = job.getBuilders();
        assertThat(seen.size(), is(builders.length));
        for (int i = 0; i < builders.length; i++) {
            jenkins.assertEqualDataBoundBeans(builders[i], seen.get(i));
        }
    }

    private static CanaryDeployStep canaryDeploy() {
        CanaryDeployStep step = new CanaryDeployStep("addressbook");
        step.setCluster("production");
        step.setNamespace("shop");
        step.setCredentialsId("token");
        step.setImage("shop/addressbook:${TAG}");
        step.setManifests("k8s/*.yml");
        step.setReplicas(2);
        step.setStableReplicas(5);
        step.setService("web");
        step.setVariables(List.of("A=1", "LOG_LEVEL=debug"));
        step.setTests(canaryTest().getTests());
        step.setOnFailure("keep");
        step.setTimeout(90);
        step.setTimeoutUnit(TimeUnit.SECONDS);
        return step;
    }

    private static CanaryDeployStep byPercent() {
        CanaryDeployStep step = new CanaryDeployStep("addressbook");
        step.setPercent(20);
        step.setOnBusy("wait");
        step.setPostMortem(true);
        step.setSoakMinutes(30);
        step.setForce(true);
        step.setReason("the newer build was a mistake");
        return step;
    }

    private static CanaryTestBuilder numberedTest() {
        CanaryTestBuilder builder = new CanaryTestBuilder(canaryTest());
        builder.setRelease("${RELEASE}");
        return builder;
    }

    private static CanaryTestStep canaryTest() {
        CanaryTestStep step = new CanaryTestStep("addressbook");
        step.setCluster("staging");
        step.setNamespace("shop");
        ExecTest migration = new ExecTest("npm run migrate && echo done");
        migration.setShell(true);
        migration.setMigration(true);
        migration.setContainer("app");
        migration.setTimeoutSeconds(30);
        HttpTest http = new HttpTest("/contacts");
        http.setPort("web");
        http.setScheme("https");
        http.setStatus("200,204");
        http.setBodyContains("Smith");
        http.setAttempts(5);
        http.setIntervalSeconds(2);
        http.setTimeoutSeconds(3);
        http.setPods("all");
        step.setTests(List.of(migration, http, new HttpTest("/")));
        return step;
    }

    private static PromoteStableBuilder promote(String release) {
        PromoteStableStep step = new PromoteStableStep("addressbook");
        step.setCluster("staging");
        step.setNamespace("shop");
        step.setReplicas(3);
        step.setDrainSeconds(20);
        step.setOnFailure("rollback");
        step.setForce(true);
        step.setReason("known flaky test");
        PromoteStableBuilder builder = new PromoteStableBuilder(step);
        builder.setRelease(release);
        return builder;
    }

    private static RollbackCanaryBuilder rollback() {
        RollbackCanaryBuilder builder = new RollbackCanaryBuilder(rollbackCanary());
        builder.setRelease("${RELEASE}");
        builder.setForceIf("${FORCE}");
        builder.setAcknowledgeMigrationIf("${ACKNOWLEDGE_MIGRATION}");
        return builder;
    }

    private static RollbackCanaryStep rollbackCanary() {
        RollbackCanaryStep step = new RollbackCanaryStep("addressbook");
        step.setNamespace("shop");
        step.setReason("too slow");
        step.setPostMortem(false);
        step.setTo("previous");
        step.setAcknowledgeMigration(true);
        step.setCheckImage(true);
        return step;
    }
}
