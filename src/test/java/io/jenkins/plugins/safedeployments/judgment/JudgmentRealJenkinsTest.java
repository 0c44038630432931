package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;

import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.FullControlOnceLoggedInAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import io.jenkins.plugins.safedeployments.RealJenkins;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Judgments in a Jenkins with real plugin class loaders, which is killed while they wait. */
public class JudgmentRealJenkinsTest {

    @Rule
    public RealJenkinsRule jenkins = RealJenkins.rule();

    private static final String VOTE = "judgments/qa/decide?outcome=rollback";

    /** Killed with {@code kill -9} when it has one of two votes. */
    @Test
    public void votesSurviveAKill() throws Throwable {
        jenkins.startJenkins();
        jenkins.runRemotely(j -> {
            start(j);
            post(j, "bob", run(), VOTE);
        });
        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();
        String log = jenkins.runRemotely(j -> {
            await();
            assertThat(page().getMissing(), containsString("1 more of alice, bob"));
            post(j, "alice", run(), VOTE + "&comment=after");
            j.assertBuildStatusSuccess(j.waitForCompletion(run()));
            return JenkinsRule.getLog(run());
        });
        assertThat(log, containsString("rolls back, decided by bob, alice"));
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
    private static int post(JenkinsRule j, String user, WorkflowRun run, String path) throws Exception {
        JenkinsRule.WebClient web = j.createWebClient().withBasicApiToken(user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web.getPage(new WebRequest(new URL(j.getURL(), run.getUrl() + path), HttpMethod.POST))
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
        await();
    }

    /** Until it can be answered; by what is public, since the plugin has a class loader of its own here. */
    private static void await() {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            JudgmentPage page = page();
            return page != null && page.isWaiting();
        });
    }

    private static JudgmentPage page() {
        List<JudgmentPage> pages = run().getAction(JudgmentTab.class).getJudgments();
        return pages.isEmpty() ? null : pages.get(0);
    }

    private static WorkflowRun run() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // who waits does so as nobody
            return Jenkins.get().getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
        }
    }
}
