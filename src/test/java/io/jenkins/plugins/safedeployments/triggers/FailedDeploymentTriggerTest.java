package io.jenkins.plugins.safedeployments.triggers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import hudson.ExtensionList;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BooleanParameterDefinition;
import hudson.model.BuildListener;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.Computer;
import hudson.model.FileParameterDefinition;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import hudson.model.User;
import hudson.triggers.Trigger;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.builders.CanaryDeployBuilder;
import io.jenkins.plugins.safedeployments.builders.PromoteStableBuilder;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import org.awaitility.Awaitility;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.FailureBuilder;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.MockQueueItemAuthenticator;
import org.jvnet.hudson.test.TestBuilder;

/** When a rollback job is started, and when it is not. No cluster is needed to see that. */
public class FailedDeploymentTriggerTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    private MockFolder folder;
    private static int folders;

    @BeforeClass
    public static void noQuietPeriod() throws Exception {
        jenkins.jenkins.setQuietPeriod(0); // which a rollback job has, and else is 5 seconds
    }

    @Before
    public void inAFolderOfItsOwn() throws Exception {
        folder = jenkins.createProject(MockFolder.class, "shop-" + ++folders);
    }

    @After
    public void everybodyMayEverything() {
        jenkins.jenkins.setAuthorizationStrategy(hudson.security.AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(hudson.security.SecurityRealm.NO_AUTHENTICATION);
        QueueItemAuthenticatorConfiguration.get().getAuthenticators().clear();
    }

    /** The exercise of the codelab, step by step. */
    /** A seed script can put any trigger there. */
    @Test
    @SuppressWarnings({"rawtypes", "unchecked"}) // so items start triggers
    public void atWhatIsNoJob_itDoesNothing() {
        Trigger trigger = new FailedDeploymentTrigger("parent");

        trigger.start(folder, true);
        trigger.stop();

        assertThat(((FailedDeploymentTrigger) trigger).rename("parent", "other"), is(true));
    }

    @Test
    public void parentAndChild_childRunsIfTheParentFailsAndLinksIt() throws Exception {
        WorkflowJob parent =
                pipeline("Parent Pipeline", "checkCondition \"parameter('Pipeline Successful') = 'true'\"");
        parent.addProperty(new ParametersDefinitionProperty(new ChoiceParameterDefinition(
                "Pipeline Successful", new String[] {"true", "false"}, "Whether it succeeds")));
        WorkflowJob child =
                pipeline("Child Pipeline", "echo \"after ${params.ROLLBACK_OF_JOB} ${env.ROLLBACK_OF_NUMBER}\"");
        FailedDeploymentTrigger trigger = follow(child, "Parent Pipeline");
        trigger.setWhen("result = 'failed'");

        WorkflowRun failed = run(parent, Result.FAILURE, "false");

        WorkflowRun rollback = awaitRun(child, 1);
        jenkins.assertBuildStatusSuccess(rollback);
        jenkins.assertLogContains(
                "The condition does not hold: parameter('Pipeline Successful') = 'false', needed 'true'.", failed);
        jenkins.assertLogContains("after " + parent.getFullName() + " 1", rollback);
        jenkins.assertLogContains("[rollback] starting " + child.getFullDisplayName(), failed);
        JenkinsRule.WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false);
        HtmlPage page = web.getPage(rollback);
        HtmlPage there = page.getAnchorByHref(jenkins.contextPath + "/" + failed.getUrl())
                .click();
        assertThat(there.getUrl().toString(), containsString(failed.getUrl()));
        assertThat(page.asNormalizedText(), containsString("Rollback of " + failed.getFullDisplayName()));
        assertThat(page.asNormalizedText(), containsString("which ended with FAILURE"));
        HtmlPage back = web.getPage(failed);
        assertThat(back.asNormalizedText(), containsString("Rolled back by " + rollback.getFullDisplayName()));
        assertThat(back.getAnchorByHref(jenkins.contextPath + "/" + rollback.getUrl()), notNullValue());

        run(parent, Result.SUCCESS, "true");
        jenkins.waitUntilNoActivity();

        assertThat(child.getLastBuild().getNumber(), is(1));
    }

    @Test
    public void onlyIfDeployed_runThatDeployedNothing_startsNothing() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'before anything was deployed'");
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent").setOnlyIfDeployed(true);

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.waitUntilNoActivity();
        assertThat(child.getLastBuild(), nullValue());
        jenkins.assertLogContains("is not started: the run has deployed nothing", failed);
        assertThat(RollbackLinks.of(failed), empty());
    }

    @Test
    public void results_areExactlyThese() throws Exception {
        WorkflowJob parent = pipeline("parent", "currentBuild.result = params.RESULT");
        parent.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("RESULT")));
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent").setResults(List.of("ABORTED", "UNSTABLE"));

        for (Result result :
                new Result[] {Result.SUCCESS, Result.UNSTABLE, Result.FAILURE, Result.NOT_BUILT, Result.ABORTED}) {
            jenkins.assertBuildStatus(
                    result,
                    parent.scheduleBuild2(
                            0, new ParametersAction(new StringParameterValue("RESULT", result.toString()))));
        }

        jenkins.waitUntilNoActivity();
        assertThat(
                child.getBuilds().stream()
                        .map(run -> Rollbacks.failedRun(run).getResult())
                        .toList(),
                containsInAnyOrder(Result.ABORTED, Result.UNSTABLE));
    }

    @Test
    public void when_doesNotHold_saysWhy() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent").setWhen("branch = 'master'");

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.waitUntilNoActivity();
        assertThat(child.getLastBuild(), nullValue());
        jenkins.assertLogContains("child is not started: branch is not set, needed 'master'", failed);
    }

    /** Replays and repeated ends are of the same run or of another one; each starts one rollback. */
    @Test
    public void endedTwice_isRolledBackOnce() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent");
        WorkflowRun failed = run(parent, Result.FAILURE);
        awaitRun(child, 1);

        FollowedJobs.get().onCompleted(failed, TaskListener.NULL);

        jenkins.waitUntilNoActivity();
        assertThat(child.getBuilds().size(), is(1));
        assertThat(RollbackLinks.of(failed).size(), is(1));
    }

    @Test
    public void rollbackThatFails_startsNoFurtherRollback() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "error 'the rollback failed'");
        WorkflowJob grandchild = pipeline("grandchild", "");
        follow(child, "parent, grandchild, child");
        follow(grandchild, "child");

        WorkflowRun failed = run(parent, Result.FAILURE);

        WorkflowRun rollback = awaitRun(child, 1);
        jenkins.waitUntilNoActivity();
        assertThat(grandchild.getLastBuild(), nullValue());
        assertThat(child.getBuilds().size(), is(1));
        jenkins.assertLogContains("the run is a rollback itself", rollback);
        assertThat(
                jenkins.createWebClient()
                        .withJavaScriptEnabled(false)
                        .getPage(failed)
                        .asNormalizedText(),
                containsString("THE ROLLBACK DID NOT SUCCEED: " + rollback.getFullDisplayName() + ": FAILURE"));
    }

    @Test
    public void upstream_isFollowedToOtherNamesAndFolders() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent");

        parent.renameTo("mother");
        assertThat(trigger(child).getUpstream(), is("mother"));
        MockFolder other = folder.createProject(MockFolder.class, "inner");
        hudson.model.Items.move(parent, other);
        assertThat(trigger(child).getUpstream(), is("inner/mother"));
        run(parent, Result.FAILURE);

        awaitRun(child, 1);
        child.doReload();
        assertThat(trigger(child).getUpstream(), is("inner/mother"));
    }

    @Test
    public void rollbackJobOfBuildSteps_isFollowedToOtherNamesAndFolders() throws Exception {
        WorkflowJob rollback = pipeline("rollback", "");
        FreeStyleProject release = folder.createProject(FreeStyleProject.class, "release");
        CanaryDeployStep deploy = new CanaryDeployStep("addressbook");
        deploy.setRollbackJob("rollback");
        PromoteStableStep promote = new PromoteStableStep("addressbook");
        release.getBuildersList().add(new CanaryDeployBuilder(deploy));
        release.getBuildersList().add(new PromoteStableBuilder(promote));
        release.getPublishersList().add(new StartRollbackJob("rollback"));

        rollback.renameTo("undo");
        hudson.model.Items.move(rollback, folder.createProject(MockFolder.class, "inner"));
        release.doReload();

        assertThat(
                release.getBuildersList()
                        .get(CanaryDeployBuilder.class)
                        .getSettings()
                        .getRollbackJob(),
                is("inner/undo"));
        assertThat(
                release.getBuildersList()
                        .get(PromoteStableBuilder.class)
                        .getSettings()
                        .getRollbackJob(),
                nullValue());
        assertThat(release.getPublishersList().get(StartRollbackJob.class).getJob(), is("inner/undo"));
    }

    @Test
    public void parameters_areFilledFromTheFailedRun() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "echo \"${params.REASON}, ${params.HARD}, ${params.OTHER}\"");
        child.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("REASON"),
                new BooleanParameterDefinition("HARD", false, ""),
                new StringParameterDefinition("OTHER", "default")));
        follow(child, "parent")
                .setParameters(List.of("REASON=run ${ROLLBACK_OF_NUMBER} was ${ROLLBACK_OF_RESULT}", "HARD=true"));

        run(parent, Result.FAILURE);

        jenkins.assertLogContains("run 1 was FAILURE, true, default", awaitRun(child, 1));
    }

    /** One Jenkinsfile serves the trigger and the buttons of the pages, which tell what is meant by the same names. */
    @Test
    public void whatIsMeant_isToldByTheNamesThatPromotionsUse() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline(
                "child",
                "echo \"app '${params.APP}' cluster '${params.CLUSTER}' release '${params.RELEASE}'"
                        + " force ${params.FORCE.toBoolean()} migrated ${params.ACKNOWLEDGE_MIGRATION.toBoolean()}"
                        + " to '${params.RETURN_TO}' since ${params.REASON}\"");
        child.addProperty(new ParametersDefinitionProperty(new BooleanParameterDefinition("FORCE", true, "")));
        follow(child, "parent").setParameters(List.of("RETURN_TO=previous"));

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.assertLogContains(
                "app '' cluster '' release '' force false migrated false to 'previous' since "
                        + failed.getFullDisplayName() + " has ended with FAILURE",
                awaitRun(child, 1));
    }

    @Test
    public void rollbackJob_renamedAndMovedWhileItRuns_isLinkedAllTheSame() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        FreeStyleProject child = folder.createProject(FreeStyleProject.class, "child");
        CountDownLatch renamed = new CountDownLatch(1);
        child.getBuildersList().add(new TestBuilder() {
            @Override
            public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                    throws InterruptedException {
                return renamed.await(5, TimeUnit.MINUTES);
            }
        });
        child.addTrigger(started(child, "parent"));
        WorkflowRun failed = run(parent, Result.FAILURE);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !RollbackLinks.of(failed).isEmpty()
                        && RollbackLinks.of(failed).get(0).getState() == RollbackLink.State.RUNNING);

        child.renameTo("undo");
        MockFolder other = folder.createProject(MockFolder.class, "moved");
        FreeStyleProject moved = hudson.model.Items.move(child, other);
        parent.renameTo("mother");

        assertThat(RollbackLinks.of(failed).get(0).getJob(), is(moved.getFullName()));
        JenkinsRule.WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false);
        HtmlPage during = web.getPage(failed);
        assertThat(
                during.asNormalizedText(),
                containsString("Being rolled back by " + moved.getFullDisplayName() + " #1"));
        renamed.countDown();
        jenkins.waitUntilNoActivity();
        FreeStyleBuild rollback = moved.getLastBuild();
        jenkins.assertBuildStatusSuccess(rollback);

        List<RollbackLink> links = RollbackLinks.of(failed);
        assertThat(links.size(), is(1));
        assertThat(links.get(0).getState(), is(RollbackLink.State.ENDED));
        HtmlPage page = web.getPage(failed);
        assertThat(page.asNormalizedText(), containsString("Rolled back by " + rollback.getFullDisplayName()));
        assertThat(page.getAnchorByHref(jenkins.contextPath + "/" + rollback.getUrl()), notNullValue());
        assertThat(
                ((HtmlPage) web.getPage(rollback)).getAnchorByHref(jenkins.contextPath + "/" + failed.getUrl()),
                notNullValue());

        folder.createProject(FreeStyleProject.class, "child"); // which has nothing to do with it
        assertThat(links.get(0).getVisibleRun(), is(rollback));
    }

    /** A build that is killed with Jenkins ends without anybody being told. */
    @Test
    public void rollbackThatWasKilledOrDeleted_isNotUnderWayForEver() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        FreeStyleProject child = folder.createProject(FreeStyleProject.class, "child");
        child.getBuildersList().add(new FailureBuilder());
        child.addTrigger(started(child, "parent"));
        WorkflowRun failed = run(parent, Result.FAILURE);
        jenkins.waitUntilNoActivity();
        FreeStyleBuild rollback = child.getLastBuild();
        RollbackLinks.put(failed, child.getFullName(), link -> RollbackLink.running(rollback)); // as it was kept before
        JenkinsRule.WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false);

        assertThat(
                web.getPage(failed).asNormalizedText(),
                containsString("THE ROLLBACK DID NOT SUCCEED: " + rollback.getFullDisplayName() + ": FAILURE"));

        rollback.delete();
        assertThat(
                web.getPage(failed).asNormalizedText(),
                containsString(
                        "There was a rollback, whose build is deleted, by " + child.getFullDisplayName() + ": #1"));
    }

    @Test
    public void whatCannotBeStarted_isLoud() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob unknown = pipeline("unknown", "");
        follow(unknown, "parent").setParameters(List.of("NOT_THERE=1"));
        FreeStyleProject disabled = folder.createProject(FreeStyleProject.class, "disabled");
        disabled.addTrigger(started(disabled, "parent"));
        disabled.disable();

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.waitUntilNoActivity();
        jenkins.assertLogContains("unknown is NOT started: it has no parameter NOT_THERE", failed);
        jenkins.assertLogContains("disabled is NOT started: it is disabled", failed);
        String page = jenkins.createWebClient()
                .withJavaScriptEnabled(false)
                .getPage(failed)
                .asNormalizedText();
        assertThat(
                page, containsString("Not rolled back by " + unknown.getFullDisplayName() + ": it has no parameter"));
    }

    @Test
    public void parameterThatCannotBeFilled_isLoud() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        child.addProperty(new ParametersDefinitionProperty(new FileParameterDefinition("UPLOAD", "")));
        WorkflowJob other = pipeline("other", "");
        other.addProperty(new ParametersDefinitionProperty(new FileParameterDefinition("UPLOAD", "")));
        follow(child, "parent");
        follow(other, "parent").setParameters(List.of("UPLOAD=file"));

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.waitUntilNoActivity();
        jenkins.assertLogContains(
                "child is NOT started: its parameter UPLOAD has no default, so give it a value", failed);
        jenkins.assertLogContains("other is NOT started: its parameter UPLOAD can't be given as a text", failed);
        assertThat(child.getLastBuild(), nullValue());
        assertThat(other.getLastBuild(), nullValue());
    }

    /** As a step does with its {@code rollbackJob}, before anything is deployed. */
    @Test
    public void rollbackJobThatTheRunMayNotStart_isRefused() throws Exception {
        WorkflowJob release = pipeline("release", "");
        FreeStyleProject freestyle = folder.createProject(FreeStyleProject.class, "freestyle");
        freestyle.getBuildersList().add(new FailureBuilder());
        WorkflowJob readable = pipeline("readable", "");
        WorkflowJob hidden = pipeline("hidden", "");
        WorkflowJob allowed = pipeline("allowed", "");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Computer.BUILD)
                .everywhere()
                .to("releaser")
                .grant(Item.READ)
                .onItems(folder, release, freestyle, readable, allowed)
                .to("releaser")
                .grant(Item.BUILD)
                .onItems(release, freestyle, hidden, allowed)
                .to("releaser"));
        MockQueueItemAuthenticator authenticator = new MockQueueItemAuthenticator();
        for (Job<?, ?> job : List.of(release, freestyle)) {
            authenticator.authenticate(
                    job.getFullName(), User.getById("releaser", true).impersonate2());
        }
        QueueItemAuthenticatorConfiguration.get().getAuthenticators().add(authenticator);
        WorkflowRun run = run(release, Result.SUCCESS);

        assertThat(
                refusal(run, "readable"),
                is("'rollbackJob' is 'readable', but the job, which runs as releaser, may not build it: grant the"
                        + " permission, or let the job run as somebody who has it."));
        assertThat(refusal(run, "hidden"), containsString("'rollbackJob' is 'hidden', but there is no such job, or"));
        assertThat(refusal(run, "nobody"), is(refusal(run, "hidden").replace("hidden", "nobody")));
        assertThat(refusal(run, "release"), containsString("the job itself, which would be a loop"));
        assertThat(RollbackLinks.of(run), empty());
        RollbackRequests.ask(run, "allowed", false);
        assertThat(RollbackLinks.of(run).get(0).getJob(), is(allowed.getFullName()));

        postBuildActionRefuses(freestyle, "readable", "runs as releaser, may not build it");
        postBuildActionRefuses(freestyle, "hidden", "there is no such job");
        postBuildActionRefuses(freestyle, "freestyle", "the job itself");
    }

    private static String refusal(Run<?, ?> run, String name) {
        return assertThrows(UserException.class, () -> RollbackRequests.ask(run, name, false))
                .getMessage();
    }

    private static void postBuildActionRefuses(FreeStyleProject job, String name, String why) throws Exception {
        job.getPublishersList().replace(new StartRollbackJob(name));
        Run<?, ?> failed = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        jenkins.assertLogContains(why, failed);
        assertThat(RollbackLinks.of(failed), empty());
    }

    /** Whoever asks for it: a trigger can name its own job by a list that is typed by hand. */
    @Test
    public void jobThatFollowsItself_isRefused() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        follow(parent, "parent");

        WorkflowRun failed = run(parent, Result.FAILURE);

        jenkins.waitUntilNoActivity();
        jenkins.assertLogContains("parent is NOT started: a job cannot be its own rollback job", failed);
        assertThat(parent.getLastBuild().getNumber(), is(1));
    }

    @Test
    public void freestyle_canBeBoth() throws Exception {
        FreeStyleProject parent = folder.createProject(FreeStyleProject.class, "parent");
        parent.getBuildersList().add(new FailureBuilder());
        FreeStyleProject child = folder.createProject(FreeStyleProject.class, "child");
        child.addTrigger(started(child, "parent"));

        Run<?, ?> failed = jenkins.buildAndAssertStatus(Result.FAILURE, parent);

        jenkins.waitUntilNoActivity();
        assertThat(
                child.getBuildByNumber(1).getEnvironment(TaskListener.NULL).get("ROLLBACK_OF_JOB"),
                is(parent.getFullName()));
        assertThat(RollbackLinks.of(failed).get(0).getState(), is(RollbackLink.State.ENDED));
    }

    @Test
    public void declarative_hasItAmongItsTriggers() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline(
                "child",
                "pipeline { agent none\n"
                        + "triggers { failedDeployment(upstream: 'parent', results: ['FAILURE', 'ABORTED'], onlyIfDeployed: false,"
                        + " when: \"result != 'passed'\") }\n stages { stage('x') { steps { echo 'x' } } } }");
        jenkins.buildAndAssertSuccess(child); // which makes the trigger known

        run(parent, Result.FAILURE);

        assertThat(awaitRun(child, 2).getCause(FailedDeploymentCause.class), notNullValue());
    }

    /** Who the rollback job runs as may not see the failed job, and who the failed run is shown to not the rollback job. */
    @Test
    public void permission_isCheckedBothWays() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        follow(child, "parent");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("parent", "child")
                .grant(Item.READ)
                .onItems(folder, parent)
                .to("parent")
                .grant(Item.READ, Item.BUILD)
                .onItems(folder, child)
                .to("child"));
        QueueItemAuthenticatorConfiguration.get()
                .getAuthenticators()
                .add(new MockQueueItemAuthenticator()
                        .authenticate(
                                parent.getFullName(),
                                User.getById("parent", true).impersonate2())
                        .authenticate(
                                child.getFullName(), User.getById("child", true).impersonate2()));

        WorkflowRun unseen = run(parent, Result.FAILURE);
        jenkins.waitUntilNoActivity();
        assertThat(child.getLastBuild(), nullValue());
        jenkins.assertLogNotContains("child", unseen);

        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("parent", "child")
                .grant(Item.READ)
                .onItems(folder, parent)
                .to("parent", "child")
                .grant(Item.READ, Item.BUILD)
                .onItems(folder, child)
                .to("child"));
        WorkflowRun seen = run(parent, Result.FAILURE);
        awaitRun(child, 1);
        jenkins.assertLogNotContains("child", seen);
        String page = Browsers.login(jenkins, "parent").getPage(seen).asNormalizedText();
        assertThat(page, containsString("by a job that you may not see"));
        assertThat(page, not(containsString("child #1")));
    }

    @Test
    public void form_keepsAllOfIt() throws Exception {
        FreeStyleProject child = folder.createProject(FreeStyleProject.class, "child");
        pipeline("parent", "");
        FailedDeploymentTrigger before = new FailedDeploymentTrigger("parent");
        before.setResults(List.of("FAILURE", "ABORTED"));
        before.setWhen("branch = 'master'");
        before.setParameters(List.of("A=1", "B=2"));
        before.setOnlyIfDeployed(false);
        child.addTrigger(before);

        jenkins.configRoundtrip((Item) child);

        FailedDeploymentTrigger after = child.getTrigger(FailedDeploymentTrigger.class);
        jenkins.assertEqualDataBoundBeans(before, after);
        FailedDeploymentTrigger plain = new FailedDeploymentTrigger("parent");
        child.addTrigger(plain);
        jenkins.configRoundtrip((Item) child);
        jenkins.assertEqualDataBoundBeans(plain, child.getTrigger(FailedDeploymentTrigger.class));
    }

    @Test
    public void form_checksAsOneTypes() throws Exception {
        WorkflowJob parent = pipeline("parent", "error 'no'");
        WorkflowJob child = pipeline("child", "");
        run(parent, Result.FAILURE);
        FailedDeploymentTrigger.DescriptorImpl descriptor =
                ExtensionList.lookupSingleton(FailedDeploymentTrigger.DescriptorImpl.class);

        FormValidation holds = descriptor.doCheckWhen(child, "result = 'failed'", "parent");
        assertThat(holds.kind, is(FormValidation.Kind.OK));
        assertThat(
                holds.getMessage(),
                is(
                        "<ul><li>" + parent.getFullDisplayName()
                                + " #1: yes<ul><li>result = &#039;failed&#039;: yes, it is &#039;failed&#039;</li></ul></li></ul>"));
        assertThat(
                descriptor
                        .doCheckWhen(child, "result = 'failed' and branch = '<x>'", "parent")
                        .getMessage(),
                containsString("#1: no<ul><li>result = &#039;failed&#039;: yes, it is &#039;failed&#039;</li>"
                        + "<li>branch = &#039;&lt;x&gt;&#039;: no, it is not set</li>"));
        assertThat(descriptor.doCheckWhen(child, "brnch = 'x'", "").kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckUpstream(child, "parent, nobody").kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckUpstream(child, "child").kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckUpstream(child, "parent").kind, is(FormValidation.Kind.OK));
        assertThat(descriptor.doCheckParameters(child, "no equals sign").kind, is(FormValidation.Kind.ERROR));
    }

    private WorkflowJob pipeline(String name, String script) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static FailedDeploymentTrigger follow(WorkflowJob child, String upstream) throws Exception {
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger(upstream);
        trigger.setOnlyIfDeployed(false);
        child.addTrigger(trigger);
        trigger.start(child, true);
        return trigger;
    }

    private static FailedDeploymentTrigger started(Job<?, ?> child, String upstream) {
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger(upstream);
        trigger.setOnlyIfDeployed(false);
        trigger.start(child, true);
        return trigger;
    }

    private static FailedDeploymentTrigger trigger(WorkflowJob child) {
        List<Trigger<?>> triggers =
                child.getProperty(PipelineTriggersJobProperty.class).getTriggers();
        return (FailedDeploymentTrigger) triggers.get(0);
    }

    private static WorkflowRun run(WorkflowJob job, Result expected, String... parameter) throws Exception {
        return jenkins.assertBuildStatus(
                expected,
                parameter.length == 0
                        ? job.scheduleBuild2(0)
                        : job.scheduleBuild2(
                                0,
                                new ParametersAction(new StringParameterValue("Pipeline Successful", parameter[0]))));
    }

    private static WorkflowRun awaitRun(WorkflowJob job, int number) throws Exception {
        jenkins.waitUntilNoActivity();
        WorkflowRun run = job.getBuildByNumber(number);
        assertThat("there is a run " + number, run, notNullValue());
        return run;
    }
}
