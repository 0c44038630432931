package io.jenkins.plugins.safedeployments.triggers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.safedeployments.browser.Chromium;
import io.jenkins.plugins.safedeployments.browser.Page;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.promotion.PromotionProperty;
import io.jenkins.plugins.safedeployments.windows.ExecutionWindowProperty;
import io.jenkins.plugins.safedeployments.windows.WindowSettings;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Forms that say what is wrong while one types, in a real browser. */
public class FormsBrowserTest {

    @ClassRule(order = 0)
    public static Chromium chromium = new Chromium();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void dress() {
        Chromium.dress();
    }

    @Test
    public void conditionOfAStepIsCheckedAndBecomesAScript() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "release");
        Page page = somebody().go(job.getUrl() + "pipeline-syntax/");
        page.choose("#main-panel select.dropdownList", "checkCondition: ");
        String condition = "[name='_.condition']";
        page.type(condition, "branch = ").seeVerdict(condition, "The condition is no good at position");
        page.look("snippet-with-a-wrong-condition");

        page.type(condition, "branch = 'master'").seeVerdict(condition, "").click("#generatePipelineScript");

        String script = "document.querySelector('#prototypeText').value";
        Awaitility.await().until(() -> page.eval(script).asText().contains("checkCondition"));
        assertThat(page.eval(script).asText(), is("checkCondition 'branch = \\'master\\''"));
        page.assertQuiet();
    }

    @Test
    public void formOfAJobChecksConditionsAndKeepsThem() throws Exception {
        FreeStyleProject upstream = jenkins.createFreeStyleProject("upstream");
        jenkins.buildAndAssertSuccess(upstream);
        FreeStyleProject job = jenkins.createFreeStyleProject("take-back");
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("upstream");
        trigger.setWhen("result = 'failed'");
        job.addTrigger(trigger);
        PromotionProperty promotion = new PromotionProperty();
        promotion.setStableJob("stable");
        promotion.setAutoPromote("result = 'passed'");
        job.addProperty(promotion);
        WindowSettings window = new WindowSettings();
        window.setFrom("22:00");
        window.setTo("02:00");
        job.addProperty(new ExecutionWindowProperty(window));
        Page page = somebody().go(job.getUrl() + "configure");

        String when = "[name='_.when']";
        page.seeVerdict(when, "upstream #1: no");
        page.type(when, "result =").seeVerdict(when, "The condition is no good at position");
        page.type("[name='_.upstream']", "nobody").seeVerdict("[name='_.upstream']", "nobody");
        page.type("[name='_.autoPromote']", "tag =~ '('")
                .seeVerdict("[name='_.autoPromote']", "The condition is no good at position");
        page.type("[name='_.timeZone']", "Europe/Nowhere").seeVerdict("[name='_.timeZone']", "Europe/Nowhere");
        page.look("form-of-a-job");
        page.type("[name='_.timeZone']", "Europe/Berlin")
                .type("[name='_.upstream']", "upstream")
                .type("[name='_.autoPromote']", "tag =~ '^v'")
                .type(when, "result = 'failed' and branch = 'master'")
                .seeVerdict(when, "upstream #1: no")
                .follow("button[name=Submit]");

        page.assertQuiet();
        assertThat(
                job.getTrigger(FailedDeploymentTrigger.class).getWhen(), is("result = 'failed' and branch = 'master'"));
        assertThat(job.getProperty(PromotionProperty.class).getAutoPromote(), is("tag =~ '^v'"));
        assertThat(job.getProperty(ExecutionWindowProperty.class).getWindow().getTimeZone(), is("Europe/Berlin"));
    }

    @Test
    public void globalFormAddsACalendarAndSaysWhatIsWrongWithIt() throws Exception {
        Page page = somebody().go("manage/configure");
        page.click("button", "Add a calendar");
        page.type(".repeated-chunk[name=calendars] [name='_.name']", "office")
                .type("[name='_.text']", "zone UTC\nwindow Mon-Fri 25:00-17:00");
        page.seeVerdict("[name='_.text']", "25:00").look("global-form");
        page.type("[name='_.text']", "zone UTC\nwindow Mon-Fri 09:00-17:00").follow("button[name=Submit]");

        page.assertQuiet();
        assertThat(SafeDeploymentsConfiguration.get().getCalendars().get(0).getName(), is("office"));
    }

    private static Page somebody() throws Exception {
        return chromium.as(jenkins, "");
    }
}
