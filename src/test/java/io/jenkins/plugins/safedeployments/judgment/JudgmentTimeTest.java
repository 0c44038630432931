package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

/** What time does to a judgment that waits: people are told again, and further ones may decide. */
public class JudgmentTimeTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    private final List<JSONObject> told = new CopyOnWriteArrayList<>();
    private HttpServer web;

    @Before
    public void serve() throws IOException {
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            told.add(JSONObject.fromObject(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        web.start();
    }

    @After
    public void stop() {
        web.stop(0);
        PendingJudgments.setClock(Clock.systemUTC());
    }

    @Test
    public void furtherPeopleMayDecideFromTheirTimeOn() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, "2 of qa", ", escalateAfter: 2, escalateTo: 'olga'");
            LiveJudgment live = Judges.await(run, "qa");
            Judges.vote(live, "bob", "continue");
            Ruling early = Judges.vote(live, "olga", "continue");
            assertThat(early.kind(), is(Ruling.Kind.FORBIDDEN));
            assertThat(early.text(), is("olga may not decide this: it takes 2 of qa."));
            assertThat(live.missing(), is("1 more of qa"));

            lookAfter(Duration.ofHours(3));
            awaitTold("awaiting", "escalated");

            assertThat(deciders(1), is("2 of qa, olga"));
            Awaitility.await().until(() -> live.missing().equals("1 more of qa, olga"));
            assertThat(page(run).getRules(), is("2 of qa, olga"));
            assertThat(Judges.vote(live, "nobody", "continue").text(), containsString("it takes 2 of qa, olga."));
            assertThat(Judges.vote(live, "olga", "continue").kind(), is(Ruling.Kind.DECIDED));
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            PendingJudgments.setClock(Clock.systemUTC());
            assertThat(page(run).getRules(), is("2 of qa, olga")); // as it was decided, whenever that is looked at
        });
    }

    @Test
    public void restartNeitherRepeatsNorLosesWhatTimeBrings() throws Throwable {
        sessions.then(j -> {
            start(j, "qa", ", remindEvery: 2, escalateAfter: 5, escalateTo: 'olga'");
            lookAfter(Duration.ofHours(3));
            awaitTold("awaiting", "reminder");
            assertThat(deciders(1), is("1 of qa"));
        });
        // the escalation and a reminder come while Jenkins is down
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(6)));
        sessions.then(j -> {
            Judges.secure(j);
            Judges.await(run(j), "qa");
            lookAfter(Duration.ofHours(6));
            awaitTold("awaiting", "reminder", "escalated");
            assertThat(deciders(2), is("1 of qa, olga"));
        });
        sessions.then(j -> {
            Judges.secure(j);
            LiveJudgment live = Judges.await(run(j), "qa");
            assertThat(live.missing(), is("1 of qa, olga"));
            lookAfter(Duration.ofHours(7));
            lookAfter(Duration.ofHours(9));
            awaitTold("awaiting", "reminder", "escalated", "reminder");
            assertThat(deciders(3), is("1 of qa, olga"));
            Judges.vote(live, "olga", "continue");
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
        });
    }

    /** Whatever else Jenkins waits for. */
    @Test
    public void hungAgentsHoldUpNoDecision() throws Throwable {
        sessions.then(j -> {
            WorkflowRun voted = start(j, "qa", "");
            WorkflowRun timed =
                    Judges.waiting(j, "qa", "judgment message: 'Go?', id: 'qa', timeout: 2, onTimeout: 'continue'");
            WorkflowRun stopped = Judges.waiting(j, "qa", "judgment message: 'Go?', id: 'qa'");
            CountDownLatch agents = Judges.occupyThreads();
            try {
                Judges.vote(voted, "qa", "bob", "continue");
                stopped.doStop();
                PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
                PendingJudgments.get().wake();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> !voted.isBuilding() && !timed.isBuilding() && !stopped.isBuilding());
            } finally {
                agents.countDown();
            }
            assertThat(Judgments.find(stopped, "qa").isApproved(), is(false));
            j.assertBuildStatusSuccess(timed);
        });
    }

    private static void lookAfter(Duration ahead) {
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), ahead));
        PendingJudgments.get().lookAtAll();
    }

    private void awaitTold(String... events) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                        told.stream().map(event -> event.getString("event")).toList(), contains(events)));
    }

    private String deciders(int event) {
        return told.get(event).getJSONObject("gate").getString("deciders");
    }

    private static JudgmentPage page(WorkflowRun run) {
        return run.getAction(JudgmentTab.class).getJudgments().get(0);
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }

    private WorkflowRun start(JenkinsRule j, String approvers, String more) throws Exception {
        Judges.secure(j);
        String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/";
        SafeDeploymentsConfiguration.get().setAllowedWebhooks(url);
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(
                "judgment message: 'Go?', id: 'qa', approvers: '" + approvers + "', notify: [webhook(url: '" + url
                        + "', when: ['awaiting', 'reminder', 'escalated'])]" + more,
                true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, "qa");
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> told.size() == 1);
        return run;
    }
}
