package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.builders.Freestyle;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.DecisionLine;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.promotion.PromotionProperty;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import jenkins.model.ParameterizedJobMixIn;
import org.awaitility.Awaitility;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.FakeChangeLogSCM;
import org.jvnet.hudson.test.JenkinsRule;

/** Judgments about a release in a cluster. */
public class JudgmentOfReleaseTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    @Before
    public void configure() throws Exception {
        Judges.secure(jenkins);
        AddressBook.configureCluster(TestCluster.kubeconfig());
    }

    @Test
    public void votesAreVoidWhenTheReleaseChanges() throws Exception {
        put(1, "shop:1.4");
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: '2 of qa', app: 'shop', namespace: '"
                        + target.namespace() + "'");
        jenkins.assertLogContains("It is about release 1 (shop:1.4) of shop in " + target.namespace(), run);
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
        put(2, "shop:1.5");

        Ruling lapsed = Judges.vote(run, "qa", "alice", "continue");

        assertThat(lapsed.kind(), is(Ruling.Kind.LAPSED));
        assertThat(lapsed.text(), containsString("the image is shop:1.5 instead of shop:1.4"));
        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));
        assertThat(run.isBuilding(), is(true));
        assertThat(
                Judges.post(jenkins, "bob", run, "judgments/qa/decide?outcome=continue&shown=1-old")
                        .getStatusCode(),
                is(400));
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.RECORDED));
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("The votes of bob are void, and it is asked anew.", run);
        assertThat(Judgments.find(run, "qa").content().release(), is(2));
    }

    /** Of two votes on the way at once one may notice a change after the other has looked for one. */
    @Test
    public void voteOnItsWayDoesNotCountForWhatCameMeanwhile() throws Exception {
        put(1, "shop:1.4");
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: '1 of qa', app: 'shop', namespace: '"
                        + target.namespace() + "'");
        LiveJudgment asked = Judges.await(run, "qa");
        AtomicReference<LiveJudgment> live = new AtomicReference<>();
        Subject subject = (Subject) Proxy.newProxyInstance(
                Subject.class.getClassLoader(), new Class<?>[] {Subject.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("beginVote")) {
                        put(2, "shop:1.5");
                        live.get().look();
                    }
                    return method.invoke(asked.subject(), arguments);
                });
        live.set(new LiveJudgment(subject, asked.settings(), asked.judgment(), new LiveJudgment.Asker() {
            @Override
            public void say(String text) {}

            @Override
            public void decided(boolean byInput) {}
        }));

        Ruling ruling = Judges.vote(live.get(), "alice", "continue");

        assertThat(ruling.kind(), is(Ruling.Kind.LAPSED));
        assertThat(ruling.text(), is("What is judged has changed in the meantime: look again."));
        assertThat(live.get().judgment().content().release(), is(2));
        assertThat(live.get().judgment().isDecided(), is(false));
        run.doKill();
        jenkins.waitForCompletion(run);
    }

    @Test
    public void whoAnswersAnOldPageOfInputsIsTold() throws Exception {
        put(1, "shop:1.4");
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: '1 of qa', app: 'shop', namespace: '"
                        + target.namespace() + "'");
        JenkinsRule.WebClient web = Judges.web(jenkins, "bob");
        HtmlPage old = web.getPage(run, "input/");
        assertThat(old.asNormalizedText(), containsString("It is about release 1 (shop:1.4) of shop in"));
        put(2, "shop:1.5");
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.LAPSED));

        HtmlPage told = jenkins.submit(old.getFormByName("Qa"), "proceed");

        assertThat(told.getWebResponse().getStatusCode(), is(400));
        assertThat(told.asNormalizedText(), containsString("It has changed since you looked: look again."));
        assertThat(Judgments.find(run, "qa").isDecided(), is(false));
        HtmlPage now = web.getPage(run, "input/");
        assertThat(now.asNormalizedText(), containsString("It is about release 2 (shop:1.5) of shop in"));
        jenkins.submit(now.getFormByName("Qa"), "proceed");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").content().release(), is(2));
    }

    @Test
    public void clusterDemandsItsApproversAndToStopNeedsNoCluster() throws Exception {
        put(1, "shop:1.4");
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("rig");
        cluster.setApprovers("1 of ops");
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: 'qa', app: 'shop', namespace: '" + target.namespace()
                        + "'");
        assertThat(
                Judges.vote(run, "qa", "bob", "continue").text(), is("Your vote is recorded. It takes 1 more of ops."));
        cluster.setUrl("https://127.0.0.1:1");
        cluster.setCredentialsId("gone");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));

        Ruling blind = Judges.vote(run, "qa", "olga", "continue");
        assertThat(blind.kind(), is(Ruling.Kind.WRONG));
        assertThat(blind.text(), containsString("It can't be seen whether it is still the same"));
        assertThat(Judges.vote(run, "qa", "olga", "stop").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
    }

    @After
    public void resetClock() {
        PendingJudgments.setClock(Clock.systemUTC());
    }

    private static void move(Duration ahead) {
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), ahead));
        PendingJudgments.get().wake();
    }

    @Test
    public void timeOutGoesOnOnlyWithWhatWasAskedAbout() throws Exception {
        String script =
                "judgment message: 'Go?', id: 'qa', timeout: 2, onTimeout: 'continue', app: 'shop', namespace: '"
                        + target.namespace() + "'";
        put(1, "shop:1.4");
        WorkflowRun same = Judges.waiting(jenkins, "qa", script);
        move(Duration.ofHours(3));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(same));
        resetClock();

        WorkflowRun changed = Judges.waiting(jenkins, "qa", script);
        put(2, "shop:1.5");
        move(Duration.ofHours(3));
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(changed));
        jenkins.assertLogContains(
                "Nobody decided in time, and what is judged has changed: it is release 2 instead of 1", changed);
        resetClock();

        WorkflowRun unseen = Judges.waiting(jenkins, "qa", script);
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("rig");
        cluster.setUrl("https://127.0.0.1:1");
        cluster.setCredentialsId("gone");
        move(Duration.ofHours(3));
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(unseen));
        jenkins.assertLogContains("it can't be seen whether it is still the same that is judged", unseen);
    }

    @Test
    public void votesAreVoidSoonAfterTheReleaseHasChanged() throws Exception {
        put(1, "shop:1.4");
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: '2 of qa', app: 'shop', namespace: '"
                        + target.namespace() + "'");
        Judges.vote(run, "qa", "bob", "continue");
        put(2, "shop:1.5");

        move(Duration.ofMinutes(2));

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(Judgments.find(run, "qa").votes(), hasSize(0)));
        jenkins.waitForMessage("The votes of bob are void, and it is asked anew.", run);
        Judges.vote(run, "qa", "bob", "stop");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
    }

    @Test
    public void clusterForbidsRequestersAndOverrides() throws Exception {
        put(1, "shop:1.4");
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("rig");
        cluster.setForbidRequester(true);
        cluster.setForbidOverride(true);
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: 'user:dev, bob', allowRequester: true,"
                        + " allowOverride: true, app: 'shop', namespace: '" + target.namespace() + "'");

        assertThat(Judges.vote(run, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(
                Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue&comment=x")
                        .getStatusCode(),
                is(403));
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void approvalsAreOfOneReleaseOnly() throws Exception {
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("rig");
        Target shop = new Target("rig", target.namespace(), "shop");
        Release first = put(1, "shop:1.4");
        WorkflowRun free = Judges.start(
                jenkins,
                "judgment message: 'Go?', id: 'qa', approvers: 'bob', app: 'shop', namespace: '" + target.namespace()
                        + "'");
        Judges.vote(free, "qa", "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(free));
        assertThat(Approvals.missing(free, shop, first), is(Optional.empty()));
        WorkflowRun unattended = Judges.start(
                jenkins,
                "judgment message: 'Go?', id: 'qa', approvers: '1 of ops', timeout: 1, timeoutUnit: 'SECONDS',"
                        + " onTimeout: 'continue', app: 'shop', namespace: '" + target.namespace() + "'");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(unattended));
        assertThat(Approvals.missing(unattended, shop, first), is(Optional.empty()));
        cluster.setApprovers("1 of ops");
        assertThat(Approvals.missing(unattended, shop, first).isPresent(), is(true));
        assertThat(
                Approvals.missing(free, shop, first).orElseThrow(), containsString("has to be approved by 1 of ops"));

        WorkflowRun asked = Judges.start(
                jenkins, "judgment message: 'Go?', id: 'qa', app: 'shop', namespace: '" + target.namespace() + "'");
        Judges.vote(asked, "qa", "olga", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(asked));

        assertThat(Approvals.missing(asked, shop, first), is(Optional.empty()));
        WorkflowRun against = Judges.start(
                jenkins,
                "judgment message: 'Go?', id: 'qa', inputs: ['continue', 'rollback'], app: 'shop', namespace: '"
                        + target.namespace() + "'");
        Judges.vote(against, "qa", "olga", "rollback");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(against));
        assertThat(Approvals.missing(against, shop, first).isPresent(), is(true));
        assertThat(Approvals.missing(asked, shop, put(2, "shop:1.5")).isPresent(), is(true));
    }

    @Test
    public void whatIsDemandedHoldsPromotionsWhateverTheJenkinsfileSays() throws Exception {
        SafeDeploymentsConfiguration.get().cluster("rig").setApprovers("1 of ops");
        String at = "app: 'addressbook', namespace: '" + target.namespace() + "'";
        String canary = "canaryDeploy(" + at + ", image: 'registry.example.com/addressbook:1.0', manifests: '''"
                + AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml") + "''')\n";

        WorkflowRun without = Judges.start(
                jenkins,
                canary + "promoteStable(drainSeconds: 0, " + at + ", replicas: 1, force: true, reason: 'in a hurry')");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(without));
        jenkins.assertLogContains("has to be approved by 1 of ops: have a judgment about it before", without);
        assertThat(target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").isPresent(), is(false));

        WorkflowRun asked = Judges.waiting(
                jenkins,
                "qa",
                "judgment(message: 'Go?', id: 'qa', " + at + ")\npromoteStable(drainSeconds: 0, " + at
                        + ", replicas: 1)");
        Judges.vote(asked, "qa", "olga", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(asked));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").isPresent(), is(true));
        String judged = DecisionLine.of(Judgments.find(asked, "qa")) + ", judgment qa of " + asked.getFullDisplayName();
        assertThat(judged, startsWith("'continue' by olga (1 of ops, "));
        assertThat(
                new ReleaseStore(target.cluster(), "addressbook")
                        .get(1)
                        .orElseThrow()
                        .history()
                        .toString(),
                containsString("judged: " + judged));
    }

    /** The page links to what there is to see of the release, and the record goes with the build that promotes it. */
    @Test
    public void whatWasApprovedInTheQueueIsPromoted() throws Exception {
        SafeDeploymentsConfiguration.get().cluster("rig").setApprovers("1 of ops");
        String at = "app: 'addressbook', namespace: '" + target.namespace() + "'";
        WorkflowRun made = Judges.start(
                jenkins,
                "canaryDeploy(" + at
                        + ", image: 'registry.example.com/addressbook:1.0', postMortem: true,"
                        + " tests: [exec(command: 'echo migrated', migration: true)], manifests: '''"
                        + AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml") + "''')\n");
        SafeDeploymentsConfiguration.get()
                .getClusters()
                .get(0)
                .setDashboards("Errors=https://grafana.example.com/d/${app}");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(made));
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("promoteStable(drainSeconds: 0, " + at + ", replicas: 1)", true));
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers("1 of qa");
        settings.setApp("addressbook");
        settings.setNamespace(target.namespace());
        job.addProperty(new JudgmentProperty(settings));

        Queue.Item item = ParameterizedJobMixIn.scheduleBuild2(
                job, 0, new CauseAction(new Cause.UpstreamCause((Run<?, ?>) made)));
        LiveJudgment live = Judges.await(item, "qa");
        assertThat(Judges.vote(live, "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        JenkinsRule.WebClient web = Browsers.plain(jenkins, "olga");
        HtmlPage page = web.goTo(item.getUrl() + "judgments/qa/");
        assertThat(page.asNormalizedText(), containsString("release 1 (registry.example.com/addressbook:1.0)"));
        assertThat(page.asNormalizedText(), containsString("The release has migrated data ("));
        HtmlPage releases =
                page.getAnchorByText("Releases of " + made.getFullDisplayName()).click();
        assertThat(releases.asNormalizedText(), containsString("registry.example.com/addressbook:1.0"));
        assertThat(page.getAnchorByText("Errors").getHrefAttribute(), is("https://grafana.example.com/d/addressbook"));
        HtmlPage evidence = page.getAnchorByText("Evidence of the canary").click();
        assertThat(evidence.asNormalizedText(), containsString("addressbook"));
        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.getLastBuild() != null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(job.getLastBuild()));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").isPresent(), is(true));
    }

    /** In the queue nobody knows yet who wrote the changes. */
    @Test
    public void whatAnAuthorApprovedInTheQueueIsNotPromoted() throws Exception {
        SafeDeploymentsConfiguration.get().cluster("rig").setApprovers("1 of ops");
        String at = "app: 'addressbook', namespace: '" + target.namespace() + "'";
        WorkflowRun made = Judges.start(
                jenkins,
                "canaryDeploy(" + at + ", image: 'registry.example.com/addressbook:1.0', manifests: '''"
                        + AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml") + "''')\n");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(made));
        FreeStyleProject job = new Freestyle(jenkins, target).job("promotes", Freestyle.promote());
        FakeChangeLogSCM changes = new FakeChangeLogSCM();
        changes.addChange().withAuthor("alice");
        job.setScm(changes);
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers("1 of qa");
        settings.setApp("addressbook");
        settings.setNamespace(target.namespace());
        job.addProperty(new JudgmentProperty(settings));

        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        Awaitility.await().until(job::isInQueue);
        LiveJudgment live = Judges.await(job.getQueueItem(), "qa");
        assertThat(Judges.vote(live, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));

        FreeStyleBuild build = jenkins.assertBuildStatus(Result.FAILURE, future);
        jenkins.assertLogContains("has to be approved by 1 of ops", build);
        assertThat(target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").isPresent(), is(false));
    }

    /** Canary and promotion are builds of two jobs, and the judgment is given in the first one. */
    @Test
    public void promotionFindsWhatWasDecidedWhereTheReleaseWasMade() throws Exception {
        SafeDeploymentsConfiguration.get().cluster("rig").setApprovers("1 of ops");
        String at = "app: 'addressbook', namespace: '" + target.namespace() + "'";
        String deploy = "canaryDeploy(" + at + ", image: 'registry.example.com/addressbook:1.0', manifests: '''"
                + AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml") + "''')\n";
        String judgment = "judgment(message: 'Go?', id: 'qa', approvers: 'bob', ";
        String promote = "promoteStable(app: params.APP, cluster: params.CLUSTER, namespace: params.NAMESPACE,"
                + " release: params.RELEASE as Integer, replicas: 1, drainSeconds: 0";
        String conditions = ", preconditions: [judgmentGiven(id: 'qa', outcome: 'continue'),"
                + " conditionHolds(\"judgment('qa') = 'continue'\")]";
        WorkflowJob canary = jenkins.createProject(WorkflowJob.class);
        WorkflowJob stable = jenkins.createProject(WorkflowJob.class);
        PromotionProperty property = new PromotionProperty();
        property.setStableJob(stable.getFullName());
        canary.addProperty(property);

        canary.setDefinition(new CpsFlowDefinition(deploy + judgment + at + ")", true));
        WorkflowRun first = Judges.start(canary);
        Judges.vote(first, "qa", "bob", "continue");
        Judges.vote(first, "qa", "olga", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        stable.setDefinition(new CpsFlowDefinition(
                "checkCondition \"judgment('qa') = 'continue'\"\n" + promote + conditions + ")", true));
        WorkflowRun promoted = promoted(first, first, 1, stable);
        jenkins.assertBuildStatusSuccess(promoted);
        jenkins.assertLogContains("all 2 preconditions are met", promoted);

        // the same id is decided in the next run, but about nothing; and about the release, but in another run
        canary.setDefinition(new CpsFlowDefinition(
                deploy.replace(":1.0", ":1.1") + judgment + "instructions: 'of no release')", true));
        WorkflowRun second = Judges.start(canary);
        Judges.vote(second, "qa", "bob", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(second));
        WorkflowRun elsewhere = Judges.start(jenkins, judgment + at + ")");
        Judges.vote(elsewhere, "qa", "bob", "continue");
        Judges.vote(elsewhere, "qa", "olga", "continue");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(elsewhere));
        WorkflowRun unchecked = promoted(second, canary, 2, stable);
        jenkins.assertBuildStatus(Result.FAILURE, unchecked);
        jenkins.assertLogContains("The condition does not hold: judgment('qa') is not set", unchecked);

        stable.setDefinition(new CpsFlowDefinition(promote + conditions + ")", true));
        WorkflowRun unmet = promoted(second, canary, 3, stable);
        jenkins.assertBuildStatus(Result.FAILURE, unmet);
        jenkins.assertLogContains(
                "2 preconditions are not met: the judgment 'qa' has not been given in this run, nor about release 2"
                        + " (registry.example.com/addressbook:1.1) in the run that made it; judgment('qa') is not set",
                unmet);

        stable.setDefinition(new CpsFlowDefinition(promote + ")", true));
        WorkflowRun unapproved = promoted(second, second, 4, stable);
        jenkins.assertBuildStatus(Result.FAILURE, unapproved);
        jenkins.assertLogContains("has to be approved by 1 of ops: have a judgment about it before", unapproved);
    }

    /** Whoever has the release made can't approve it in a job of their own, and those who may find its evidence there. */
    @Test
    public void judgmentInAnotherJobKnowsWhoMadeTheRelease() throws Exception {
        String at = "app: 'addressbook', namespace: '" + target.namespace() + "'";
        WorkflowRun made = Judges.start(
                jenkins,
                "canaryDeploy(" + at
                        + ", image: 'registry.example.com/addressbook:1.0', postMortem: true, manifests: '''"
                        + AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml") + "''')\n");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(made));
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                "judgment(message: 'Go?', id: 'qa', approvers: 'user:dev, olga', " + at + ")", true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        Judges.await(run, "qa");

        assertThat(Judges.vote(run, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        JenkinsRule.WebClient web = Browsers.plain(jenkins, "olga");
        HtmlPage page = web.goTo(run.getUrl() + "judgments/qa/");
        HtmlPage evidence = page.getAnchorByText("Evidence of the canary").click();
        assertThat(evidence.asNormalizedText(), containsString("addressbook"));
        assertThat(
                page.getAnchorByText("Releases of " + made.getFullDisplayName()).getHrefAttribute(),
                containsString(made.getUrl()));
        assertThat(Judges.vote(run, "qa", "olga", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    /** By the button on the page of a run or of its job. */
    private static WorkflowRun promoted(WorkflowRun made, Object page, int number, WorkflowJob stable)
            throws Exception {
        String app = "kind=promote&cluster=rig&app=addressbook&release=" + made.getNumber() + "&namespace="
                + ReleasesAction.entries(made).get(0).getTarget().namespace();
        String from = page == made ? "releases/start?" : "../releases/start?";
        assertThat(Judges.post(jenkins, "admin", made, from + app).getStatusCode(), is(200));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> stable.getBuildByNumber(number) != null);
        return jenkins.waitForCompletion(stable.getBuildByNumber(number));
    }

    @Test
    public void withoutAReleaseThereIsNothingToJudge() throws Exception {
        WorkflowRun run =
                Judges.start(jenkins, "judgment message: 'Go?', app: 'shop', namespace: '" + target.namespace() + "'");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("There is no release of shop in " + target.namespace() + " on rig to judge", run);
    }

    private Release put(int number, String image) {
        Map<String, Object> deployment =
                Map.of("kind", "Deployment", "metadata", Map.of("name", "shop"), "spec", Map.of("image", image));
        Plan plan = new Plan(
                image,
                "",
                1,
                3,
                2,
                null,
                deployment,
                deployment,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                false);
        Actor actor = new Actor("jenkins/shop#" + number, "shop #" + number, "", "dev");
        Release release = Release.begin(number, "shop", actor, plan, Instant.now());
        new ReleaseStore(target.cluster(), "shop").put(release, 1);
        return release;
    }
}
