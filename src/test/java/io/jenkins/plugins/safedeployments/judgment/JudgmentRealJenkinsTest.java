package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.FullControlOnceLoggedInAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import io.jenkins.plugins.safedeployments.RealJenkins;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Judgments in a Jenkins with real plugin class loaders, which is killed while they wait. */
public class JudgmentRealJenkinsTest {

    @Rule
    public RealJenkinsRule jenkins = RealJenkins.rule();

    private static final String VOTE = "judgments/qa/decide?outcome=rollback";

    /** Killed with {@code kill -9} when each has one of two votes. */
    @Test
    public void votesSurviveAKill() throws Throwable {
        jenkins.startJenkins();
        jenkins.runRemotely(j -> {
            start(j);
            post(j, "bob", run("release").getUrl() + VOTE);
            startWhatIsKeptInMemory(j);
            post(j, "bob", run("fast").getUrl() + VOTE);
            enqueue(j);
            post(j, "bob", item().getUrl() + "judgments/qa/decide?outcome=continue");
        });
        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();
        String log = jenkins.runRemotely(j -> {
            assertLostRunIsSettled(j);
            assertItemOfTheQueueIsDecided(j);
            await(() -> page("release"));
            assertThat(page("release").getMissing(), containsString("1 more of alice, bob"));
            post(j, "alice", run("release").getUrl() + VOTE + "&comment=after");
            j.assertBuildStatusSuccess(j.waitForCompletion(run("release")));
            return JenkinsRule.getLog(run("release"));
        });
        assertThat(log, containsString("rolls back, decided by bob, alice"));
    }

    /** As the page of durability settings says: a crash loses the run, but not what was said, and nobody is asked any more. */
    private static void assertLostRunIsSettled(JenkinsRule j) throws Exception {
        WorkflowRun lost = run("fast");
        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(lost));
        assertThat(page("fast").isWaiting(), is(false));
        assertThat(page("fast").getVotes().get(0).get("user"), is("bob"));
        assertThat(post(j, "alice", lost.getUrl() + VOTE), is(409));
        assertThat(JenkinsRule.getLog(lost), not(containsString("went on")));
    }

    private static void assertItemOfTheQueueIsDecided(JenkinsRule j) throws Exception {
        await(JudgmentRealJenkinsTest::queued);
        assertThat(queued().getMissing(), containsString("1 more of alice, bob"));
        assertThat(queued().getVotes().get(0).get("user"), is("bob"));
        FreeStyleProject job = Jenkins.get().getItemByFullName("nightly", FreeStyleProject.class);
        assertThat(job.getLastBuild(), is(nullValue()));
        assertThat(post(j, "alice", item().getUrl() + "judgments/qa/decide?outcome=continue"), is(200));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.getLastBuild() != null);
        FreeStyleBuild build = j.assertBuildStatusSuccess(j.waitForCompletion(job.getLastBuild()));
        assertThat(
                build.getAction(JudgmentTab.class).getJudgments().get(0).getText(),
                containsString("'continue' was decided by bob, alice"));
    }

    /** By classes that are there after a restart, too. */
    private static void secure() throws Exception {
        HudsonPrivateSecurityRealm realm = new HudsonPrivateSecurityRealm(false, false, null);
        for (String user : List.of("alice", "bob", "dev")) {
            realm.createAccount(user, user);
        }
        Jenkins.get().setSecurityRealm(realm);
        FullControlOnceLoggedInAuthorizationStrategy all = new FullControlOnceLoggedInAuthorizationStrategy();
        all.setAllowAnonymousRead(false);
        Jenkins.get().setAuthorizationStrategy(all);
        Jenkins.get().save();
    }

    /** With a token, which needs no crumb. */
    private static int post(JenkinsRule j, String user, String path) throws Exception {
        JenkinsRule.WebClient web = j.createWebClient().withBasicApiToken(user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web.getPage(new WebRequest(new URL(j.getURL(), path), HttpMethod.POST))
                .getWebResponse()
                .getStatusCode();
    }

    private static void start(JenkinsRule j) throws Exception {
        secure();
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition("""
                pipeline {
                  agent none
                  stages {
                    stage('QA') {
                      steps { judgment message: 'Go on?', id: 'qa', inputs: ['continue', 'rollback'], approvers: '2 of alice, bob' }
                    }
                    stage('Rollback') {
                      when { judged id: 'qa', as: 'rollback' }
                      steps { echo "rolls back, decided by ${judgmentOf('qa').by}" }
                    }
                  }
                }
                """, true));
        Judges.start(job);
        await(() -> page("release"));
    }

    private static void startWhatIsKeptInMemory(JenkinsRule j) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "fast");
        job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
        job.setDefinition(new CpsFlowDefinition(
                "judgment message: 'Go on?', id: 'qa', inputs: ['continue', 'rollback'], approvers: '2 of alice, bob'\n"
                        + "echo 'went on'",
                true));
        Judges.start(job);
        await(() -> page("fast"));
    }

    private static void enqueue(JenkinsRule j) throws Exception {
        FreeStyleProject job = j.createFreeStyleProject("nightly");
        JudgmentSettings settings = new JudgmentSettings("Build it?");
        settings.setId("qa");
        settings.setApprovers("2 of alice, bob");
        job.addProperty(new JudgmentProperty(settings));
        Judges.request(job, "dev");
        await(JudgmentRealJenkinsTest::queued);
    }

    private static Queue.Item item() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Queue.getInstance().getItem(Jenkins.get().getItemByFullName("nightly", FreeStyleProject.class));
        }
    }

    /** Null until it is asked. */
    private static JudgmentPage queued() {
        Queue.Item item = item();
        QueueJudgmentsTab tab = item == null ? null : item.getAction(QueueJudgmentsTab.class);
        List<JudgmentPage> pages = tab == null ? List.of() : tab.getJudgments();
        return pages.isEmpty() ? null : pages.get(0);
    }

    /** Until it can be answered; by what is public, since the plugin has a class loader of its own here. */
    private static void await(Supplier<JudgmentPage> asked) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            JudgmentPage page = asked.get();
            return page != null && page.isWaiting();
        });
    }

    private static JudgmentPage page(String job) {
        List<JudgmentPage> pages = run(job).getAction(JudgmentTab.class).getJudgments();
        return pages.isEmpty() ? null : pages.get(0);
    }

    private static WorkflowRun run(String job) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // who waits does so as nobody
            return Jenkins.get().getItemByFullName(job, WorkflowJob.class).getBuildByNumber(1);
        }
    }
}
