package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.FreeStyleProject;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.waiting.WaitingPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.FakeChangeLogSCM;
import org.jvnet.hudson.test.JenkinsRule;

/** What "Waiting for you" shows of judgments to those who are asked, and to those who may do something else about them. */
public class JudgmentGatesTest {

    private static final String ANY =
            "judgment message: 'Go?', id: 'qa', allowOverride: true, approvers: 'dev, alice, bob'";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    private final List<WorkflowRun> runs = new ArrayList<>();

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @After
    public void end() throws Exception {
        for (WorkflowRun run : runs) {
            run.doStop();
            jenkins.waitForCompletion(run);
        }
    }

    /** That dev has started, with changes by alice in the run that it follows. */
    private WorkflowRun asked(String script) throws Exception {
        FreeStyleProject upstream = jenkins.createFreeStyleProject();
        FakeChangeLogSCM changes = new FakeChangeLogSCM();
        changes.addChange().withAuthor("alice");
        upstream.setScm(changes);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        CauseAction causes = new CauseAction(
                new Cause.UserIdCause("dev"),
                new Cause.UpstreamCause(jenkins.assertBuildStatusSuccess(upstream.scheduleBuild2(0))));
        WorkflowRun run = job.scheduleBuild2(0, causes).waitForStart();
        runs.add(run);
        Judges.await(run, "qa");
        return run;
    }

    private static JSONArray listOf(String user) throws Exception {
        return Browsers.plain(jenkins, user)
                .getJSON("waiting-for-you/api/json")
                .getJSONObject()
                .getJSONArray("waiting");
    }

    /** The only one; empty outcomes if it can't be decided there. */
    private static void assertGate(String user, boolean asked, String note, String... outcomes) throws Exception {
        JSONObject gate = listOf(user).getJSONObject(0);
        assertThat(gate.getBoolean("asked"), is(asked));
        assertThat(gate.getString("note"), note.isEmpty() ? is("") : containsString(note));
        List<String> names = new ArrayList<>();
        for (Object outcome : gate.getJSONArray("outcomes")) {
            names.add(((JSONObject) outcome).getString("name"));
        }
        assertThat(names, outcomes.length == 0 ? is(empty()) : contains(outcomes));
    }

    @Test
    public void whoMayOnlyStopOrOverrideSeesThatAndIsNotCounted() throws Exception {
        asked(ANY);
        Awaitility.await() // who wrote the changes is looked up in the background
                .atMost(Duration.ofMinutes(1))
                .until(() -> !listOf("alice").getJSONObject(0).getBoolean("asked"));

        assertGate("bob", true, "", "continue", "stop");
        assertGate("dev", false, "you can only stop it, since you started the build", "stop");
        assertGate("alice", false, "you can only stop it, since you started the build, or wrote changes", "stop");
        assertGate("admin", false, "you can only override the rules");
        assertThat(listOf("nobody"), hasSize(0));
        assertThat(listOf("stranger"), hasSize(0));
        WaitingPage page = jenkins.jenkins.getExtensionList(WaitingPage.class).get(0);
        for (String user : List.of("dev", "alice", "admin")) {
            try (ACLContext ignored = Judges.as(user)) {
                assertThat(user, page.getBadge(), is(nullValue()));
                assertThat(user, page.isPrimaryAction(), is(false));
            }
        }
        try (ACLContext ignored = Judges.as("bob")) {
            assertThat(page.getBadge().getText(), is("1"));
        }
        String text = Browsers.plain(jenkins, "admin").goTo("waiting-for-you").asNormalizedText();
        assertThat(text, containsString("Others are asked: you can only override the rules"));
    }

    @Test
    public void authorStopsItThereAndCanDoNothingElse() throws Exception {
        WorkflowRun run = asked(ANY);
        String id = listOf("alice").getJSONObject(0).getString("id");

        assertThat(post("alice", id, "continue"), is(not(200)));
        assertThat(Judgments.find(run, "qa").isDecided(), is(false));
        assertThat(post("alice", id, "stop"), is(200));

        assertThat(Judgments.find(run, "qa").made().choice(), is("stop"));
        assertThat(Judgments.find(run, "qa").made().by(), is("alice"));
    }

    @Test
    public void whoIsAskedComesBeforeWhoIsNot() throws Exception {
        asked(ANY + ", timeout: 1");
        WorkflowRun mine = asked("judgment message: 'Go?', id: 'qa', approvers: 'admin'");

        assertThat(listOf("admin").getJSONObject(0).getString("run"), is(mine.getFullDisplayName()));
        assertThat(listOf("admin"), hasSize(2));
    }

    @Test
    public void whoIsNotAllowedToOverrideSeesNothing() throws Exception {
        asked("judgment message: 'Go?', id: 'qa', approvers: 'bob'");

        assertThat(listOf("admin"), hasSize(0));
    }

    /** What has to be filled in is so on its own page; to stop needs nothing. */
    @Test
    public void whatIsToBeFilledInIsDecidedOnItsPage() throws Exception {
        asked(ANY + ", parameters: [string(name: 'why')]");

        assertGate("bob", true, "");
        assertGate("dev", false, "you can only stop it", "stop");
    }

    private static int post(String user, String id, String outcome) throws Exception {
        return Judges.post(jenkins, user, "waiting-for-you/decide?id=" + id + "&outcome=" + outcome)
                .getStatusCode();
    }
}
