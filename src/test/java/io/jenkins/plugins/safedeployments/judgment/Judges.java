package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
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
import org.springframework.security.core.Authentication;

/** A Jenkins with people in it who decide: alice and bob of qa, olga of ops (alice too), dev who starts builds, stranger
 * who sees no jobs, and admin. */
final class Judges {

    /** As many as there are for what may wait for a cluster or an agent. */
    private static final int THREADS = 8;

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
                .grant(Jenkins.READ)
                .everywhere()
                .to("stranger")
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
        return await(new RunSubject(run), id);
    }

    /** The one about an item in the queue. */
    static LiveJudgment await(Queue.Item item, String id) {
        return await(new QueueSubject((Job<?, ?>) item.task, item.getId(), new Judgments()), id);
    }

    private static LiveJudgment await(Subject subject, String id) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> PendingJudgments.get().find(subject, id), Objects::nonNull);
    }

    /** Somebody wants a build; the item in the queue, when it waits for a judgment of that id. */
    static Queue.Item queued(Job<?, ?> job, String user, String id) {
        Queue.Item item = request(job, user);
        await(item, id);
        return Queue.getInstance().getItem(item.getId());
    }

    static Queue.Item request(Job<?, ?> job, String user) {
        try (ACLContext ignored = as(user)) {
            return ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new Cause.UserIdCause()));
        }
    }

    /**
     * As if agents hung while manifests are read from them: what is to wait for a cluster or an agent does not begin.
     *
     * @return lets it go on; Jenkins does so when it goes down
     */
    static CountDownLatch occupyThreads() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(THREADS);
        CountDownLatch goOn = new CountDownLatch(1);
        for (int i = 0; i < THREADS; i++) {
            ReleaseRuntime.get().execute(() -> {
                begun.countDown();
                try {
                    goOn.await(5, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertThat(begun.await(1, TimeUnit.MINUTES), is(true));
        return goOn;
    }

    static Ruling vote(LiveJudgment live, String user, String choice) throws Exception {
        try (ACLContext ignored = as(user)) {
            return live.vote(
                    Jenkins.getAuthentication2(),
                    new LiveJudgment.Answer(choice, "says " + user, Map.of(), null, false));
        }
    }

    static Authentication user(String id) {
        return User.getOrCreateByIdOrFullName(id).impersonate2();
    }

    static ACLContext as(String user) {
        return ACL.as2(user(user));
    }

    static Ruling vote(Run<?, ?> run, String id, String user, String choice) throws Exception {
        return vote(await(run, id), user, choice);
    }

    /** What Stapler may find below a page of this class: by its getters and other methods, fields and views. */
    static Set<String> urls(Class<?> page) {
        Set<String> names = new TreeSet<>(List.of("index", "action"));
        for (Method method : page.getMethods()) {
            String name = method.getName().replaceFirst("^(get|do|js)(?=[A-Z])", "");
            names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
        }
        for (Field field : page.getFields()) {
            names.add(field.getName());
        }
        return names;
    }

    static InputStepExecution input(Run<?, ?> run) throws Exception {
        return run.getAction(InputAction.class).getExecutions().get(0);
    }

    static WebResponse post(JenkinsRule jenkins, String user, Run<?, ?> run, String path) throws Exception {
        return post(jenkins, user, run.getUrl() + path);
    }

    static WebResponse post(JenkinsRule jenkins, String user, String path) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        web.addRequestHeader("Accept", "*/*");
        return web.getPage(web.addCrumb(new WebRequest(new URL(jenkins.getURL(), path), HttpMethod.POST)))
                .getWebResponse();
    }

    static JenkinsRule.WebClient web(JenkinsRule jenkins, String user) throws Exception {
        JenkinsRule.WebClient web = Browsers.login(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }
}
