package io.jenkins.plugins.safedeployments.triggers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.EnvironmentContributor;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import hudson.model.User;
import io.jenkins.plugins.safedeployments.engine.condition.Subject;
import io.jenkins.plugins.safedeployments.engine.condition.Word;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** What conditions find out about runs. */
public class RunValuesTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    /** As multibranch projects tell the jobs in them what they build. */
    @TestExtension
    public static final class Multibranch extends EnvironmentContributor {

        private static final Map<String, Map<String, String>> HEADS = new ConcurrentHashMap<>();

        @Override
        public void buildEnvironmentFor(@NonNull Job job, @NonNull EnvVars variables, @NonNull TaskListener listener) {
            variables.putAll(HEADS.getOrDefault(job.getName(), Map.of()));
        }
    }

    @Test
    public void multibranch_branchTagAndChangeExcludeEachOther() throws Exception {
        Run<?, ?> branch = head("of-branch", Map.of("BRANCH_NAME", "feature/x"));
        Run<?, ?> tag = head("of-tag", Map.of("BRANCH_NAME", "v1.2", "TAG_NAME", "v1.2"));
        Run<?, ?> change = head("of-change", Map.of("BRANCH_NAME", "PR-7", "CHANGE_ID", "7"));

        assertThat(value(branch, Word.BRANCH), is("feature/x"));
        assertThat(value(branch, Word.TAG), nullValue());
        assertThat(value(branch, Word.PULL_REQUEST), nullValue());
        assertThat(value(tag, Word.BRANCH), nullValue());
        assertThat(value(tag, Word.TAG), is("v1.2"));
        assertThat(value(change, Word.BRANCH), nullValue());
        assertThat(value(change, Word.PULL_REQUEST), is("7"));
    }

    private static Run<?, ?> head(String name, Map<String, String> variables) throws Exception {
        Multibranch.HEADS.put(name, variables);
        return jenkins.buildAndAssertSuccess(pipeline(name, ""));
    }

    @Test
    public void freestyle_branchIsThatOfTheCheckout() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(new BranchScm("origin/setup-semaphore"));

        assertThat(value(jenkins.buildAndAssertSuccess(job), Word.BRANCH), is("setup-semaphore"));
    }

    @Test
    public void pipeline_branchIsThatOfItsCheckouts() throws Exception {
        Run<?, ?> same = checkouts("same", "origin/master", "origin/master");
        Run<?, ?> others = checkouts("others", "origin/master", "origin/main");

        assertThat(value(same, Word.BRANCH), is("master"));
        assertThat("nobody knows which one is meant", value(others, Word.BRANCH), nullValue());
    }

    private static Run<?, ?> checkouts(String name, String... branches) throws Exception {
        StringBuilder script = new StringBuilder();
        for (String branch : branches) {
            script.append("checkout(new ")
                    .append(BranchScm.class.getName())
                    .append("('")
                    .append(branch)
                    .append("'))\n");
        }
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("node {\n" + script + "}", false));
        return jenkins.buildAndAssertSuccess(job);
    }

    /** Anybody who may build could otherwise say that it is the branch that is promoted. */
    @Test
    public void parameterOfThatName_isNoBranch() throws Exception {
        WorkflowJob job = pipeline("with-parameters", "");
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("BRANCH_NAME"),
                new StringParameterDefinition("GIT_BRANCH"),
                new StringParameterDefinition("TAG_NAME"),
                new StringParameterDefinition("CHANGE_ID")));

        WorkflowRun run = jenkins.assertBuildStatusSuccess(job.scheduleBuild2(
                0,
                new ParametersAction(
                        new StringParameterValue("BRANCH_NAME", "master"),
                        new StringParameterValue("GIT_BRANCH", "master"),
                        new StringParameterValue("TAG_NAME", "v1"),
                        new StringParameterValue("CHANGE_ID", "1"))));

        for (Word word : new Word[] {Word.BRANCH, Word.TAG, Word.PULL_REQUEST}) {
            assertThat(value(run, word), nullValue());
        }
        assertThat(value(run, Word.PARAMETER, "BRANCH_NAME"), is("master"));
    }

    @Test
    public void reason_saysWhyTheRunEndedSo() throws Exception {
        Run<?, ?> passed = jenkins.buildAndAssertSuccess(pipeline("passes", ""));
        Run<?, ?> failed = jenkins.buildAndAssertStatus(Result.FAILURE, pipeline("fails", "error 'no'"));
        Run<?, ?> unstable = jenkins.buildAndAssertStatus(Result.UNSTABLE, pipeline("tests", "unstable 'a test'"));
        Run<?, ?> late = jenkins.buildAndAssertStatus(
                Result.ABORTED, pipeline("late", "timeout(time: 100, unit: 'MILLISECONDS') { semaphore 'late' }"));
        WorkflowRun aborted =
                pipeline("aborted", "semaphore 'aborted'").scheduleBuild2(0).waitForStart();
        SemaphoreStep.waitForStart("aborted/1", aborted);
        aborted.getExecutor()
                .interrupt(
                        Result.ABORTED,
                        new CauseOfInterruption.UserInterruption(User.getOrCreateByIdOrFullName("alice")));
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));

        assertThat(value(passed, Word.RESULT_REASON), nullValue());
        assertThat(value(failed, Word.RESULT_REASON), nullValue());
        assertThat(value(unstable, Word.RESULT_REASON), is("test"));
        assertThat(value(late, Word.RESULT_REASON), is("timeout"));
        assertThat(value(aborted, Word.RESULT_REASON), is("user"));
    }

    @Test
    public void reason_ofARunThatANewerOneAborted_isSuperseded() throws Exception {
        WorkflowJob job = pipeline("superseded", "if (currentBuild.number == 1) { semaphore 'superseded' }");
        DisableConcurrentBuildsJobProperty one = new DisableConcurrentBuildsJobProperty();
        one.setAbortPrevious(true);
        job.addProperty(one);
        WorkflowRun first = job.scheduleBuild2(0).waitForStart();
        SemaphoreStep.waitForStart("superseded/1", first);

        jenkins.assertBuildStatusSuccess(job.scheduleBuild2(0));

        jenkins.waitForCompletion(first);
        assertThat(value(first, Word.RESULT_REASON), is("superseded"));
    }

    private static String value(Run<?, ?> run, Word word) {
        return value(run, word, "");
    }

    private static String value(Run<?, ?> run, Word word, String argument) {
        return new RunValues(run, null).value(new Subject(word, argument));
    }

    private static WorkflowJob pipeline(String name, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }
}
