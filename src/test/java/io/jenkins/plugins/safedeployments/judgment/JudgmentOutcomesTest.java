package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.triggers.JudgmentLookup;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Conditions ask for what was decided. */
public class JudgmentOutcomesTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    @Test
    public void conditionOnAJudgment_isWhatWasDecided() throws Exception {
        WorkflowRun run = Judges.waiting(
                jenkins,
                "qa",
                "judgment message: 'Go?', id: 'qa', inputs: ['continue', 'rollback'], approvers: '1 of qa'\n"
                        + "checkCondition \"judgment('qa') = 'rollback'\"\n"
                        + "checkCondition \"judgment('qa') = 'continue'\"");
        assertThat(JudgmentLookup.find(run, "qa"), nullValue());

        Judges.vote(run, "qa", "bob", "rollback");

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        assertThat(JudgmentLookup.find(run, "qa"), is("rollback"));
        jenkins.assertLogContains("The condition holds: judgment('qa') = 'rollback'.", run);
        jenkins.assertLogContains("The condition does not hold: judgment('qa') = 'rollback', needed 'continue'.", run);
    }
}
