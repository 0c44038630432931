package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.EnvVars;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BooleanParameterDefinition;
import hudson.model.BooleanParameterValue;
import hudson.model.BuildListener;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.PasswordParameterDefinition;
import hudson.model.PasswordParameterValue;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import hudson.model.TextParameterDefinition;
import hudson.model.TextParameterValue;
import hudson.model.TopLevelItem;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.triggers.BranchScm;
import java.net.URL;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.FailureBuilder;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestBuilder;
import org.jvnet.hudson.test.UnstableBuilder;

/** From a build that has released nothing to the job that brings it into canary: the first promotion of a pipeline. */
public class RunPromotionTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void noQuietPeriod() throws Exception {
        jenkins.jenkins.setQuietPeriod(0);
    }

    @After
    public void deleteAll() throws Exception {
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.waitUntilNoActivity();
        for (TopLevelItem item : jenkins.jenkins.getItems()) {
            item.delete();
        }
    }

    /** With what the build knows, and what somebody types. */
    @Test
    public void buttonAsksAndHandsOn() throws Exception {
        FreeStyleProject ci = ciJob(null);
        ci.setScm(new BranchScm("origin/master", "1f2e3d"));
        ci.addProperty(parameters(
                new StringParameterDefinition("TAG", "latest"),
                new TextParameterDefinition("NOTES", "", ""),
                new BooleanParameterDefinition("NOISY", false, ""),
                new ChoiceParameterDefinition("COLOR", new String[] {"blue", "green"}, ""),
                new PasswordParameterDefinition("KEY", "unset", "")));
        FreeStyleProject canary = canaryJob();
        canary.addProperty(parameters(
                new StringParameterDefinition("TAG", "latest"),
                new TextParameterDefinition("NOTES", "", ""),
                new BooleanParameterDefinition("NOISY", false, ""),
                new ChoiceParameterDefinition("COLOR", new String[] {"red", "blue", "green"}, ""),
                new PasswordParameterDefinition("KEY", "unset", ""),
                new StringParameterDefinition("TICKET", "none")));
        Run<?, ?> run = build(
                ci,
                new StringParameterValue("TAG", "1.0<b>"),
                new TextParameterValue("NOTES", "one\ntwo"),
                new BooleanParameterValue("NOISY", true),
                new StringParameterValue("COLOR", "green"),
                new PasswordParameterValue("KEY", "s3cret"));
        secured(everything());

        HtmlPage seen = jenkins.createWebClient().withBasicCredentials("alice").goTo(run.getUrl());
        HtmlPage confirm = submit(seen.getFormByName("promote-run"));
        assertThat(confirm.asNormalizedText(), containsString("Promote to canary: ci #1"));
        assertThat(confirm.getWebResponse().getContentAsString(), not(containsString("s3cret")));
        HtmlForm form = confirm.getFormByName("start");
        assertThat(form.getInputByValue("1.0<b>").getNameAttribute(), is("value"));
        assertThat(
                form.getSelectsByName("value")
                        .get(0)
                        .getSelectedOptions()
                        .get(0)
                        .getText(),
                is("green"));
        form.getInputByValue("none").setValue("T-17");
        jenkins.submit(form);
        jenkins.waitUntilNoActivity();

        Run<?, ?> promoted = canary.getBuildByNumber(1);
        EnvVars told = promoted.getEnvironment(TaskListener.NULL);
        assertThat(told.get("TAG"), is("1.0<b>"));
        assertThat(told.get("NOTES").lines().toList(), contains("one", "two"));
        assertThat(told.get("NOISY"), is("true"));
        assertThat(told.get("COLOR"), is("green"));
        assertThat(told.get("TICKET"), is("T-17"));
        assertThat(told.get("PROMOTED_JOB"), is("ci"));
        assertThat(told.get("PROMOTED_NUMBER"), is("1"));
        assertThat(told.get("PROMOTED_URL"), is(jenkins.getURL() + run.getUrl()));
        assertThat(told.get("PROMOTED_RESULT"), is("SUCCESS"));
        assertThat(told.get("PROMOTED_BRANCH"), is("master"));
        assertThat(told.get("PROMOTED_COMMIT"), is("1f2e3d"));
        assertThat(told.get("PROMOTED_TAG"), is(""));
        ParameterValue key = parameter(promoted, "KEY");
        assertThat(key, instanceOf(PasswordParameterValue.class));
        assertThat(((PasswordParameterValue) key).getValue().getPlainText(), is("s3cret"));

        String after = text("alice", run.getUrl());
        assertThat(after, containsString("Promoted to canary #1: SUCCESS (asked for by alice)"));
        assertThat(
                page("alice", promoted.getUrl())
                        .getAnchorByHref("/jenkins/" + run.getUrl())
                        .asNormalizedText(),
                is("Promotion of ci #1, asked for by alice"));
        jenkins.assertLogContains("Promotion of ci #1, asked for by alice", promoted);
        assertThat("and again", post("alice", run, true).getStatusCode(), is(302));
    }

    /** A secret does not become a text, nor a text a choice that there is not. */
    @Test
    public void whatDoesNotFitIsNotHandedOn() throws Exception {
        FreeStyleProject ci = ciJob("result = 'passed'");
        ci.addProperty(parameters(
                new PasswordParameterDefinition("KEY", "unset", ""),
                new StringParameterDefinition("COLOR", ""),
                new StringParameterDefinition("OTHER", "")));
        FreeStyleProject canary = canaryJob();
        canary.addProperty(parameters(
                new StringParameterDefinition("KEY", "own"),
                new ChoiceParameterDefinition("COLOR", new String[] {"red", "blue"}, "")));

        build(
                ci,
                new PasswordParameterValue("KEY", "s3cret"),
                new StringParameterValue("COLOR", "pink"),
                new StringParameterValue("OTHER", "here"));

        Run<?, ?> promoted = canary.getBuildByNumber(1);
        assertThat(parameter(promoted, "KEY").getValue(), is("own"));
        assertThat(parameter(promoted, "COLOR").getValue(), is("red"));
        assertThat(parameter(promoted, "OTHER"), nullValue());
    }

    @Test
    public void onlyWhoMayCanPromote() throws Exception {
        FreeStyleProject ci = ciJob(null);
        FreeStyleProject canary = canaryJob();
        Run<?, ?> run = build(ci);
        secured(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "builder", "promoter", "both")
                .grant(Item.BUILD)
                .everywhere()
                .to("builder", "both")
                .grant(SafeDeploymentsPermissions.PROMOTE)
                .onItems(ci)
                .to("promoter", "finder", "both")
                .grant(Jenkins.READ)
                .everywhere()
                .to("finder")
                .grant(Item.READ)
                .onItems(ci)
                .to("finder"));

        assertThat(post("reader", run, true).getStatusCode(), is(403));
        assertThat(post("builder", run, true).getStatusCode(), is(403));
        assertThat(post("promoter", run, true).getStatusCode(), is(409));
        assertThat(post("finder", run, true).getStatusCode(), is(409));
        assertThat(post("both", run, false).getStatusCode(), is(403));
        for (String url : List.of("releases/startRun", "releases/confirmRun")) {
            assertThat(answer("both", run, url, HttpMethod.GET, true).getStatusCode(), is(405));
            assertThat(answer("builder", run, url, HttpMethod.POST, true).getStatusCode(), is(403));
        }
        jenkins.waitUntilNoActivity();
        assertThat(canary.getLastBuild(), nullValue());

        locked("builder", run, "You do not have the permission Safe Deployments/Promote on this job.");
        locked("promoter", run, "You may not build canary.");
        locked("finder", run, "The job that is named for it is not there, or you may not see it.");
        assertThat(text("finder", run.getUrl()), not(containsString("Promote to canary")));
        assertThat(post("both", run, true).getStatusCode(), is(302));
        jenkins.waitUntilNoActivity();
        assertThat(text("finder", run.getUrl()), not(containsString("canary #1")));
    }

    @Test
    public void lockedUntilItMakesSense() throws Exception {
        FreeStyleProject ci = ciJob(null);
        FreeStyleProject canary = canaryJob();
        ci.getBuildersList().add(new Waiting());
        Waiting.released = new CountDownLatch(1);
        FreeStyleBuild building = ci.scheduleBuild2(0).waitForStart();
        secured(everything());
        refused(building, "ci #1 is still under way.");
        Waiting.released.countDown();
        jenkins.waitForCompletion(building);

        ci.getBuildersList().replaceBy(List.of(new FailureBuilder()));
        refused(build(ci), "ci #2 has ended with FAILURE.");
        ci.getBuildersList().replaceBy(List.of(new UnstableBuilder()));
        Run<?, ?> unstable = build(ci);

        canary.addProperty(parameters(new ChoiceParameterDefinition("COLOR", new String[0], "")));
        WebResponse noValue = post("alice", unstable, true);
        assertThat(noValue.getStatusCode(), is(400));
        assertThat(noValue.getContentAsString(), containsString("parameter COLOR has no value"));
        canary.removeProperty(ParametersDefinitionProperty.class);
        jenkins.jenkins.setNumExecutors(0);
        assertThat(post("alice", unstable, true).getStatusCode(), is(302));
        refused(unstable, "canary is in the queue for this already, asked for by alice.");
        jenkins.jenkins.setNumExecutors(2);
        jenkins.waitUntilNoActivity();

        canary.disable();
        refused(unstable, "canary is disabled.");
        property(ci).setCanaryJob("nowhere");
        refused(unstable, "The job that is named for it is not there, or you may not see it.");
        property(ci).setCanaryJob("ci");
        refused(unstable, "This is the job itself");
        property(ci).setCanaryJob(null);
        assertThat(post("alice", unstable, true).getStatusCode(), is(404));
        assertThat(canary.getLastBuild().getNumber(), is(1));
    }

    /** As when one has changed the Pipeline on a branch that an editor has made for it. */
    @Test
    public void startsByItselfOnceOrSaysWhyNot() throws Exception {
        FreeStyleProject ci = ciJob("result = 'passed' and (branch = 'master' or tag =~ '^hotfix')");
        FreeStyleProject canary = canaryJob();
        ci.setScm(new BranchScm("origin/setup-semaphore"));

        Run<?, ?> not = build(ci);

        String whyNot = "Not promoted by itself: ";
        jenkins.assertLogContains(whyNot, not);
        jenkins.assertLogContains("  branch = 'master': no, it is 'setup-semaphore'", not);
        String page = text(null, not.getUrl());
        assertThat(page, allOf(containsString(whyNot), containsString("branch = 'setup-semaphore', needed 'master'")));
        assertThat(page, containsString("Promote to canary…"));
        assertThat(canary.getLastBuild(), nullValue());

        ci.setScm(new BranchScm("origin/master"));
        Run<?, ?> run = build(ci);

        assertThat(canary.getLastBuild().getNumber(), is(1));
        jenkins.assertLogContains("Promoted by itself, since", run);
        assertThat(text(null, run.getUrl()), containsString("Promoted to canary #1: SUCCESS"));
        assertThat(
                canary.getLastBuild().getCause(RunPromotionCause.class).getShortDescription(),
                containsString("Promotion of ci #2, started by itself, since"));
        new AutoPromoter().onCompleted(run, TaskListener.NULL);
        jenkins.waitUntilNoActivity();
        assertThat("at most once", canary.getLastBuild().getNumber(), is(1));

        ci.getBuildersList().add(new FailureBuilder());
        property(ci).setAutoCanary("branch = 'master'");
        jenkins.assertLogContains("Not promoted by itself: ci #3 has ended with FAILURE.", build(ci));
        String form = jenkins.jenkins
                .getDescriptorByType(PromotionProperty.DescriptorImpl.class)
                .doCheckAutoCanary(ci, "result = 'passed' and branch = 'master'")
                .getMessage();
        assertThat(form, allOf(containsString("ci #3: no"), containsString("ci #2: yes"), containsString("ci #1: no")));
    }

    @Test
    public void circlesEnd() throws Exception {
        FreeStyleProject ci = ciJob("result = 'passed'");
        FreeStyleProject canary = canaryJob();
        promoting(canary, "ci", "result = 'passed'");

        build(ci);

        assertThat(ci.getLastBuild().getNumber(), is(1));
        assertThat(canary.getLastBuild().getNumber(), is(1));
        String why = "Not promoted by itself: a build of ci has led to it";
        jenkins.assertLogContains(why, canary.getLastBuild());
        assertThat(text(null, canary.getLastBuild().getUrl()), containsString(why));

        property(ci).setCanaryJob("ci");
        jenkins.assertLogContains("Not promoted by itself: This is the job itself", build(ci));
        assertThat(ci.getLastBuild().getNumber(), is(2));
    }

    /** Over the promotion of a release, too. */
    @Test
    public void circleOverAReleaseEnds() throws Exception {
        FreeStyleProject ci = ciJob("result = 'passed'");
        FreeStyleProject canary = canaryJob();
        canary.getBuildersList().add(new AutoPromoterTest.CanaryBuilder("shop"));
        PromotionProperty releases = new PromotionProperty();
        releases.setStableJob("stable");
        releases.setAutoPromote("result = 'passed'");
        canary.addProperty(releases);
        FreeStyleProject stable = jenkins.createFreeStyleProject("stable");
        promoting(stable, "ci", "result = 'passed'");

        build(ci);

        assertThat(stable.getLastBuild().getNumber(), is(1));
        jenkins.assertLogContains("a build of ci has led to it", stable.getLastBuild());
        assertThat(ci.getLastBuild().getNumber(), is(1));
    }

    /** Its releases go to the one job, and the build itself to the other. */
    @Test
    public void buildThatReleasesHasBothPromotions() throws Exception {
        FreeStyleProject stable = jenkins.createFreeStyleProject("stable");
        FreeStyleProject canary = canaryJob();
        FreeStyleProject ci = ciJob("parameter('GO') = 'yes'");
        ci.getBuildersList().add(new AutoPromoterTest.CanaryBuilder("shop"));
        property(ci).setStableJob("stable");
        property(ci).setAutoPromote("namespace = 'shop'");

        Run<?, ?> run = build(ci);

        String page = text(null, run.getUrl());
        assertThat(page, containsString("release 1 of shop in shop on rig: Promoted by itself"));
        assertThat(page, containsString("the build itself: Not promoted by itself: parameter('GO')"));
        assertThat(page, containsString("Release 1 was given to stable #1"));
        assertThat(stable.getLastBuild().getNumber(), is(1));
        assertThat(canary.getLastBuild(), nullValue());
    }

    @Test
    public void propertySurvivesTheFormAndFollowsItsJobs() throws Exception {
        FreeStyleProject ci = ciJob("branch = 'master'");
        FreeStyleProject canary = canaryJob();
        PromotionProperty.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(PromotionProperty.DescriptorImpl.class);
        assertThat(form.doCheckCanaryJob(ci, "none").kind, is(FormValidation.Kind.WARNING));
        assertThat(form.doCheckCanaryJob(ci, "ci").kind, is(FormValidation.Kind.WARNING));
        assertThat(form.doCheckCanaryJob(ci, "canary").kind, is(FormValidation.Kind.OK));
        assertThat(form.doCheckAutoCanary(ci, "branch =").kind, is(FormValidation.Kind.ERROR));
        assertThat(form.doAutoCompleteCanaryJob("ca", ci).getValues(), hasItem("canary"));

        jenkins.configRoundtrip(ci);
        assertThat(property(ci).getCanaryJob(), is("canary"));
        assertThat(property(ci).getAutoCanary(), is("branch = 'master'"));

        Run<?, ?> run = build(ci);
        post(null, run, true);
        jenkins.waitUntilNoActivity();
        canary.renameTo("early");
        assertThat(property(ci).getCanaryJob(), is("early"));
        ci.renameTo("builds");
        String page = text(null, run.getUrl());
        assertThat(page, containsString("Promote to early…"));
        assertThat(page, containsString("Promoted to early #1: SUCCESS"));
        assertThat(
                canary.getLastBuild().getCause(RunPromotionCause.class).getShortDescription(),
                containsString("Promotion of builds #1,"));
    }

    /** In the options of a declarative Pipeline, and as a scripted one has it. */
    @Test
    public void pipelineSetsThePropertyByItself() throws Exception {
        canaryJob();
        String what = "releasePromotions(canaryJob: 'canary', autoCanary: \"result = 'passed'\")";
        for (String script : List.of(
                "pipeline { agent none\n options { " + what
                        + " }\n stages { stage('Test') { steps { echo 'good' } } } }",
                "properties([" + what + "])")) {
            WorkflowJob ci = jenkins.createProject(WorkflowJob.class);
            ci.setDefinition(new CpsFlowDefinition(script, true));

            Run<?, ?> run = jenkins.buildAndAssertSuccess(ci);
            jenkins.waitUntilNoActivity();

            assertThat(property(ci).getCanaryJob(), is("canary"));
            assertThat(property(ci).getAutoCanary(), is("result = 'passed'"));
            assertThat(
                    run.getAction(Followed.class).getFollows().get(0).getRun(),
                    is(job("canary").getLastBuild()));
        }
    }

    private static FreeStyleProject ciJob(String autoCanary) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("ci");
        promoting(job, "canary", autoCanary);
        return job;
    }

    private static FreeStyleProject canaryJob() throws Exception {
        return jenkins.createFreeStyleProject("canary");
    }

    private static void promoting(FreeStyleProject job, String canary, String autoCanary) throws Exception {
        PromotionProperty property = new PromotionProperty();
        property.setCanaryJob(canary);
        property.setAutoCanary(autoCanary);
        job.addProperty(property);
    }

    private static Job<?, ?> job(String name) {
        return jenkins.jenkins.getItemByFullName(name, Job.class);
    }

    private static PromotionProperty property(Job<?, ?> job) {
        return job.getProperty(PromotionProperty.class);
    }

    private static ParametersDefinitionProperty parameters(ParameterDefinition... definitions) {
        return new ParametersDefinitionProperty(definitions);
    }

    private static ParameterValue parameter(Run<?, ?> run, String name) {
        return run.getAction(ParametersAction.class).getParameter(name);
    }

    /** With all that starts by itself. */
    private static Run<?, ?> build(FreeStyleProject job, ParameterValue... values) throws Exception {
        Run<?, ?> run = job.scheduleBuild2(0, new ParametersAction(values)).get();
        jenkins.waitUntilNoActivity();
        return run;
    }

    private static void secured(MockAuthorizationStrategy strategy) {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(strategy);
    }

    private static MockAuthorizationStrategy everything() {
        return new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice");
    }

    private static JenkinsRule.WebClient client(String user) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient().withJavaScriptEnabled(false);
        return user == null ? client : client.withBasicCredentials(user);
    }

    private static HtmlPage page(String user, String url) throws Exception {
        return client(user).goTo(url);
    }

    /** Of a page, with lines as one. */
    private static String text(String user, String url) throws Exception {
        return page(user, url).asNormalizedText().replaceAll("\\s+", " ");
    }

    private static HtmlPage submit(HtmlForm form) throws Exception {
        return form.getOneHtmlElementByAttribute("button", "type", "submit").click();
    }

    private static void locked(String user, Run<?, ?> run, String why) throws Exception {
        HtmlPage page = page(user, run.getUrl() + "releases");
        HtmlButton button = page.getFormByName("promote-run").getOneHtmlElementByAttribute("button", "type", "submit");
        assertThat(button.isDisabled(), is(true));
        assertThat(page.asNormalizedText(), containsString(why));
    }

    private static void refused(Run<?, ?> run, String why) throws Exception {
        WebResponse answer = post("alice", run, true);
        assertThat(answer.getStatusCode(), is(409));
        assertThat(answer.getContentAsString(), containsString(why));
        locked("alice", run, why);
    }

    private static WebResponse post(String user, Run<?, ?> run, boolean crumb) throws Exception {
        return answer(user, run, "releases/startRun", HttpMethod.POST, crumb);
    }

    private static WebResponse answer(String user, Run<?, ?> run, String url, HttpMethod method, boolean crumb)
            throws Exception {
        JenkinsRule.WebClient client = client(user).withThrowExceptionOnFailingStatusCode(false);
        client.getOptions().setRedirectEnabled(false);
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), run.getUrl() + url), method);
        return client.loadWebResponse(crumb && method == HttpMethod.POST ? client.addCrumb(request) : request);
    }

    /** Goes on when it is told to. */
    public static final class Waiting extends TestBuilder {

        private static CountDownLatch released;

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                throws InterruptedException {
            released.await();
            return true;
        }
    }
}
