package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.sun.net.httpserver.HttpServer;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import io.jenkins.plugins.safedeployments.notify.Notifications;
import io.jenkins.plugins.safedeployments.notify.WebhookNotification;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Who was not told of a judgment when Jenkins went down is told when it is up again, of what is still so. */
public class JudgmentNoticesRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    /** What was told, also in vain. */
    private final List<JSONObject> told = new CopyOnWriteArrayList<>();

    private volatile int status = 503;
    private HttpServer web;

    @Before
    public void serve() throws Exception {
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            told.add(JSONObject.fromObject(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        web.start();
    }

    @After
    public void stop() {
        web.stop(0);
    }

    private String root() {
        return "http://127.0.0.1:" + web.getAddress().getPort() + "/";
    }

    @Test
    public void whatStillWaitsIsToldAgain() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, "qa");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !told.isEmpty());
            assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
            assertThat(letters(), is(1));
        });
        String id = told.get(0).getString("id");
        status = 200;
        told.clear();
        sessions.then(j -> {
            awaitNothingLeft();
            assertThat(events(), contains("awaiting"));
            assertThat(told.get(0).getString("id"), is(id)); // so that receivers notice that they know it
            WorkflowRun run =
                    j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
            j.waitForMessage("[notify] Told the webhook at 127.0.0.1:", run);
            Judges.secure(j);
            Judges.vote(run, "qa", "alice", "continue");
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            awaitNothingLeft();
            assertThat(events(), contains("awaiting", "approved"));
        });
        told.clear();
        sessions.then(j -> assertThat(events(), hasSize(0)));
    }

    @Test
    public void whatWasDecidedIsNotAskedAnyMoreButItsDecisionIsTold() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, "qa");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !told.isEmpty());
            Judges.vote(run, "qa", "bob", "stop");
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> events().contains("rejected"));
        });
        status = 200;
        told.clear();
        sessions.then(j -> {
            awaitNothingLeft();
            assertThat(events(), contains("rejected")); // the build is over
            assertThat(told.get(0).getJSONObject("decision").getString("by"), is("bob"));
        });
    }

    @Test
    public void whatWasWrittenDownButNeverHappenedIsNotTold() throws Throwable {
        status = 200;
        sessions.then(j -> {
            WorkflowRun run = start(j, "qa");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> letters() == 0);
            // as if Jenkins went down before a decision was recorded, and before people were told of a lapse that was
            owe(run, "qa", GateEvent.Kind.APPROVED);
            owe(run, "qa", GateEvent.Kind.LAPSED);
        });
        told.clear();
        sessions.then(j -> {
            awaitNothingLeft();
            assertThat(events(), contains("lapsed"));
        });
    }

    @Test
    public void queueIsToldOfAsWell() throws Throwable {
        sessions.then(j -> {
            Judges.secure(j);
            allow();
            Judges.await(Judges.queued(job(j, "waits"), "dev", "qa"), "qa");
            Queue.Item refused = Judges.queued(job(j, "refused"), "dev", "qa");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> letters() == 2);
            Judges.vote(Judges.await(refused, "qa"), "bob", "stop");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> events().contains("rejected"));
        });
        status = 200;
        told.clear();
        sessions.then(j -> {
            awaitNothingLeft();
            assertThat(events(), containsInAnyOrder("awaiting", "rejected"));
            assertThat(
                    told.stream()
                            .map(event -> event.getJSONObject("run").getString("name"))
                            .toList(),
                    hasItem("refused (in the queue)"));
        });
    }

    private WorkflowRun start(JenkinsRule j, String id) throws Exception {
        Judges.secure(j);
        allow();
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(
                "judgment message: 'Go?', id: '" + id + "', approvers: '2 of qa', notify: [webhook(url: '" + root()
                        + "')]",
                true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, id);
        return run;
    }

    private FreeStyleProject job(JenkinsRule j, String name) throws Exception {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers("qa");
        settings.setNotify(List.of(webhook()));
        FreeStyleProject job = j.createFreeStyleProject(name);
        job.addProperty(new JudgmentProperty(settings));
        return job;
    }

    private void owe(WorkflowRun run, String id, GateEvent.Kind kind) {
        GateEvent event = GateEvent.of(kind, Instant.now(), id, run.getFullDisplayName())
                .runId(run.getExternalizableId())
                .build();
        Notifications.get().owe(List.of(webhook()), GatePlace.of(run), event, text -> {});
    }

    private WebhookNotification webhook() {
        WebhookNotification webhook = new WebhookNotification();
        webhook.setUrl(root());
        return webhook;
    }

    private void allow() {
        SafeDeploymentsConfiguration.get().setAllowedWebhooks(root());
    }

    private List<String> events() {
        return told.stream().map(event -> event.getString("event")).toList();
    }

    private static int letters() {
        return Objects.requireNonNullElse(
                        new File(Jenkins.get().getRootDir(), "safe-deployments/notices").list(), new String[0])
                .length;
    }

    private static void awaitNothingLeft() {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> letters() == 0);
    }
}
