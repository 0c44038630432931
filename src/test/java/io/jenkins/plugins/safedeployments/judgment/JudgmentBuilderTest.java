package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.security.ACLContext;
import hudson.tasks.BatchFile;
import hudson.tasks.Shell;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.FakeChangeLogSCM;
import org.jvnet.hudson.test.JenkinsRule;

/** The build step of freestyle jobs. */
public class JudgmentBuilderTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @Test
    public void formKeepsEverything() throws Exception {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setInputs(List.of("continue: Go on", "rollback"));
        settings.setApprovers("2 of qa");
        settings.setTimeout(2);
        settings.setTimeoutUnit(TimeUnit.DAYS);
        settings.setRejectResult("UNSTABLE");
        settings.setAllowOverride(true);
        settings.setParameters(List.of(new StringParameterDefinition("why", "x", "y")));
        jenkins.jenkins.setAuthorizationStrategy(hudson.security.AuthorizationStrategy.UNSECURED);

        JudgmentBuilder seen = jenkins.configRoundtrip(new JudgmentBuilder(settings));

        Judges.secure(jenkins);
        jenkins.assertEqualDataBoundBeans(settings, seen.getJudgment());
    }

    @Test
    public void laterStepsSeeWhatWasDecided() throws Exception {
        FreeStyleBuild build = start("2 of qa", "FAILURE");
        Judges.vote(build, "qa", "bob", "rollback");
        assertThat(build.isBuilding(), is(true));
        Judges.vote(build, "qa", "alice", "rollback");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.assertLogContains("This build keeps its executor while it waits.", build);
        jenkins.assertLogContains("later: rollback", build);
        build.reload();
        assertThat(Judgments.find(build, "qa").decision().by(), is("bob, alice"));
    }

    @Test
    public void whoWroteTheChangesCanOnlyStop() throws Exception {
        FreeStyleProject job = job("1 of alice, bob", "FAILURE");
        FakeChangeLogSCM changes = new FakeChangeLogSCM();
        changes.addChange().withAuthor("bob");
        job.setScm(changes);
        FreeStyleBuild build = begin(job);

        assertThat(Judges.vote(build, "qa", "bob", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(build, "qa", "alice", "continue").kind(), is(Ruling.Kind.DECIDED));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    public void stopStopsAndAbortAborts() throws Exception {
        FreeStyleBuild stopped = start("qa", "FAILURE");
        Judges.vote(stopped, "qa", "bob", "stop");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(stopped));
        jenkins.assertLogNotContains("later:", stopped);

        FreeStyleBuild unstable = start("qa", "UNSTABLE");
        Judges.vote(unstable, "qa", "bob", "stop");
        jenkins.assertBuildStatus(Result.UNSTABLE, jenkins.waitForCompletion(unstable));
        jenkins.assertLogContains("later: stop", unstable);

        FreeStyleBuild aborted = start("qa", "FAILURE");
        aborted.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));
        assertThat(PendingJudgments.get().find(new RunSubject(aborted), "qa"), is(nullValue()));
        assertThat(Judgments.find(aborted, "qa").sentence(), is("It was withdrawn: the build was stopped."));
    }

    private static FreeStyleBuild start(String approvers, String result) throws Exception {
        return begin(job(approvers, result));
    }

    private static FreeStyleProject job(String approvers, String result) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setInputs(List.of("continue", "rollback"));
        settings.setApprovers(approvers);
        settings.setRejectResult(result);
        job.getBuildersList().add(new JudgmentBuilder(settings));
        job.getBuildersList()
                .add(
                        hudson.Functions.isWindows()
                                ? new BatchFile("echo later: %JUDGMENT_QA%")
                                : new Shell("echo later: $JUDGMENT_QA"));
        return job;
    }

    private static FreeStyleBuild begin(FreeStyleProject job) throws Exception {
        FreeStyleBuild build;
        try (ACLContext ignored = Judges.as("dev")) {
            build = job.scheduleBuild2(0, new Cause.UserIdCause()).waitForStart();
        }
        Judges.await(build, "qa");
        return build;
    }
}
