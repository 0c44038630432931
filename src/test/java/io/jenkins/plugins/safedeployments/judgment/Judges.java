package io.jenkins.plugins.safedeployments.judgment;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.net.URL;
import java.time.Duration;
import java.util.Map;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** A Jenkins with people in it who decide: alice and bob of qa, olga of ops (alice too), dev who starts builds, and admin. */
final class Judges {

    private Judges() {}

    static void secure(JenkinsRule jenkins) {
        JenkinsRule.DummySecurityRealm realm = jenkins.createDummySecurityRealm();
        realm.addGroups("alice", "qa", "ops");
        realm.addGroups("bob", "qa");
        realm.addGroups("olga", "ops");
        jenkins.jenkins.setSecurityRealm(realm);
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ, SafeDeploymentsPermissions.JUDGE)
                .everywhere()
                .to("judge")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("alice", "bob", "olga", "nobody")
                .grant(Jenkins.READ, Item.READ, Item.BUILD, Item.CONFIGURE, Item.CANCEL)
                .everywhere()
                .to("dev"));
    }

    /** A build that dev started. */
    static WorkflowRun start(JenkinsRule jenkins, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return start(job);
    }

    static WorkflowRun start(WorkflowJob job) throws Exception {
        try (ACLContext ignored = as("dev")) {
            return job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause()))
                    .waitForStart();
        }
    }

    /** The same, when it waits for a judgment of that id. */
    static WorkflowRun waiting(JenkinsRule jenkins, String id, String script) throws Exception {
        WorkflowRun run = start(jenkins, script);
        await(run, id);
        return run;
    }

    static LiveJudgment await(Run<?, ?> run, String id) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> PendingJudgments.get().find(new RunSubject(run), id) != null);
        return PendingJudgments.get().find(new RunSubject(run), id);
    }

    static ACLContext as(String user) {
        return ACL.as2(User.getOrCreateByIdOrFullName(user).impersonate2());
    }

    static Ruling vote(Run<?, ?> run, String id, String user, String choice) throws Exception {
        try (ACLContext ignored = as(user)) {
            return await(run, id)
                    .vote(
                            Jenkins.getAuthentication2(),
                            new LiveJudgment.Answer(choice, "says " + user, Map.of(), null, false));
        }
    }

    static InputStepExecution input(Run<?, ?> run) throws Exception {
        return run.getAction(InputAction.class).getExecutions().get(0);
    }

    static WebResponse post(JenkinsRule jenkins, String user, Run<?, ?> run, String path) throws Exception {
        JenkinsRule.WebClient web = web(jenkins, user);
        web.addRequestHeader("Accept", "*/*");
        return web.getPage(
                        web.addCrumb(new WebRequest(new URL(jenkins.getURL(), run.getUrl() + path), HttpMethod.POST)))
                .getWebResponse();
    }

    static JenkinsRule.WebClient web(JenkinsRule jenkins, String user) throws Exception {
        JenkinsRule.WebClient web = jenkins.createWebClient().login(user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }
}
