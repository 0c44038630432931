package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.browser.Chromium;
import io.jenkins.plugins.safedeployments.browser.Page;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** The pages on which people decide, in a real browser. */
public class JudgmentPagesBrowserTest {

    @ClassRule(order = 0)
    public static Chromium chromium = new Chromium();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void secure() {
        Chromium.dress();
        Judges.secure(jenkins);
    }

    @Test
    public void judgmentOfARunIsDecidedByThoseWhoMay() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'How does the canary look?', id: 'qa', approvers: '2 of qa, dev', timeout: 3,"
                        + " timeoutUnit: 'DAYS', inputs: ['continue', 'rollback: Roll it back | Stable is untouched'],"
                        + " instructions: 'Look at the charts first', allowOverride: true,"
                        + " parameters: [string(name: 'TICKET', description: 'Where it is written down')]");
        String path = run.getUrl() + "judgments/";
        assertThat(
                "who is not asked can't decide",
                person("nobody").go(path).see("#main-panel", "It takes 2 of qa").count("form[name^=decide]"),
                is(0));
        Page dev = person("dev").go(path); // who asked for it can only stop it
        dev.see("form[name=decide-qa]", "Stop").dontSee("form[name=decide-qa]", "Roll it back");
        assertThat(dev.count("[name=outcome]"), is(1));

        Page bob = person("bob").go(run.getUrl());
        bob.follow("#side-panel a", "Judgments")
                .see("#main-panel", "Look at the charts first")
                .look("judgments-of-a-run");
        bob.click("form[name=decide-qa] button");
        assertThat("an outcome has to be chosen", bob.count("[name=outcome]:invalid") > 0, is(true));
        bob.click("label", "Roll it back")
                .type("form[name=decide-qa] input[name=value]", "T-17")
                .type("[name=comment]", "It is <b>slow</b>")
                .follow("form[name=decide-qa] button");
        bob.see("#main-panel", "It takes 1 more of qa").see("table", "It is <b>slow</b>");
        bob.follow("form[name=takeBack-qa] button").see("#main-panel", "It takes 2 of qa");
        bob.click("label", "Roll it back")
                .type("form[name=decide-qa] input[name=value]", "T-17")
                .type("[name=comment]", "It is too slow")
                .follow("form[name=decide-qa] button");
        bob.see("table", "It is too slow").look("judgment-voted");
        assertThat(Judgments.find(run, "qa").votes().get(0).user(), is("bob"));

        Page alice = person("alice").go("judgments-are-not-here"); // a page that is not there is complained of
        alice.expectComplaint("404").go(path);
        alice.click("label", "Roll it back")
                .type("form[name=decide-qa] input[name=value]", "T-18")
                .follow("form[name=decide-qa] button");
        alice.see("#main-panel", "'Roll it back (rollback)' was decided by bob").look("judgment-decided");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").decision().choice(), is("rollback"));
        // who had the page before them is told that they are late
        dev.click("label", "Stop").follow("form[name=decide-qa] button");
        dev.see("[role=alert]", "decided by bob").expectComplaint("409").look("judgment-too-late");
    }

    /** Where an {@code input} is shown as waiting a judgment is, too, and its log leads to where it is decided. */
    @Test
    public void graphOfThePipelineShowsItAndLeadsToIt() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "stage('Judge') { judgment message: 'Is 1.6 fine?', id: 'qa', approvers: '1 of qa' }\n"
                        + "stage('Promote') { echo 'promoted' }");

        Page bob = person("bob").go(run.getUrl() + "stages/"); // of another plugin, so its looks are not ours
        bob.see("#main-panel", "Judge").see("#main-panel", "Is 1.6 fine?");
        String stages = Browsers.plain(jenkins, "bob")
                .goTo(run.getUrl() + "stages/tree", "application/json")
                .getWebResponse()
                .getContentAsString();
        assertThat(stages, containsString("\"state\":\"paused\""));
        bob.follow("#main-panel a", "See it, and decide").see("#main-panel", "It takes 1 of qa");
        bob.click("label", "Continue").follow("form[name=decide-qa] button").see("#main-panel", "decided by bob");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        bob.go(run.getUrl() + "stages/").see("#main-panel", "Promote");
    }

    @Test
    public void administratorOverridesWithAReason() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins, "qa", "judgment message: 'Go?', id: 'qa', approvers: '2 of qa, dev', allowOverride: true");
        Page dev = person("dev").go("waiting-for-you"); // who asked for it
        assertThat(dev.count("#root-action-WaitingPage .jenkins-badge"), is(0));
        dev.see("#waiting-for-you", "you can only stop it").click("#waiting-for-you summary");
        assertThat(dev.count("#waiting-for-you form button"), is(1));
        dev.look("waiting-for-you-to-stop");
        Page admin = person("admin").go("waiting-for-you");
        admin.see("#waiting-for-you", "you can only override the rules").look("waiting-for-you-to-override");
        admin.follow("#waiting-for-you a.jenkins-button").see("#main-panel", "It takes 2 of qa, dev");
        admin.click("summary").click("details label", "Continue").look("judgment-override");

        admin.type("details [name=comment]", "nobody is awake").follow("details form button");

        admin.see("#main-panel", "admin, who overrode the rules (nobody is awake)")
                .assertQuiet();
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    @Test
    public void itemInTheQueueIsDecided() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("nightly");
        JudgmentSettings settings = new JudgmentSettings("Build the nightly?");
        settings.setId("qa");
        settings.setApprovers("1 of qa");
        job.addProperty(new JudgmentProperty(settings));
        Queue.Item item = Judges.queued(job, "dev", "qa");

        Page bob = person("bob").go(job.getUrl());
        bob.look("job-waits-for-people");
        bob.follow("#main-panel a[href*='" + item.getUrl() + "']").see("#main-panel", "Build the nightly?");
        bob.click("label", "Continue").type("[name=comment]", "Good night").look("judgment-of-the-queue");
        bob.follow("form[name=decide-qa] button").see("#main-panel", "decided by bob (Good night)");

        bob.assertQuiet();
        FreeStyleBuild build =
                jenkins.waitForCompletion(Awaitility.await().until(job::getLastBuild, Matchers.notNullValue()));
        jenkins.assertBuildStatusSuccess(build);
    }

    /** Also what waits for clocks is there, for those who may skip it. */
    @Test
    public void whatWaitsForSomebodyIsInTheHeaderAndDecidedOnOnePage() throws Exception {
        WorkflowRun judged = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Promote 1.4 to stable?', id: 'qa', approvers: 'olga', timeout: 2, timeoutUnit:"
                        + " 'DAYS'");
        WorkflowRun other = Judges.waiting(
                jenkins, "b", "judgment message: 'And 1.5?', id: 'b', approvers: 'olga', inputs: ['continue']");
        Page olga = person("olga").go("");
        assertThat(olga.count("#root-action-WaitingPage .jenkins-badge"), is(1));
        olga.hover("#root-action-WaitingPage").see(".tippy-box", "2 decisions wait for you");
        olga.follow("#root-action-WaitingPage").see("#waiting-for-you", "Promote 1.4 to stable?");
        String row = "tr:has(a[href*='" + judged.getUrl() + "']) ";
        olga.click(row + "summary").look("waiting-for-you");

        olga.type(row + "[name=comment]", "It looks good").follow(row + "button[value=continue]");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(judged));
        assertThat(Judgments.find(judged, "qa").decision().comment(), is("It looks good"));
        olga.go("waiting-for-you").see("#waiting-for-you", "And 1.5?").dontSee("#waiting-for-you", "Promote 1.4");
        String rest = "tr:has(a[href*='" + other.getUrl() + "']) ";
        olga.click(rest + "summary").follow(rest + "button[value=stop]");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(other));
        olga.go("waiting-for-you").see("#main-panel", "Nothing waits for you").look("waiting-for-you-nothing");
        assertThat(olga.count("#root-action-WaitingPage .jenkins-badge"), is(0));
    }

    /** Jenkins' own page of what a run waits for shows a judgment, too, and its rules hold there. */
    @Test
    public void inputPageOfJenkinsDecides() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', approvers: '2 of qa', inputs: ['continue', 'rollback']");
        Page bob = person("bob").go(run.getUrl() + "input/");
        bob.see("#main-panel", "It takes 2 of qa").look("input-of-jenkins");
        bob.choose("#main-panel select", "rollback");
        bob.type("#main-panel input[name=value]", "Too slow").follow("button[name=proceed]");
        bob.see("#main-panel", "It takes 1 more of qa").see("table", "Too slow").assertQuiet();

        Page alice = person("alice").go(run.getUrl() + "input/");
        alice.choose("#main-panel select", "rollback");
        alice.follow("button[name=proceed]").assertQuiet();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(Judgments.find(run, "qa").decision().by(), is("bob, alice"));
    }

    private static Page person(String name) throws Exception {
        return chromium.as(jenkins, name);
    }
}
