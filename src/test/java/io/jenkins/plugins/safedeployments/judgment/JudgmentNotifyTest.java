package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.safedeployments.notify.EmailNotification;
import io.jenkins.plugins.safedeployments.notify.SmtpSink;
import io.jenkins.plugins.safedeployments.notify.WebhookNotification;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** That people are told of judgments, and find them among what waits for them. */
public class JudgmentNotifyTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // seconds, of all tests together
    }

    @Rule
    public SmtpSink smtp = new SmtpSink();

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @Test
    public void approversGetAMailAndDecideOnThePageOfAllThatWaits() throws Exception {
        smtp.configure();
        WorkflowRun run = Judges.start(
                jenkins,
                "def j = judgment message: 'Is it healthy?', id: 'qa', inputs: ['continue', 'rollback'], approvers: '1 of group:qa and"
                        + " 1 of group:ops', notify: [email('qa@example.org')]\n"
                        + "echo \"it is ${j.outcome}\"\nsemaphore 'notified'");
        String mail = smtp.await().data();
        assertThat(mail, containsString("waits for a decision."));
        assertThat(mail, containsString("Is it healthy?"));
        assertThat(mail, containsString("Decide here:"));
        String link = jenkins.getURL() + "waiting-for-you/to/" + run.getUrl() + "judgments/qa/";
        assertThat(mail.replace("=\r\n", ""), containsString(link));
        jenkins.waitForMessage("[notify] Told qa@example.org by e-mail of 'awaiting'.", run);

        assertThat(waiting("dev"), hasSize(0));
        assertThat(waiting("nobody"), hasSize(0));
        JSONObject gate = waiting("bob").getJSONObject(0);
        assertThat(gate.getString("kind"), is("Judgment"));
        assertThat(gate.getString("message"), is("Is it healthy?"));
        assertThat(gate.getJSONArray("outcomes"), hasSize(3));
        String id = gate.getString("id");
        assertThat(decide("nobody", id, "continue").getStatusCode(), is(409));
        assertThat(decide("bob", id, "nothing").getStatusCode(), is(400));
        assertThat(decide("bob", id, "continue").getStatusCode(), is(200));
        assertThat(waiting("bob"), hasSize(0));
        assertThat(waiting("olga"), hasSize(1));
        assertThat(decide("olga", id, "continue").getStatusCode(), is(200));

        jenkins.waitForMessage("it is continue", run);
        assertThat(smtp.await().data(), containsString("approved"));
        jenkins.waitForMessage("[notify] Told qa@example.org by e-mail of 'approved'.", run);
        run.doKill();
        jenkins.waitForCompletion(run);
    }

    @Test
    public void abortIsTold() throws Exception {
        smtp.configure();
        WorkflowRun run = Judges.start(
                jenkins,
                "judgment message: 'Go on?', notify: [email(to: 'qa@example.org', when: ['aborted', 'rejected'])]");
        jenkins.waitForMessage("See it, and decide", run);

        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertThat(smtp.await().data(), containsString("Nothing to decide any more"));
    }

    @Test
    public void reminderAndEscalationAreTold() throws Exception {
        smtp.configure();
        List<WorkflowRun> runs = new ArrayList<>();
        try {
            runs.add(Judges.start(
                    jenkins,
                    "judgment message: 'Go on?', id: 'qa', approvers: '2 of qa', remindEvery: 2, escalateAfter: 5,"
                            + " escalateTo: 'olga', notify: [email('qa@example.org')]"));
            assertThat(smtp.await().data(), containsString("waits for a decision."));
            Judges.await(runs.get(0), "qa");

            lookAfter(Duration.ofHours(3));
            String reminder = smtp.await().data();
            assertThat(reminder, containsString("Still waiting for a decision"));
            assertThat(reminder, containsString("Who decides: 2 of qa\r\n"));
            assertThat(reminder, containsString("Told at: "));
            lookAfter(Duration.ofHours(6));
            String escalation = smtp.await().data();
            assertThat(escalation, containsString("you are asked since nobody has decided."));
            assertThat(escalation, containsString("Who decides: 2 of qa, olga\r\n"));
        } finally {
            for (WorkflowRun run : runs) {
                run.doKill();
                jenkins.waitForCompletion(run);
            }
            PendingJudgments.setClock(Clock.systemUTC());
        }
    }

    private static void lookAfter(Duration ahead) {
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), ahead));
        PendingJudgments.get().wake();
    }

    @Test
    public void wrongAddressFailsTheStep() throws Exception {
        WorkflowRun run = Judges.start(jenkins, "judgment message: 'Go on?', notify: [email('ops')]");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: 'to' has 'ops', which is no e-mail address", run);
    }

    @Test
    public void formKeepsWhoIsTold() throws Exception {
        JudgmentStep step = new JudgmentStep("Go on?");
        WebhookNotification webhook = new WebhookNotification();
        webhook.setUrl("https://hooks.example.com/x");
        webhook.setWhen(List.of("awaiting", "timedOut"));
        EmailNotification email = new EmailNotification("ops@example.org");
        email.setWhen(List.of("reminder"));
        step.setNotify(List.of(email, webhook));

        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION); // who sends the form need not be somebody
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        JudgmentStep seen;
        try {
            seen = new StepConfigTester(jenkins).configRoundTrip(step);
        } finally {
            Judges.secure(jenkins);
        }

        assertThat(((EmailNotification) seen.getNotify().get(0)).getTo(), is("ops@example.org"));
        assertThat(seen.getNotify().get(0).getWhen(), contains("reminder"));
        assertThat(((WebhookNotification) seen.getNotify().get(1)).getUrl(), is("https://hooks.example.com/x"));
        assertThat(seen.getNotify().get(1).getWhen(), contains("awaiting", "timedOut"));
    }

    @Test
    public void versionAndTargetAreSaidOnce() {
        JudgmentEvent event = new JudgmentEvent(
                "r#1",
                "r #1",
                "r",
                "qa",
                "?",
                "book",
                "registry.example.com:5000/x/book:1.4",
                "book in shop on production",
                List.of(),
                "",
                "",
                "",
                null,
                java.time.Instant.EPOCH,
                "",
                false,
                "",
                "",
                "");

        assertThat(JudgmentNotices.version(event), is("1.4"));
        assertThat(JudgmentNotices.target(event), is("shop on production"));
    }

    private static JSONArray waiting(String user) throws Exception {
        return web(user).getJSON("waiting-for-you/api/json").getJSONObject().getJSONArray("waiting");
    }

    private static WebResponse decide(String user, String id, String outcome) throws Exception {
        JenkinsRule.WebClient web = web(user);
        URL url = new URL(jenkins.getURL(), "waiting-for-you/decide?id=" + id + "&outcome=" + outcome + "&comment=ok");
        return web.getPage(web.addCrumb(new WebRequest(url, HttpMethod.POST))).getWebResponse();
    }

    private static JenkinsRule.WebClient web(String user) {
        JenkinsRule.WebClient web = jenkins.createWebClient().withBasicCredentials(user);
        web.getOptions().setJavaScriptEnabled(false);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web;
    }
}
