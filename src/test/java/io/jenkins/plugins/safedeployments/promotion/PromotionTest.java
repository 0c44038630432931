package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.ChoiceParameterDefinition;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.TaskListener;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.builders.Freestyle;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.triggers.BranchScm;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** From the pages of the job that made a release to the jobs that promote it or take it back, against a real API server. */
public class PromotionTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

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

    /** Each time that the class is run in a JVM it has a Jenkins of its own. */
    @BeforeClass
    public static void beginUnconfigured() {
        configured = false;
    }

    @Before
    public void configure() throws Exception {
        freestyle = new Freestyle(jenkins, target);
        name = target.namespace();
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
    }

    @After
    public void lettersOpen() {
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
    }

    @Test
    public void releaseGoesFromItsPagesToTheJobsThatAreNamed() throws Exception {
        secured(everything());
        FreeStyleProject canary = canaryJob("1.0", null);
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        stable.removeProperty(ParametersDefinitionProperty.class);
        stable.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("RELEASE", ""),
                new StringParameterDefinition("NAMESPACE", ""),
                new StringParameterDefinition("TICKET", "none")));
        Job<?, ?> rollback = rollbackJob();
        Run<?, ?> first = jenkins.buildAndAssertSuccess(canary);

        HtmlPage confirm = confirm(first.getUrl() + "releases", "promote-1");
        assertThat(confirm.asNormalizedText(), containsString("Stable is made, with as many pods as the job says"));
        assertThat(confirm.asNormalizedText(), containsString("the canary of 1 pod is removed"));
        HtmlForm form = confirm.getFormByName("start");
        form.getInputByValue("none").setValue("T-17");
        jenkins.submit(form);

        Run<?, ?> promotion = awaitEnd(stable, 1);
        assertThat(freestyle.release(1).phase(), is(Phase.PROMOTED));
        assertThat(promotion.getEnvironment(hudson.model.TaskListener.NULL).get("TICKET"), is("T-17"));
        assertThat(promotion.getEnvironment(hudson.model.TaskListener.NULL).get("APP"), is("addressbook"));
        assertThat(
                promotion.getCause(PromotionCause.class).getShortDescription(),
                is("Promotion of release 1 (registry.example.com/addressbook:1.0) of addressbook in " + name
                        + " on rig, from " + name + "-canary #1, asked for by alice"));
        assertThat(freestyle.release(1).history().get(2).user(), is("alice"));
        HtmlPage seenRun = page(first.getUrl());
        seenRun.getAnchorByText("Releases"); // in the side panel
        String run = seenRun.asNormalizedText();
        assertThat(run, containsString(name + "-stable #1"));
        assertThat(run, containsString("stable now"));
        assertThat(
                page(promotion.getUrl())
                        .getAnchorByHref("/jenkins/" + first.getUrl())
                        .asNormalizedText(),
                containsString("Promotion of release 1"));

        image(canary, "1.1");
        jenkins.buildAndAssertSuccess(canary);
        HtmlPage back = confirm(canary.getUrl() + "releases", "roll_back-2");
        assertThat(back.asNormalizedText(), containsString("Stable, now 1 pod, gets back to 2 pods"));
        start(back, "too slow");
        awaitEnd(rollback, 1);
        assertThat(freestyle.release(2).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(2).cause(), is("too slow"));
        String releases = page(canary.getUrl() + "releases").asNormalizedText();
        assertThat(releases, containsString("rolled back"));
        assertThat(releases, containsString("by " + name + "-rollback #1"));

        image(canary, "1.2");
        Run<?, ?> third = jenkins.buildAndAssertSuccess(canary);
        HtmlPage promote = confirm(third.getUrl() + "releases", "promote-3");
        assertThat(
                promote.asNormalizedText(),
                containsString("Stable, now 1 pod of registry.example.com/addressbook:1.0, rolls to 2 pods of"
                        + " registry.example.com/addressbook:1.2."));
        jenkins.submit(promote.getFormByName("start"));
        awaitEnd(stable, 2);

        start(confirm(canary.getUrl() + "releases", "return-1"), "a bug was found");
        awaitEnd(rollback, 2);
        assertThat(freestyle.release(3).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(3).facts().returnTo(), is(1));

        HtmlPage again = confirm(canary.getUrl() + "releases", "return-3");
        assertThat(again.asNormalizedText(), containsString("Promote again"));
        start(again, "it was the database");
        Run<?, ?> repeated = awaitEnd(rollback, 3);
        assertThat(freestyle.release(3).phase(), is(Phase.PROMOTED));
        page(repeated.getUrl())
                .getAnchorByHref("/jenkins/" + third.getUrl()); // it was asked for on the page of the job
        assertThat(page(third.getUrl()).asNormalizedText(), containsString(name + "-rollback #3"));

        SafeDeploymentsConfiguration.get()
                .getClusters()
                .get(0)
                .setDashboards("Errors=https://grafana.example.com/d/x?ns=${namespace}&app=${app}");
        HtmlPage seen = page(canary.getUrl() + "releases");
        assertThat(
                seen.getAnchorByText("Errors").getHrefAttribute(),
                is("https://grafana.example.com/d/x?ns=" + target.namespace() + "&app=addressbook"));
        HtmlPage asked = submit(seen.getFormByName("ask"));
        assertThat(asked.asNormalizedText(), containsString("As the cluster has recorded it."));
        assertThat(
                asked.getElementById("track-addressbook-stable").asNormalizedText(),
                matchesPattern(
                        "addressbook-stable\\s+registry.example.com/addressbook:1.2\\s+2/2\\s+2\\s+2\\s+2\\s+0\\s.*"));
        assertThat(asked.getElementById("track-addressbook-canary"), nullValue());
        assertThat(asked.getElementById("release-3").asNormalizedText(), containsString("stable now"));
        assertThat(seen.getElementById("release-3").asNormalizedText(), containsString("stable now"));
        assertThat(seen.getElementById("release-2").asNormalizedText(), not(containsString("Promote again")));
    }

    @Test
    public void onlyWhoMayCanPromote() throws Exception {
        FreeStyleProject canary = canaryJob("1.0", null);
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);
        secured(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "builder", "promoter")
                .grant(Item.BUILD)
                .everywhere()
                .to("builder")
                .grant(SafeDeploymentsPermissions.PROMOTE)
                .onItems(canary)
                .to("promoter", "finder")
                .grant(Jenkins.READ)
                .everywhere()
                .to("finder")
                .grant(Item.READ)
                .onItems(canary)
                .to("finder")
                .grant(Item.DISCOVER)
                .onItems(stable)
                .to("finder"));

        assertThat(start("reader", run, HttpMethod.POST, true), is(403));
        assertThat(start("builder", run, HttpMethod.POST, true), is(403));
        assertThat(start("promoter", run, HttpMethod.POST, true), is(409));
        assertThat(start("promoter", run, HttpMethod.GET, true), is(405));
        assertThat(start("promoter", run, HttpMethod.POST, false), is(403));
        assertThat(stable.getLastBuild(), nullValue());

        HtmlPage page =
                jenkins.createWebClient().withBasicCredentials("builder").getPage(run, "releases");
        HtmlButton button = page.getFormByName("promote-1").getOneHtmlElementByAttribute("button", "type", "submit");
        assertThat(button.isDisabled(), is(true));
        assertThat(
                page.asNormalizedText(),
                containsString("You do not have the permission Safe Deployments/Promote on this job."));
        HtmlPage promoters =
                jenkins.createWebClient().withBasicCredentials("promoter").getPage(run, "releases");
        assertThat(promoters.asNormalizedText(), containsString("You may not build " + name + "-stable."));
        HtmlPage finders =
                jenkins.createWebClient().withBasicCredentials("finder").getPage(run);
        assertThat(
                finders.asNormalizedText(),
                containsString("The job that is named for it is not there, or you may not see it."));
    }

    /** Two who press the button at the same moment: one gets through, the other is told who was faster. */
    @Test
    public void ofManyThatPromoteAtOnceOneGetsThrough() throws Exception {
        secured(everything());
        FreeStyleProject canary = canaryJob("1.0", null);
        FreeStyleProject stable = freestyle.job(name + "-stable", Freestyle.promote());
        stable.setQuietPeriod(0);
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);
        ExecutorService people = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier together = new CyclicBarrier(2);
            Callable<WebResponse> press = () -> {
                JenkinsRule.WebClient client = jenkins.createWebClient()
                        .withThrowExceptionOnFailingStatusCode(false)
                        .withBasicCredentials("alice");
                client.getOptions().setRedirectEnabled(false);
                WebRequest request = startRequest(client, run);
                together.await(60, TimeUnit.SECONDS);
                return client.loadWebResponse(request);
            };

            List<WebResponse> answers = new ArrayList<>();
            for (Future<WebResponse> answer : people.invokeAll(List.of(press, press))) {
                answers.add(answer.get());
            }
            answers.sort(Comparator.comparingInt(WebResponse::getStatusCode));

            assertThat(answers.get(0).getStatusCode(), is(302));
            assertThat(answers.get(1).getStatusCode(), is(409));
            assertThat(answers.get(1).getContentAsString(), containsString(name + "-stable"));
            assertThat(answers.get(1).getContentAsString(), containsString("asked for by alice"));
        } finally {
            people.shutdownNow();
        }
        awaitEnd(stable, 1);
        jenkins.waitUntilNoActivity();
        assertThat(stable.getLastBuild().getNumber(), is(1));
        assertThat(start("alice", run, HttpMethod.POST, true), is(409));
    }

    /** A freestyle job for all that rolls back, with the buttons' variables in its fields. */
    @Test
    public void freestyleJobPromotesAgain() throws Exception {
        secured(everything());
        FreeStyleProject canary = canaryJob("1.0", null);
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        Job<?, ?> rollback = freestyle.job(name + "-rollback", Freestyle.rollbackForAll());
        jenkins.buildAndAssertSuccess(canary);
        jenkins.submit(confirm(canary.getUrl() + "releases", "promote-1").getFormByName("start"));
        awaitEnd(stable, 1);
        image(canary, "1.1");
        jenkins.buildAndAssertSuccess(canary);
        jenkins.submit(confirm(canary.getUrl() + "releases", "promote-2").getFormByName("start"));
        awaitEnd(stable, 2);
        start(confirm(canary.getUrl() + "releases", "return-1"), "a bug was found");
        Run<?, ?> back = awaitEnd(rollback, 1);
        assertThat(freestyle.release(2).phase(), is(Phase.ROLLED_BACK));
        assertThat(back.getEnvironment(TaskListener.NULL).get("ROLLBACK_OF_RELEASE"), is("2"));
        assertThat(back.getEnvironment(TaskListener.NULL).get("ROLLBACK_OF_JOB"), is(canary.getFullName()));
        assertThat(back.getEnvironment(TaskListener.NULL).get("ROLLBACK_OF_NUMBER"), is("2"));

        HtmlPage again = confirm(canary.getUrl() + "releases", "return-2");
        assertThat(again.asNormalizedText(), containsString("Promote again"));
        start(again, "it was the database");

        awaitEnd(rollback, 2);
        assertThat(freestyle.release(2).phase(), is(Phase.PROMOTED));
    }

    /** Past releases are offered where the bad one is, and whoever is late does not take back another one. */
    @Test
    public void stableReleaseIsRolledBackToTheOneThatIsChosen() throws Exception {
        secured(everything());
        FreeStyleProject canary = canaryJob("1.0", null);
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        Job<?, ?> rollback = rollbackJob();
        for (String tag : List.of("1.0", "1.1", "1.2")) {
            image(canary, tag);
            jenkins.buildAndAssertSuccess(canary);
            jenkins.buildAndAssertSuccess((FreeStyleProject) stable);
        }

        HtmlPage seen = page(canary.getUrl() + "releases");
        assertThat(
                seen.getElementById("release-3").asNormalizedText(),
                allOf(containsString("stable now"), containsString("=sha256:"), containsString("Roll back…")));
        HtmlPage confirm = submit(seen.getFormByName("return-3"));
        assertThat(
                confirm.asNormalizedText(),
                allOf(
                        containsString("Roll back: release 3 (registry.example.com/addressbook:1.2) of addressbook"),
                        containsString("rolls to the release that is chosen below, with as many pods."),
                        containsString("Release 3 is recorded as rolled back.")));
        HtmlForm form = confirm.getFormByName("start");
        HtmlSelect goals = form.getSelectByName("release");
        assertThat(goals.getOptions().size(), is(2));
        assertThat("the last good one", goals.getSelectedOptions().get(0).getValueAttribute(), is("2"));
        assertThat(
                goals.getOptionByValue("1").asNormalizedText(),
                allOf(
                        containsString("release 1 (registry.example.com/addressbook:1.0)"),
                        containsString("=sha256:"),
                        containsString(canary.getFullDisplayName() + " #1")));
        goals.setSelectedAttribute("1", true);
        start(confirm, "a bug was found");

        awaitEnd(rollback, 1);
        assertThat(freestyle.release(3).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(3).facts().returnTo(), is(1));
        WebResponse late = answer("alice", canary.getUrl() + "releases/start", "kind=return&reason=late&stable=3", 2);
        assertThat(late.getStatusCode(), is(409));
        assertThat(late.getContentAsString(), containsString("Stable does not run release 3 any more."));
    }

    @Test
    public void promotionStartsByItselfIfTheConditionHolds() throws Exception {
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        FreeStyleProject canary = canaryJob("1.0", "result = 'passed' and branch = 'master'");
        canary.setScm(new BranchScm("origin/setup-semaphore"));

        Run<?, ?> not = jenkins.buildAndAssertSuccess(canary);

        String whyNot = "Not promoted by itself: branch = 'setup-semaphore', needed 'master'";
        jenkins.assertLogContains(whyNot, not);
        jenkins.assertLogContains("  result = 'passed': yes, it is 'passed'", not);
        assertThat(page(not.getUrl()).asNormalizedText(), containsString(whyNot));
        assertThat(stable.getLastBuild(), nullValue());
        jenkins.buildAndAssertSuccess(freestyle.job(name + "-undo", Freestyle.rollback("")));

        canary.setScm(new BranchScm("origin/master"));
        canary.getProperty(PromotionProperty.class)
                .setAutoPromote("result = 'passed' and branch = 'master' and namespace = '" + name + "'");
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);

        Run<?, ?> promotion = awaitEnd(stable, 1);
        assertThat(freestyle.release(2).phase(), is(Phase.PROMOTED));
        jenkins.assertLogContains("Promoted by itself, since", run);
        assertThat(
                jenkins.jenkins
                        .getDescriptorByType(PromotionProperty.DescriptorImpl.class)
                        .doCheckAutoPromote(canary, "release = '2'")
                        .getMessage(),
                allOf(
                        containsString(run.getFullDisplayName() + ": yes<ul>"),
                        containsString(not.getFullDisplayName()
                                + ": no<ul><li>release = &#039;2&#039;: no, it is &#039;1&#039;</li>")));
        assertThat(
                promotion.getCause(PromotionCause.class).getShortDescription(),
                containsString(name + "-canary #2, started by itself, since"));
        new AutoPromoter().onCompleted(run, hudson.model.TaskListener.NULL);
        jenkins.waitUntilNoActivity();
        assertThat("at most once", stable.getLastBuild().getNumber(), is(1));
    }

    @Test
    public void parameterWithoutAValueIsRefusedByName() throws Exception {
        Job<?, ?> stable = freestyle.job(name + "-stable", Freestyle.promote());
        stable.removeProperty(ParametersDefinitionProperty.class);
        stable.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("RELEASE", ""),
                new StringParameterDefinition("NAMESPACE", ""),
                new ChoiceParameterDefinition("ENVIRONMENT", new String[0], "")));
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canaryJob("1.0", "result = 'passed'"));
        jenkins.assertLogContains("Not promoted by itself: parameter ENVIRONMENT has no value", run);
        secured(everything());

        WebResponse answer = answer("alice", run.getUrl() + "releases/start", "kind=promote", 1);

        assertThat(answer.getStatusCode(), is(400));
        assertThat(answer.getContentAsString(), containsString("parameter ENVIRONMENT has no value"));
        assertThat(stable.getLastBuild(), nullValue());
    }

    @Test
    public void propertySurvivesTheFormAndFollowsItsJobs() throws Exception {
        FreeStyleProject canary = canaryJob("1.0", "result = 'passed'");
        FreeStyleProject stable = jenkins.createFreeStyleProject(name + "-stable");

        jenkins.configRoundtrip(canary);
        PromotionProperty property = canary.getProperty(PromotionProperty.class);
        assertThat(property.getStableJob(), is(name + "-stable"));
        assertThat(property.getRollbackJob(), is(name + "-rollback"));
        assertThat(property.getAutoPromote(), is("result = 'passed'"));

        stable.renameTo(name + "-live");
        assertThat(property.getStableJob(), is(name + "-live"));
    }

    @Test
    public void pipelineSetsThePropertyByItself() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name + "-pipeline");
        job.setDefinition(new CpsFlowDefinition(
                "properties([releasePromotions(stableJob: 'stable', rollbackJob: '../rollback',"
                        + " autoPromote: \"result = 'passed'\")])",
                true));

        jenkins.buildAndAssertSuccess(job);

        PromotionProperty property = job.getProperty(PromotionProperty.class);
        assertThat(property.getStableJob(), is("stable"));
        assertThat(property.getRollbackJob(), is("../rollback"));
        assertThat(property.getAutoPromote(), is("result = 'passed'"));
    }

    @Test
    public void formTellsNothingToWhoMayNotConfigure() throws Exception {
        FreeStyleProject canary = jenkins.createFreeStyleProject(name + "-canary");
        PromotionProperty.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(PromotionProperty.DescriptorImpl.class);
        assertThat(form.doCheckAutoPromote(canary, "branch =").kind, is(FormValidation.Kind.ERROR));
        assertThat(form.doCheckAutoPromote(canary, "branch = 'master'").kind, is(FormValidation.Kind.OK));
        assertThat(form.doCheckStableJob(canary, "none").kind, is(FormValidation.Kind.WARNING));
        assertThat(form.doCheckRollbackJob(canary, canary.getName()).kind, is(FormValidation.Kind.OK));
        FormValidation itself = form.doCheckStableJob(canary, canary.getName());
        assertThat(itself.kind, is(FormValidation.Kind.WARNING));
        assertThat(itself.getMessage(), containsString("This is the job itself"));
        assertThat(form.doAutoCompleteStableJob(name, canary).getValues(), hasItem(canary.getName()));

        secured(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
        try (ACLContext ignored =
                ACL.as2(User.getOrCreateByIdOrFullName("reader").impersonate2())) {
            assertThat(form.doCheckAutoPromote(canary, "branch =").kind, is(FormValidation.Kind.OK));
            assertThat(form.doCheckRollbackJob(canary, "none").kind, is(FormValidation.Kind.OK));
            assertThat(form.doCheckStableJob(canary, canary.getName()).kind, is(FormValidation.Kind.OK));
            assertThat(form.doAutoCompleteRollbackJob(name, canary).getValues().isEmpty(), is(true));
        }
    }

    private FreeStyleProject canaryJob(String tag, String autoPromote) throws Exception {
        FreeStyleProject job = freestyle.job(name + "-canary", Freestyle.deploy(tag));
        PromotionProperty property = new PromotionProperty();
        property.setStableJob(name + "-stable");
        property.setRollbackJob(name + "-rollback");
        property.setAutoPromote(autoPromote);
        job.addProperty(property);
        return job;
    }

    private static void image(FreeStyleProject job, String tag) throws Exception {
        job.getBuildersList().replace(Freestyle.deploy(tag));
    }

    /** As the documentation has it. */
    private WorkflowJob rollbackJob() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name + "-rollback");
        job.setDefinition(new CpsFlowDefinition(
                Files.readString(Path.of("docs/examples/promotions/rollback.Jenkinsfile")), true));
        return job;
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

    private static HtmlPage page(String url) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient();
        return (jenkins.jenkins.isUseSecurity() ? client.withBasicCredentials("alice") : client).goTo(url);
    }

    private static HtmlPage confirm(String url, String form) throws Exception {
        return submit(page(url).getFormByName(form));
    }

    private static HtmlPage submit(HtmlForm form) throws Exception {
        return form.getOneHtmlElementByAttribute("button", "type", "submit").click();
    }

    private static void start(HtmlPage confirmation, String reason) throws Exception {
        HtmlForm form = confirmation.getFormByName("start");
        form.getInputByName("reason").setValue(reason);
        jenkins.submit(form);
    }

    private WebRequest startRequest(JenkinsRule.WebClient client, Run<?, ?> run) throws Exception {
        String query = "kind=promote&cluster=rig&namespace=" + name + "&app=addressbook&release=1";
        URL url = new URL(jenkins.getURL(), run.getUrl() + "releases/start?" + query);
        return client.addCrumb(new WebRequest(url, HttpMethod.POST));
    }

    private int start(String user, Run<?, ?> run, HttpMethod method, boolean crumb) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .withBasicCredentials(user);
        String query = "kind=promote&cluster=rig&namespace=" + name + "&app=addressbook&release=1";
        URL url = new URL(jenkins.getURL(), run.getUrl() + "releases/start?" + query);
        WebRequest request = new WebRequest(url, method);
        if (crumb && method == HttpMethod.POST) {
            client.addCrumb(request);
        }
        return client.getPage(request).getWebResponse().getStatusCode();
    }

    /** To a POST, with a crumb. */
    private WebResponse answer(String user, String url, String query, int release) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .withBasicCredentials(user);
        client.getOptions().setRedirectEnabled(false);
        String all = query + "&cluster=rig&namespace=" + name + "&app=addressbook&release=" + release;
        return client.loadWebResponse(
                client.addCrumb(new WebRequest(new URL(jenkins.getURL(), url + "?" + all), HttpMethod.POST)));
    }

    private static Run<?, ?> awaitEnd(Job<?, ?> job, int number) throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            Run<?, ?> run = job.getBuildByNumber(number);
            return run != null && !run.isBuilding();
        });
        Run<?, ?> run = job.getBuildByNumber(number);
        jenkins.assertBuildStatusSuccess((Run) run);
        return run;
    }
}
