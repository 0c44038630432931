package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.BooleanParameterDefinition;
import hudson.model.FileParameterDefinition;
import hudson.model.FreeStyleBuild;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.PasswordParameterDefinition;
import hudson.model.StringParameterDefinition;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Terms;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.StaplerRequest2;

/** The step in the Snippet Generator, and what folders and clusters demand in their forms. */
public class JudgmentConfigTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    private final StepConfigTester form = new StepConfigTester(jenkins);
    private final SnippetizerTester snippets = new SnippetizerTester(jenkins);

    @Test
    public void stepWithEverything() throws Exception {
        SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("production")));
        JudgmentStep step = new JudgmentStep("Promote 1.4?");
        step.setId("qa");
        step.setInputs(List.of("continue: Go on", "rollback: Back | Stable is untouched"));
        step.setInstructions("<b>Look</b> at it.");
        step.setApprovers("1 of qa and 2 of ops");
        step.setAllowRequester(true);
        step.setAllowOverride(true);
        step.setTimeout(3);
        step.setTimeoutUnit(TimeUnit.DAYS);
        step.setOnTimeout("stop");
        step.setRejectResult("UNSTABLE");
        step.setRemindEvery(1);
        step.setEscalateAfter(2);
        step.setEscalateTo("group:managers");
        step.setApp("shop");
        step.setCluster("production");
        step.setNamespace("default");
        step.setParameters(List.of(
                new StringParameterDefinition("why", "because", "Why?"),
                new BooleanParameterDefinition("now", true, "Now?")));

        JudgmentStep seen = form.configRoundTrip(step);

        jenkins.assertEqualDataBoundBeans(step, seen);
        snippets.assertRoundTrip(
                step,
                "judgment allowOverride: true, allowRequester: true, app: 'shop', approvers: '1 of qa and 2 of ops',"
                        + " cluster: 'production', escalateAfter: 2, escalateTo: 'group:managers', id: 'qa', inputs: ['continue: Go"
                        + " on', 'rollback: Back | Stable is untouched'], instructions: '<b>Look</b> at it.', message: 'Promote"
                        + " 1.4?', namespace: 'default', onTimeout: 'stop', parameters: [string(defaultValue: 'because',"
                        + " description: 'Why?', name: 'why'), booleanParam(defaultValue: true, description: 'Now?', name:"
                        + " 'now')], rejectResult: 'UNSTABLE', remindEvery: 1, timeout: 3, timeoutUnit: 'DAYS'");
    }

    @Test
    public void stepWithItsMessageOnly() throws Exception {
        JudgmentStep step = new JudgmentStep("Go on?");

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(step, "judgment 'Go on?'");
        snippets.assertRoundTrip(new JudgmentOfStep("qa"), "judgmentOf 'qa'");
        jenkins.assertEqualDataBoundBeans(new JudgmentOfStep("qa"), form.configRoundTrip(new JudgmentOfStep("qa")));
    }

    @Test
    public void referencePagesAreComplete() throws Exception {
        // not that of the step itself: it refuses the password parameter of Jenkins, which any step with parameters
        // lists
        SnippetizerTester.assertDocGeneration(JudgmentOfStep.class);
    }

    /** Of another plugin. */
    private static final class StashedFileParameterDefinition extends ParameterDefinition {

        private static final long serialVersionUID = 1L;

        StashedFileParameterDefinition(String name) {
            super(name);
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request, JSONObject json) {
            return null;
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request) {
            return null;
        }
    }

    @Test
    public void filesAreRefusedOfWhateverKind() {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setParameters(List.of(new StashedFileParameterDefinition("logs")));

        UserException refused = assertThrows(UserException.class, settings::check);

        assertThat(
                refused.getMessage(),
                containsString("'parameters' has the file 'logs', but a judgment takes no files"));
    }

    @Test
    public void idsThatAreNamesOfTheTabItselfAreRefused() {
        for (String id : List.of("api", "object")) {
            UserException refused = assertThrows(id, UserException.class, settings(id)::check);

            assertThat(
                    refused.getMessage(),
                    is("'id' is '" + id + "', a name that Jenkins itself has among the pages of judgments: choose"
                            + " another one."));
        }
        for (String id : List.of("qa", "Api", "API", "api-1", "apis", "index", "action", "job", "run", "judgments")) {
            settings(id).check();
        }
    }

    /** Whatever the tab gets by and by. */
    @Test
    public void idsThatAreNotRefusedHaveAPage() throws Exception {
        FreeStyleBuild run = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        JenkinsRule.WebClient web = jenkins.createWebClient();
        web.setThrowExceptionOnFailingStatusCode(false);

        for (String name : Judges.urls(JudgmentTab.class)) {
            Instant now = Instant.now();
            Terms terms = settings(name).terms(now, List.of(), false, false);
            Judgments.keep(run, Judgment.ask(name, terms, null, now));

            String page =
                    web.getPage(run, "judgments/" + name + "/").getWebResponse().getContentAsString();
            assertThat(name, page.contains("Is it " + name + "?"), is(!isRefused(name)));
        }
    }

    private static boolean isRefused(String id) {
        try {
            settings(id).check();
            return false;
        } catch (UserException e) {
            return true;
        }
    }

    private static JudgmentSettings settings(String id) {
        JudgmentSettings settings = new JudgmentSettings("Is it " + id + "?");
        settings.setId(id);
        return settings;
    }

    @Test
    public void rulesAreCheckedAsTheyAreTyped() {
        JudgmentStep.DescriptorImpl descriptor = jenkins.jenkins.getDescriptorByType(JudgmentStep.DescriptorImpl.class);

        assertThat(descriptor.doCheckApprovers(null, "1 of qa").kind, is(FormValidation.Kind.OK));
        assertThat(descriptor.doCheckApprovers(null, "").kind, is(FormValidation.Kind.OK));
        assertThat(descriptor.doCheckApprovers(null, "x of qa").getMessage(), containsString("is no number"));
        assertThat(descriptor.doCheckEscalateTo(null, "2 of qa").getMessage(), containsString("users and groups only"));
        assertThat(descriptor.doCheckInputs(null, "a\na").getMessage(), containsString("twice"));
        assertThat(
                descriptor.getParametersDescriptors().stream()
                        .filter(one -> one.clazz == FileParameterDefinition.class
                                || one.clazz == PasswordParameterDefinition.class)
                        .toList(),
                hasSize(0));
    }

    @Test
    public void folderAndClusterKeepWhatTheyDemand() throws Exception {
        Folder folder = jenkins.createProject(Folder.class);
        FolderJudgmentPolicy policy = new FolderJudgmentPolicy();
        policy.setApprovers("1 of qa");
        policy.setForbidRequester(true);
        policy.setForbidOverride(true);
        folder.addProperty(policy);

        Folder seen = jenkins.configRoundtrip(folder);

        FolderJudgmentPolicy kept = seen.getProperties().get(FolderJudgmentPolicy.class);
        assertThat(kept.getApprovers(), is("1 of qa"));
        assertThat(kept.isForbidRequester(), is(true));
        assertThat(kept.isForbidOverride(), is(true));

        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setApprovers("2 of ops");
        cluster.setForbidRequester(true);
        cluster.setForbidOverride(true);
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
        jenkins.configRoundtrip();
        jenkins.assertEqualDataBoundBeans(
                cluster, SafeDeploymentsConfiguration.get().cluster("production"));
    }
}
