package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.markup.RawHtmlMarkupFormatter;
import hudson.model.Failure;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACLContext;
import hudson.security.AbstractPasswordBasedSecurityRealm;
import hudson.security.GroupDetails;
import hudson.security.SecurityRealm;
import hudson.security.csrf.CrumbIssuer;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import jakarta.servlet.ServletRequest;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.IdStrategy;
import net.sf.json.JSONObject;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.actions.TimingAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;
import org.jenkinsci.plugins.workflow.support.steps.input.ApproverAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;

/** The step, and all ways in which it can be answered. */
public class JudgmentStepTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 900; // of all tests in here together
    }

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @After
    public void endAll() throws Exception {
        for (WorkflowJob job : jenkins.jenkins.getAllItems(WorkflowJob.class)) {
            WorkflowRun run = job.getLastBuild();
            if (run != null && run.isBuilding()) {
                run.doKill();
                jenkins.waitForCompletion(run);
            }
        }
    }

    @Test
    public void votesOnItsPageDecide() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "reloaded"); // of which Jenkins remembers the name
        job.setDefinition(new CpsFlowDefinition(
                "def j = judgment message: 'Promote <b>1.4</b>?', id: 'qa', inputs: ['continue: Go on', 'rollback'],"
                        + " approvers: '1 of qa and 1 of ops'\n"
                        + "echo \"outcome ${j.outcome} by ${j.by}: ${j.deciders[1].comment}, ${j.deciders[1].rule}\"",
                true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, "qa");

        HtmlPage page = decide("alice", run, "continue", "looks <i>good</i>");
        assertThat(page.asNormalizedText(), containsString("It takes 1 more of ops."));
        assertThat(page.asNormalizedText(), containsString("looks <i>good</i>"));
        assertThat(page.asNormalizedText(), containsString("Promote <b>1.4</b>?"));
        assertThat(Judgments.find(run, "qa").votes(), hasSize(1));
        HtmlPage last = decide("bob", run, "continue", "me too");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("alice voted 'Go on (continue)' (looks <i>good</i>). It takes 1 more of ops.", run);
        jenkins.assertLogContains("outcome continue by alice, bob: me too, 1 of qa", run);
        assertThat(last.asNormalizedText(), containsString("'Go on (continue)' was decided by alice, bob (me too)."));
        assertThat(run.getAction(InputAction.class).getExecutions(), hasSize(0));
        assertThat(
                run.getActions(ApproverAction.class).stream()
                        .map(ApproverAction::getUserId)
                        .collect(Collectors.toSet()),
                is(java.util.Set.of("alice", "bob")));
        run.reload();
        assertThat(Judgments.find(run, "qa").decision().by(), is("alice, bob"));
        assertThat(PauseAction.getPauseDuration(node(run)) > 0, is(true));
        assertThat(PauseAction.isPaused(node(run)), is(false));
    }

    @Test
    public void inputsPageDecidesByTheRules() throws Exception {
        WorkflowRun run = waiting("def j = judgment message: 'Go?', id: 'qa', approvers: '2 of qa, ops',"
                + " inputs: ['continue', 'rollback'], parameters: [string(name: 'why'), booleanParam(name: 'now')]\n"
                + "echo \"outcome ${j.outcome} ${j.parameters} ${j.comment}\"");
        JenkinsRule.WebClient web = Judges.web(jenkins, "alice");
        HtmlForm form = ((HtmlPage) web.getPage(run, "input")).getFormByName("Qa");
        HtmlPage refused = jenkins.submit(form, "proceed");
        assertThat(
                refused.asNormalizedText(),
                containsString("Nothing was chosen: choose one of 'continue', 'rollback', 'stop'"));

        form = ((HtmlPage) web.getPage(run, "input")).getFormByName("Qa");
        choose(form, "rollback");
        HtmlPage counted = jenkins.submit(form, "proceed");
        assertThat(counted.asNormalizedText(), containsString("It takes 1 more of qa, ops."));
        assertThat(run.getActions(ApproverAction.class), hasSize(0));

        form = ((HtmlPage) Judges.web(jenkins, "olga").getPage(run, "input")).getFormByName("Qa");
        choose(form, "rollback");
        form.getElementsByAttribute("input", "type", "text").get(1).setAttribute("value", "broken");
        jenkins.submit(form, "proceed");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("outcome rollback [why:broken, now:false]", run);
        assertThat(run.getActions(ApproverAction.class), hasSize(2));
    }

    @Test
    public void whatIsFilledInIsShownAndHasALimit() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa',"
                + " parameters: [string(name: 'why'), booleanParam(name: 'now')]");

        WebResponse refused = Judges.post(jenkins, "bob", run, decide("x".repeat(4_001)));
        assertThat(refused.getStatusCode(), is(400));
        assertThat(refused.getContentAsString(), containsString("has 4001 characters: keep it to 4000, and say"));
        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));
        assertThat(Judges.post(jenkins, "bob", run, decide("<i>slow</i>")).getStatusCode(), is(200));

        HtmlPage page = plain("nobody").getPage(run, "judgments/qa");
        assertThat(page.asNormalizedText(), containsString("why: <i>slow</i>"));
        JSONObject vote = plain("nobody")
                .getJSON(run.getUrl() + "judgments/qa/api/json")
                .getJSONObject()
                .getJSONArray("votes")
                .getJSONObject(0);
        assertThat(vote.getJSONObject("parameters").getString("why"), is("<i>slow</i>"));
        assertThat(vote.getJSONObject("parameters").getBoolean("now"), is(true));
    }

    /** Neither scripts nor styles, which take their time. */
    private static JenkinsRule.WebClient plain(String user) {
        JenkinsRule.WebClient web = jenkins.createWebClient().withBasicCredentials(user);
        web.setThrowExceptionOnFailingStatusCode(false);
        web.getOptions().setTimeout(Browsers.TIMEOUT_MILLIS);
        web.getOptions().setJavaScriptEnabled(false);
        web.getOptions().setCssEnabled(false);
        return web;
    }

    private static String decide(String why) throws Exception {
        String json =
                "{\"parameter\":[{\"name\":\"why\",\"value\":\"" + why + "\"},{\"name\":\"now\",\"value\":true}]}";
        return "judgments/qa/decide?outcome=continue&json=" + java.net.URLEncoder.encode(json, "UTF-8");
    }

    @Test
    public void restOfInputIsJudged() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa, ops'");

        WebResponse forbidden = Judges.post(jenkins, "nobody", run, "input/Qa/proceedEmpty");
        assertThat(forbidden.getStatusCode(), is(400)); // by input itself
        assertThat(Judges.post(jenkins, "admin", run, "input/Qa/proceedEmpty").getStatusCode(), is(403));
        WebResponse first = Judges.post(jenkins, "alice", run, "input/Qa/proceedEmpty");
        assertThat(first.getStatusCode(), is(200));
        assertThat(first.getContentAsString(), containsString("Your vote is recorded. It takes 1 more of qa, ops."));
        assertThat(run.isBuilding(), is(true));
        assertThat(run.getActions(ApproverAction.class), hasSize(0));
        assertThat(Judges.input(run).isSettled(), is(false));
        String json = "{\"parameter\":[{\"name\":\"comment\",\"value\":\"by rest\"}]}";
        WebResponse second = Judges.post(
                jenkins, "bob", run, "input/Qa/submit?proceed=x&json=" + java.net.URLEncoder.encode(json, "UTF-8"));

        assertThat(second.getStatusCode(), is(200));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").decision().comment(), is("by rest"));
        assertThat(Judges.post(jenkins, "alice", run, "input/Qa/proceedEmpty").getStatusCode(), is(404));
    }

    @Test
    public void otherPluginsAreJudged() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa, ops'");
        InputStepExecution input = Judges.input(run);

        try (ACLContext ignored = Judges.as("nobody")) {
            Failure refused = assertThrows(Failure.class, () -> input.proceed((Map<String, Object>) null));
            assertThat(refused.getMessage(), containsString("nobody may not decide this: it takes 2 of qa, ops"));
        }
        assertThrows(Failure.class, () -> input.proceed((Map<String, Object>) null)); // Jenkins itself is nobody
        try (ACLContext ignored = Judges.as("alice")) {
            assertThrows(Failure.class, () -> input.proceed(Map.of("x", "y")));
        }
        try (ACLContext ignored = Judges.as("olga")) {
            assertThat(input.proceed((Map<String, Object>) null), is(notNullValue()));
            assertThrows(Failure.class, () -> input.proceed((Map<String, Object>) null));
        }

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").decision().by(), is("alice, olga"));
        assertThat(run.getActions(ApproverAction.class), hasSize(2));
    }

    /** The names of methods that are read from the stack exist; a version of input that renames them would not be judged. */
    @Test
    public void inputHasTheMethodsByWhichItIsKnown() throws Exception {
        assertThat(InputStepExecution.class.getMethod("proceed", Map.class), is(notNullValue()));
        assertThat(InputStepExecution.class.getMethod("doAbort"), is(notNullValue()));
        assertThat(
                InputStepExecution.class.getMethod("doProceed", org.kohsuke.stapler.StaplerRequest2.class),
                is(notNullValue()));
        assertThat(
                InputStepExecution.class.getMethod("doSubmit", org.kohsuke.stapler.StaplerRequest2.class),
                is(notNullValue()));
    }

    @Test
    public void voteThatCannotBeWrittenDoesNotCountAndIsSaidNotTo() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'qa'");
        Path record = run.getRootDir().toPath().resolve("build.xml");
        Files.delete(record);
        Files.createDirectories(record.resolve("in-the-way"));

        String gate = "waiting-for-you/decide?outcome=continue&id="
                + URLEncoder.encode(run.getUrl() + "judgments/qa/", StandardCharsets.UTF_8);
        for (String door : List.of(gate, run.getUrl() + "judgments/qa/decide?outcome=continue")) {
            WebResponse refused = Judges.post(jenkins, "bob", door);
            assertThat(door, refused.getStatusCode(), is(500));
            assertThat(refused.getContentAsString(), containsString("can't be recorded, so it does not count"));
        }
        try (ACLContext ignored = Judges.as("bob")) {
            Failure refused =
                    assertThrows(Failure.class, () -> Judges.input(run).proceed((Map<String, Object>) null));
            assertThat(refused.getMessage(), containsString("can't be recorded, so it does not count"));
        }
        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));

        Files.delete(record.resolve("in-the-way"));
        Files.delete(record);
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void oneWhoMayDecideStopsIt() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa'");

        assertThat(Judges.post(jenkins, "nobody", run, "input/Qa/abort").getStatusCode(), is(403));
        assertThat(Judges.input(run).isSettled(), is(false));
        assertThat(Judges.post(jenkins, "bob", run, "input/Qa/abort").getStatusCode(), is(200));

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Judgment 'qa': 'stop' was decided by bob", run);
        assertThat(Judgments.find(run, "qa").isApproved(), is(false));
    }

    @Test
    public void whoMayCancelTheBuildAbortsIt() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa'");

        assertThat(Judges.post(jenkins, "dev", run, "input/Qa/abort").getStatusCode(), is(200));

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").sentence(), is("It was withdrawn: the build was aborted by dev."));
    }

    @Test
    public void resultOfStoppingIsChosen() throws Exception {
        for (String result : List.of("ABORTED", "UNSTABLE", "NONE")) {
            WorkflowRun run = waiting("def j = judgment message: 'Go?', id: 'qa', approvers: 'qa', rejectResult: '"
                    + result + "'\necho \"it was ${j.outcome}, ${j.approved}\"");
            Judges.vote(run, "qa", "bob", "stop");
            jenkins.assertBuildStatus(
                    result.equals("NONE") ? Result.SUCCESS : Result.fromString(result), jenkins.waitForCompletion(run));
            if (result.equals("NONE")) {
                jenkins.assertLogContains("it was stop, false", run);
            } else {
                jenkins.assertLogNotContains("it was", run);
            }
        }
    }

    @Test
    public void requesterCanOnlyStop() throws Exception {
        WorkflowRun run =
                waiting("judgment message: 'Go?', id: 'qa', approvers: 'user:dev, bob', rejectResult: 'ABORTED'");
        HtmlPage page = Judges.web(jenkins, "dev").getPage(run, "judgments/qa");
        assertThat(page.asNormalizedText(), containsString("somebody else has to approve it. You can stop it."));
        assertThat(page.getByXPath("//input[@type='radio' and @value='continue']"), hasSize(0));
        assertThat(
                Judges.post(jenkins, "dev", run, "judgments/qa/decide?outcome=continue")
                        .getStatusCode(),
                is(403));
        try (ACLContext ignored = Judges.as("dev")) {
            assertThrows(Failure.class, () -> Judges.input(run).proceed((Map<String, Object>) null));
        }
        HtmlPage inputs = Judges.web(jenkins, "dev").getPage(run, "input/");
        HtmlPage told = jenkins.submit(inputs.getFormByName("Qa"), "proceed");
        assertThat(told.getWebResponse().getStatusCode(), is(403));
        assertThat(told.querySelector("[role=alert]").asNormalizedText(), containsString("dev started this build"));
        HtmlPage back = told.getAnchorByText("Back").click();
        assertThat(back.getUrl(), is(new URL(jenkins.getURL(), run.getUrl() + "judgments/qa/")));

        assertThat(Judges.vote(run, "qa", "dev", "stop").kind(), is(Ruling.Kind.DECIDED));

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }

    @Test
    public void withoutNamesThePermissionCounts() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa'");

        assertThat(Judges.vote(run, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(run, "qa", "alice", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.post(jenkins, "judge", run, "input/Qa/proceedEmpty").getStatusCode(), is(200));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void statusesAndFormsOfRefusals() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'qa'");
        assertThat(
                Judges.post(jenkins, "nobody", run, "judgments/qa/decide?outcome=continue")
                        .getStatusCode(),
                is(403));
        assertThat(Judges.post(jenkins, "bob", run, "judgments/qa/decide").getStatusCode(), is(400));
        assertThat(
                Judges.post(jenkins, "bob", run, "judgments/qa/decide?outcome=x")
                        .getStatusCode(),
                is(400));
        assertThat(Judges.post(jenkins, "bob", run, "judgments/qa/takeBack").getStatusCode(), is(400));
        assertThat(
                Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue&comment=x")
                        .getStatusCode(),
                is(403));
        assertThat(Judges.post(jenkins, "bob", run, "judgments/other/decide").getStatusCode(), is(404));
        JenkinsRule.WebClient web = Judges.web(jenkins, "bob");
        assertThat(
                web.goTo(run.getUrl() + "judgments/qa/decide?outcome=continue")
                        .getWebResponse()
                        .getStatusCode(),
                is(405));
        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));
        HtmlPage other = web.getPage(run, "judgments/qa");
        assertThat(
                Judges.post(jenkins, "alice", run, "judgments/qa/decide?outcome=continue&comment=mine")
                        .getStatusCode(),
                is(200));
        jenkins.waitForCompletion(run);

        WebResponse late = Judges.post(jenkins, "bob", run, "judgments/qa/decide?outcome=stop");
        assertThat(late.getStatusCode(), is(409));
        assertThat(late.getContentAsString(), containsString("was decided by alice (mine)."));
        HtmlForm form = other.getFormByName("decide-qa");
        choose(form, "stop");
        HtmlPage told = jenkins.submit(form);
        assertThat(told.getWebResponse().getStatusCode(), is(409));
        assertThat(told.asNormalizedText(), containsString("'continue' was decided by alice (mine)."));
    }

    @Test
    public void nothingIsDecidedByALinkOrFromAnotherSite() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowOverride: true");
        Judges.vote(run, "qa", "bob", "continue");
        for (String path : List.of("decide?outcome=continue", "takeBack?", "override?outcome=continue&comment=x")) {
            for (String user : List.of("alice", "bob", "admin")) {
                JenkinsRule.WebClient web = plain(user);
                assertThat(
                        path,
                        web.goTo(run.getUrl() + "judgments/qa/" + path)
                                .getWebResponse()
                                .getStatusCode(),
                        is(405));
                URL url = new URL(jenkins.getURL(), run.getUrl() + "judgments/qa/" + path);
                assertThat(
                        path,
                        web.getPage(new WebRequest(url, HttpMethod.POST))
                                .getWebResponse()
                                .getStatusCode(),
                        is(403)); // without a crumb
            }
        }
        Judgment untouched = Judgments.find(run, "qa");
        assertThat(untouched.isDecided(), is(false));
        assertThat(untouched.votes(), hasSize(1));
    }

    @Test
    public void whatPeopleWriteIsTextAndInstructionsAreFormatted() throws Exception {
        String evil = "<script>alert(1)</script><b>bold</b>";
        jenkins.jenkins.setMarkupFormatter(new RawHtmlMarkupFormatter(true));
        try {
            WorkflowRun run =
                    waiting("judgment message: 'Go " + evil + "?', id: 'qa', approvers: '2 of qa', inputs: ['go: Label "
                            + evil + " | Meaning " + evil + "'], instructions: '" + evil + "<i>look</i>'");
            Judges.await(run, "qa")
                    .vote(Judges.user("bob"), new LiveJudgment.Answer("go", "Comment " + evil, Map.of(), null, false));

            HtmlPage page = plain("alice").getPage(run, "judgments/qa");

            for (String text : List.of("Go ", "Label ", "Meaning ", "Comment ")) {
                assertThat(page.asNormalizedText(), containsString(text + evil));
            }
            assertThat(page.getByXPath("//script[contains(., 'alert')]"), hasSize(0));
            assertThat(page.getByXPath("//b[. = 'bold']"), hasSize(1)); // that of the instructions
            assertThat(page.getByXPath("//i[. = 'look']"), hasSize(1));
        } finally {
            jenkins.jenkins.setMarkupFormatter(null);
        }
    }

    @Test
    public void voteIsTakenBack() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa'");
        JenkinsRule.WebClient web = Judges.web(jenkins, "bob");
        HtmlPage page = decide("bob", run, "continue", "");
        assertThat(page.asNormalizedText(), containsString("It takes 1 more of qa."));

        jenkins.submit(((HtmlPage) web.getPage(run, "judgments/qa")).getFormByName("takeBack-qa"));

        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));
        jenkins.assertLogContains("bob took the vote back. It takes 2 of qa.", run);
    }

    @Test
    public void administratorOverridesWithAReasonIfAllowed() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowOverride: true");
        assertThat(
                Judges.post(jenkins, "dev", run, "judgments/qa/override?outcome=continue&comment=x")
                        .getStatusCode(),
                is(403));
        assertThat(
                Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue")
                        .getStatusCode(),
                is(400));
        assertThat(
                Judges.post(jenkins, "admin", run, "judgments/qa/decide?outcome=continue")
                        .getStatusCode(),
                is(403));

        HtmlForm form =
                ((HtmlPage) Judges.web(jenkins, "admin").getPage(run, "judgments/qa")).getFormByName("override-qa");
        choose(form, "continue");
        form.getInputByName("comment").setValue("all are ill");
        jenkins.submit(form);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("'continue' was decided by admin, who overrode the rules (all are ill).", run);
    }

    /** None of them is ever null afterwards. */
    @Test
    public void overrideFillsInTheParametersToo() throws Exception {
        WorkflowRun run = waiting(
                "def j = judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowOverride: true, parameters: [string(name:"
                        + " 'why')]\necho \"why ${j.parameters.why}\"");

        WebResponse refused = Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue&comment=x");
        assertThat(refused.getStatusCode(), is(400));
        assertThat(refused.getContentAsString(), containsString("This judgment asks for why: fill it in on its page."));
        HtmlForm form =
                ((HtmlPage) Judges.web(jenkins, "admin").getPage(run, "judgments/qa")).getFormByName("override-qa");
        choose(form, "continue");
        form.getInputByName("value").setValue("all are ill");
        form.getInputByName("comment").setValue("nobody else is there");
        jenkins.submit(form);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("why all are ill", run);
    }

    /** None of it is a fault of ours, and none of it is a vote. */
    @Test
    public void whatIsNoFormIsRefused() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowOverride: true");
        String form = "application/x-www-form-urlencoded";
        String deep = "{\"parameter\":" + "[".repeat(100_000);
        String big = "{\"parameter\":[{\"name\":\"why\",\"value\":\"" + "x".repeat(10_000_000) + "\"}]}";

        for (String json : List.of("", "x", "null", "[]", "{", "{\"parameter\":5}", "{\"parameter\":[5]}", deep, big)) {
            for (String what : List.of("decide", "override")) {
                assertRefused(run, what, form, "outcome=continue&comment=x&json=" + json);
            }
        }
        assertRefused(run, "decide?outcome=continue&json=x", "multipart/form-data; boundary=b", "--b--");
        assertRefused(run, "decide?outcome=continue&json=%7B%22parameter%22:5%7D", "text/plain", "no form");
        assertRefused(run, "decide", "application/json", "{\"outcome\":\"continue\"}");
        assertRefused(run, "decide", "multipart/form-data; boundary=b", "outcome=continue");
        assertThat(Judgments.find(run, "qa").votes(), hasSize(0));
        assertThat(Judgments.find(run, "qa").isDecided(), is(false));
    }

    private static void assertRefused(WorkflowRun run, String what, String type, String body) throws Exception {
        CrumbIssuer crumbs = jenkins.jenkins.getCrumbIssuer();
        JenkinsRule.WebClient web = plain(what.startsWith("override") ? "admin" : "alice");
        web.addRequestHeader("Accept", "*/*");
        web.addRequestHeader(crumbs.getCrumbRequestField(), crumbs.getCrumb((ServletRequest) null));
        URL url = new URL(jenkins.getURL(), run.getUrl() + "judgments/qa/" + what);
        WebRequest request = new WebRequest(url, HttpMethod.POST);
        request.setAdditionalHeader("Content-Type", type);
        request.setRequestBody(body);
        WebResponse answer = web.getPage(request).getWebResponse();
        String said = answer.getStatusCode() + " to " + body.substring(0, Math.min(60, body.length()));
        assertThat(said, answer.getStatusCode(), anyOf(is(400), is(413)));
    }

    /** What pages about the stages of a run mark. */
    private static List<String> warnings(WorkflowRun run) {
        return new DepthFirstScanner()
                .allNodes(run.getExecution()).stream()
                        .map(node -> node.getPersistentAction(WarningAction.class))
                        .filter(Objects::nonNull)
                        .map(WarningAction::getMessage)
                        .toList();
    }

    @Test
    public void stagesThatWentOnPastTheRulesAreMarked() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa', allowOverride: true\n"
                + "judgment message: 'Go?', id: 'next', approvers: 'qa'");
        Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue&comment=ill");
        Judges.vote(run, "next", "bob", "continue");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(warnings(run), contains("'continue' was decided by admin, who overrode the rules (ill)."));
    }

    @Test
    public void nothingCanBeAnsweredAfterItsTime() throws Exception {
        try {
            WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'qa', timeout: 2,"
                    + " onTimeout: 'continue'\n"
                    + "judgment message: 'And now?', id: 'next', approvers: 'qa'");
            lookAfter(Duration.ofHours(3));
            Judges.await(run, "next");

            List<String> shown = run.getAction(InputAction.class).getExecutions().stream()
                    .map(InputStepExecution::getId)
                    .toList();
            assertThat(shown.toString(), is("[Next]"));
            assertThat(Judges.post(jenkins, "bob", run, "input/Qa/proceedEmpty").getStatusCode(), is(404));
            assertThat(
                    Judges.post(jenkins, "bob", run, "judgments/qa/decide?outcome=stop")
                            .getStatusCode(),
                    is(409));
            HtmlPage page = Browsers.plain(jenkins, "bob").getPage(run, "judgments");
            assertThat(page.getForms().toString(), not(containsString("decide-qa")));
            Judges.vote(run, "next", "bob", "continue");
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        } finally {
            PendingJudgments.setClock(Clock.systemUTC());
        }
    }

    @Test
    public void badParametersAreSaidAtOnce() throws Exception {
        fails("judgment message: ' '", "'message' is missing");
        fails("judgment message: 'x', id: 'a/b'", "'id' is 'a/b'");
        fails("judgment message: 'x', approvers: '2 of user:alice'", "there is only one person left");
        fails("judgment message: 'x', approvers: 'dev'", "can never be met");
        fails("judgment message: 'x', approvers: 'two of qa'", "'two' is no number");
        fails("judgment message: 'x', inputs: ['a', 'a']", "'inputs' has 'a' twice");
        fails("judgment message: 'x', onTimeout: 'maybe'", "'onTimeout' is 'maybe'");
        fails("judgment message: 'x', rejectResult: 'SUCCESS'", "'rejectResult' is 'SUCCESS'");
        fails("judgment message: 'x', timeout: -1", "'timeout' is -1 hours");
        fails("judgment message: 'x', escalateTo: 'qa'", "'escalateAfter' and 'escalateTo' go together");
        fails("judgment message: 'x', namespace: 'shop'", "'app' is missing");
        fails("judgment message: 'x', app: 'shop', namespace: 'shop'", "No cluster is configured");
        fails("judgment message: 'x', parameters: [file(name: 'f')]", "takes no files");
        fails("judgment message: 'x', parameters: [password(name: 'p')]", "use credentials");
        fails("judgment message: 'x', parameters: [string(name: 'comment')]", "which every judgment has");
        fails(
                "parallel a: { judgment message: 'x', id: 'qa' }, b: { judgment message: 'y', id: 'Qa' }, failFast: true",
                "another judgment of this build that waits has the same");
    }

    @Test
    public void severalWaitAtOnce() throws Exception {
        WorkflowRun run = start(
                "parallel a: { judgment message: 'Go?', approvers: 'qa' }, b: { judgment message: 'Go?', approvers: 'ops' }");
        Judges.await(run, "judgment");
        Judges.await(run, "judgment-2");
        assertThat(run.getAction(InputAction.class).getExecutions(), hasSize(2));

        Judges.vote(run, "judgment", "alice", "continue");
        Judges.vote(run, "judgment-2", "alice", "continue");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void abortOfTheBuildWithdrawsIt() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'qa'");
        LiveJudgment live = Judges.await(run, "qa");

        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertThat(PendingJudgments.get().find(new RunSubject(run), "qa"), is(nullValue()));
        assertThat(run.getAction(InputAction.class).getExecutions(), hasSize(0));
        Judgment kept = Judgments.find(run, "qa");
        assertThat(kept.sentence(), containsString("It was withdrawn: the build was stopped"));
        try (ACLContext ignored = Judges.as("bob")) {
            Ruling late = live.vote(
                    User.current().impersonate2(), new LiveJudgment.Answer("continue", "", Map.of(), null, false));
            assertThat(late.kind(), is(Ruling.Kind.LATE));
        }
    }

    @Test
    public void buildThatIsStoppedTwiceWhileItIsAskedShowsNoInput() throws Exception {
        SecurityRealm before = jenkins.jenkins.getSecurityRealm();
        Directory directory = new Directory(before);
        jenkins.jenkins.setSecurityRealm(directory);
        WorkflowRun run;
        try {
            directory.holdsWhoAsks = true;
            run = start("judgment message: 'Go?', id: 'slow', approvers: 'user:bob'");
            assertThat(directory.asked.await(2, TimeUnit.MINUTES), is(true));
            StepExecution step =
                    run.getExecution().getCurrentExecutions(true).get().get(0);

            step.stop(new FlowInterruptedException(Result.ABORTED, true));
            step.stop(new FlowInterruptedException(Result.ABORTED, true));
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        } finally {
            directory.goOn.countDown();
            jenkins.jenkins.setSecurityRealm(before);
        }

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Stream.of(directory.asking.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().equals(JudgmentExecution.class.getName())));
        assertThat(Judgments.find(run, "slow"), is(nullValue()));
        InputAction inputs = run.getAction(InputAction.class);
        assertThat(inputs == null ? List.of() : inputs.getExecutions(), hasSize(0));
        assertThat(PendingJudgments.get().find(new RunSubject(run), "slow"), is(nullValue()));
    }

    @Test
    public void killedBuildWithdrawsIt() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'qa'");

        run.doKill();

        jenkins.waitForCompletion(run);
        assertThat(PendingJudgments.get().find(new RunSubject(run), "qa"), is(nullValue()));
        assertThat(
                Judges.post(jenkins, "bob", run, "judgments/qa/decide?outcome=continue")
                        .getStatusCode(),
                is(409));
    }

    @Test
    public void endThatCantBeWrittenIsTriedAgainInAMinute() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', timeout: 2");
        Path file = run.getRootDir().toPath().resolve("build.xml");
        Path aside = file.resolveSibling("build.xml.aside");
        Files.move(file, aside);
        Files.createDirectories(file.resolve("in the way"));
        try {
            lookAfter(Duration.ofHours(3));
            assertThat(Judges.await(run, "qa").judgment().isDecided(), is(false));
            Files.delete(file.resolve("in the way"));
            Files.delete(file);
            Files.move(aside, file);

            lookAfter(Duration.ofHours(3).plusSeconds(30));
            assertThat(Judges.await(run, "qa").judgment().isDecided(), is(false));

            lookAfter(Duration.ofHours(3).plusSeconds(120));
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
            assertThat(Judgments.find(run, "qa").sentence(), is("Nobody decided in time."));
        } finally {
            PendingJudgments.setClock(Clock.systemUTC());
        }
    }

    private static void lookAfter(Duration ahead) {
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), ahead));
        PendingJudgments.get().lookAtAll();
    }

    /** The dummy realm, but for the directory behind it that can be out of order, or hang. */
    private static final class Directory extends AbstractPasswordBasedSecurityRealm {

        private final SecurityRealm behind;
        private final transient CountDownLatch asked = new CountDownLatch(1);
        private final transient CountDownLatch goOn = new CountDownLatch(1);
        private transient volatile Thread asking;
        private volatile boolean down;
        private volatile boolean holdsWhoAsks;

        Directory(SecurityRealm behind) {
            this.behind = behind;
        }

        /** Asked for by who looks whether a judgment could ever be decided. */
        @Override
        public IdStrategy getUserIdStrategy() {
            if (holdsWhoAsks && Thread.currentThread().getName().startsWith("safe-deployments")) {
                asking = Thread.currentThread();
                asked.countDown();
                try {
                    goOn.await(2, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return behind.getUserIdStrategy();
        }

        @Override
        protected UserDetails authenticate2(String user, String password) {
            return loadUserByUsername2(user);
        }

        @Override
        public UserDetails loadUserByUsername2(String user) {
            if (down) {
                throw new AuthenticationServiceException("no answer");
            }
            return behind.loadUserByUsername2(user);
        }

        @Override
        public GroupDetails loadGroupByGroupname2(String group, boolean fetchMembers) {
            return behind.loadGroupByGroupname2(group, fetchMembers);
        }
    }

    @Test
    public void directoryThatIsDownIsNamed() throws Exception {
        SecurityRealm before = jenkins.jenkins.getSecurityRealm();
        Directory directory = new Directory(before);
        jenkins.jenkins.setSecurityRealm(directory);
        try {
            WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa'");
            LiveJudgment live = Judges.await(run, "qa");
            Authentication alice = Judges.user("alice");
            Authentication dev = Judges.user("dev");
            LiveJudgment.Answer answer = new LiveJudgment.Answer("continue", "", Map.of(), null, false);
            Judges.vote(live, "bob", "continue");
            directory.down = true;

            UserException told = assertThrows(UserException.class, () -> live.vote(alice, answer));

            assertThat(told.getMessage(), containsString("The user directory did not answer"));
            assertThat(live.judgment().votes(), hasSize(1));
            assertThrows(UserException.class, () -> live.reject(alice, false));
            assertThat(live.reject(dev, false).kind(), is(Ruling.Kind.DECIDED)); // who may abort the build
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        } finally {
            jenkins.jenkins.setSecurityRealm(before);
        }
    }

    @Test
    public void laterStepsAskForIt() throws Exception {
        WorkflowRun run = waiting("echo \"before '${judgmentOf('qa').outcome}'\"\n"
                + "judgment message: 'Go?', id: 'qa', approvers: 'qa', inputs: ['continue', 'rollback']\n"
                + "echo \"after '${judgmentOf('qa').outcome}' by ${judgmentOf('qa').by}\"");
        Judges.vote(run, "qa", "bob", "rollback");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("before ''", run);
        jenkins.assertLogContains("after 'rollback' by bob", run);
    }

    @Test
    public void environmentOfDeclarativePipelinesHasIt() throws Exception {
        WorkflowRun run = waiting("""
                pipeline {
                  agent none
                  stages {
                    stage('QA') { steps { judgment message: 'Go on?', id: 'qa', approvers: 'qa' } }
                    stage('Deploy') {
                      environment { CHOSEN = "${judgmentOf('qa').outcome}" }
                      steps { echo "chosen ${env.CHOSEN}" }
                    }
                  }
                }
                """);
        Judges.vote(run, "qa", "bob", "continue");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("chosen continue", run);
    }

    private static final String DECLARATIVE = """
            pipeline {
              agent none
              stages {
                stage('QA') { steps { judgment message: 'Go?', id: 'qa', inputs: ['continue', 'rollback'], approvers: 'qa' } }
                stage('Deploy') {
                  when { judged id: 'qa', as: 'continue' }
                  steps { echo 'Deploys.' }
                }
                stage('Rollback') {
                  when { judged id: 'qa', as: 'rollback' }
                  steps { echo "Rolls back, as ${judgmentOf('qa').by} decided." }
                }
              }
              post { failure { echo "Nobody goes on: ${judgmentOf('qa').text}" } }
            }
            """;

    @Test
    public void declarativeStagesGoByIt() throws Exception {
        for (String outcome : List.of("continue", "rollback")) {
            WorkflowRun run = waiting(DECLARATIVE);
            Judges.vote(run, "qa", "bob", outcome);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            jenkins.assertLogContains(outcome.equals("continue") ? "Deploys." : "Rolls back, as bob decided.", run);
            jenkins.assertLogNotContains(outcome.equals("continue") ? "Rolls back" : "Deploys.", run);
            jenkins.assertLogContains(
                    "Stage \"" + (outcome.equals("continue") ? "Rollback" : "Deploy")
                            + "\" skipped due to when conditional",
                    run);
        }
        WorkflowRun stopped = waiting(DECLARATIVE);
        Judges.vote(stopped, "qa", "bob", "stop");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(stopped));
        jenkins.assertLogContains("Nobody goes on: 'stop' was decided by bob", stopped);
    }

    @Test
    public void folderDemandsMore() throws Exception {
        Folder outer = jenkins.createProject(Folder.class);
        Folder inner = outer.createProject(Folder.class, "inner");
        FolderJudgmentPolicy policy = new FolderJudgmentPolicy();
        policy.setApprovers("1 of ops");
        policy.setForbidRequester(true);
        policy.setForbidOverride(true);
        outer.addProperty(policy);
        WorkflowJob job = inner.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(
                "judgment message: 'Go?', id: 'qa', approvers: 'user:dev, bob', allowRequester: true, allowOverride: true",
                true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, "qa");

        assertThat(Judges.vote(run, "qa", "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(
                Judges.vote(run, "qa", "bob", "continue").text(), is("Your vote is recorded. It takes 1 more of ops."));
        assertThat(
                Judges.post(jenkins, "admin", run, "judgments/qa/override?outcome=continue&comment=x")
                        .getStatusCode(),
                is(403));
        assertThat(Judges.vote(run, "qa", "olga", "continue").kind(), is(Ruling.Kind.DECIDED));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        job.setDefinition(new CpsFlowDefinition("judgment message: 'Go?', timeout: 1, onTimeout: 'continue'", true));
        WorkflowRun refused = Judges.start(job);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(refused));
        jenkins.assertLogContains("a folder or the cluster demands that people approve", refused);
        job.setDefinition(
                new CpsFlowDefinition("judgment message: 'Go?', escalateAfter: 1, escalateTo: 'user:dev'", true));
        WorkflowRun loosened = Judges.start(job);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(loosened));
        jenkins.assertLogContains("in whose place a job can put nobody", loosened);
    }

    @Test
    public void programsSeeIt() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa', inputs: ['a: <b>', 'c']");
        Judges.vote(run, "qa", "bob", "a");
        JSONObject json = Browsers.plain(jenkins, "nobody")
                .getJSON(run.getUrl() + "judgments/api/json")
                .getJSONObject();
        JSONObject one = json.getJSONArray("judgments").getJSONObject(0);
        assertThat(one.getString("id"), is("qa"));
        assertThat(one.getBoolean("waiting"), is(true));
        assertThat(one.getString("missing"), is("1 more of qa"));
        assertThat(one.getJSONArray("votes").getJSONObject(0).getString("comment"), is("says bob"));
        JSONObject whole = Browsers.plain(jenkins, "nobody")
                .getJSON(run.getUrl() + "api/json?depth=3")
                .getJSONObject();
        assertThat(whole.toString(), containsString("\"submitter\":\"qa\"")); // by input
        assertThat(whole.toString(), containsString("\"missing\":\"1 more of qa\""));

        Judges.vote(run, "qa", "alice", "a");
        jenkins.waitForCompletion(run);
        JSONObject result = Browsers.plain(jenkins, "nobody")
                .getJSON(run.getUrl() + "judgments/qa/api/json")
                .getJSONObject()
                .getJSONObject("result");
        assertThat(result.getString("outcome"), is("a"));
        assertThat(result.getJSONArray("deciders").getJSONObject(1).getString("rule"), is("2 of qa"));
    }

    @Test
    public void whatWaitsForSomebodyIsListed() throws Exception {
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of qa'");

        assertThat(pendingOf("bob"), is(List.of(run.getUrl() + "judgments/qa/")));
        assertThat(pendingOf("olga"), hasSize(0));
        assertThat(pendingOf("dev"), hasSize(0));
        assertThat(pendingOf("admin"), hasSize(0));
        Judges.vote(run, "qa", "bob", "continue");
        assertThat(pendingOf("bob"), hasSize(0));
        assertThat(pendingOf("alice"), hasSize(1));
    }

    private static List<String> pendingOf(String user) {
        return PendingJudgments.get().of(User.getOrCreateByIdOrFullName(user).impersonate2()).stream()
                .map(PendingJudgment::path)
                .toList();
    }

    private static void fails(String script, String why) throws Exception {
        WorkflowRun run = Judges.start(jenkins, script);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains(why, run);
        assertThat(JenkinsRule.getLog(run), not(containsString("\tat ")));
    }

    private static WorkflowRun start(String script) throws Exception {
        return Judges.start(jenkins, script);
    }

    private static WorkflowRun waiting(String script) throws Exception {
        return Judges.waiting(jenkins, "qa", script);
    }

    private static HtmlPage decide(String user, WorkflowRun run, String outcome, String comment) throws Exception {
        HtmlForm form = ((HtmlPage) Judges.web(jenkins, user).getPage(run, "judgments/qa")).getFormByName("decide-qa");
        choose(form, outcome);
        form.getTextAreaByName("comment").setText(comment);
        return jenkins.submit(form);
    }

    /** By a radio button, or in a list. */
    private static void choose(HtmlForm form, String outcome) {
        List<org.htmlunit.html.HtmlRadioButtonInput> buttons = form.getRadioButtonsByName("outcome");
        if (buttons.isEmpty()) {
            form.getSelectsByName("value").get(0).setSelectedAttribute(outcome, true);
        } else {
            buttons.stream()
                    .filter(button -> button.getValueAttribute().equals(outcome))
                    .findFirst()
                    .orElseThrow()
                    .setChecked(true);
        }
    }

    private static FlowNode node(WorkflowRun run) {
        return new DepthFirstScanner()
                .allNodes(run.getExecution()).stream()
                        .filter(node -> node.getDisplayFunctionName().equals("judgment"))
                        .filter(node -> node.getAction(TimingAction.class) != null)
                        .findFirst()
                        .orElseThrow();
    }
}
