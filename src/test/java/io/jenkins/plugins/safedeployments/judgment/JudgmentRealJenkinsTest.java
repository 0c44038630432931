package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Judgments in a Jenkins with real plugin class loaders, which is killed while they wait. */
public class JudgmentRealJenkinsTest {

    @Rule
    public RealJenkinsRule jenkins = new RealJenkinsRule();

    /** Killed twice with {@code kill -9}: before anybody voted, and with one of two votes. */
    @Test
    public void votesSurviveAKill() throws Throwable {
        jenkins.startJenkins();
        jenkins.runRemotely(j -> {
            start(j, FlowDurabilityHint.MAX_SURVIVABILITY);
        });
        kill();
        jenkins.runRemotely(j -> {
            Judges.secure(j);
            assertThat(Judges.vote(run(), "qa", "bob", "rollback").text(), containsString("1 more of qa"));
        });
        kill();
        String log = jenkins.runRemotely(j -> {
            Judges.secure(j);
            Judges.await(run(), "qa");
            Judges.post(j, "alice", run(), "judgments/qa/decide?outcome=rollback&comment=after");
            j.assertBuildStatusSuccess(j.waitForCompletion(run()));
            return JenkinsRule.getLog(run());
        });
        assertThat(log, containsString("rolls back, decided by bob, alice"));
    }

    /** Pipeline itself gives up such builds when Jenkins is killed; the judgment is then over, too, and what was said is kept. */
    @Test
    public void fastestDurabilitySurvivesARestartAndEndsWithAKill() throws Throwable {
        jenkins.startJenkins();
        jenkins.runRemotely(j -> {
            start(j, FlowDurabilityHint.PERFORMANCE_OPTIMIZED);
            Judges.vote(run(), "qa", "bob", "rollback");
        });
        jenkins.stopJenkins();
        jenkins.startJenkins();
        jenkins.runRemotely(j -> {
            Judges.secure(j);
            Judges.await(run(), "qa");
            assertThat(run().isBuilding(), is(true));
        });
        kill();
        jenkins.runRemotely(j -> {
            Judges.secure(j);
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run()));
            assertThat(PendingJudgments.get().find(run(), "qa") == null, is(true));
            assertThat(
                    Judges.post(j, "alice", run(), "judgments/qa/decide?outcome=rollback")
                            .getStatusCode(),
                    is(409));
            assertThat(Judgments.find(run(), "qa").votes().get(0).user(), is("bob"));
        });
    }

    private void kill() throws Throwable {
        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();
    }

    private static void start(JenkinsRule j, FlowDurabilityHint durability) throws Exception {
        Judges.secure(j);
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.addProperty(new DurabilityHintJobProperty(durability));
        job.setDefinition(new CpsFlowDefinition("""
                pipeline {
                  agent none
                  stages {
                    stage('QA') {
                      steps { judgment message: 'Go on?', id: 'qa', inputs: ['continue', 'rollback'], approvers: '2 of qa' }
                    }
                    stage('Rollback') {
                      when { judged id: 'qa', as: 'rollback' }
                      steps { echo "rolls back, decided by ${judgmentOf('qa').by}" }
                    }
                  }
                }
                """, true));
        WorkflowRun run = Judges.start(job);
        Judges.await(run, "qa");
    }

    private static WorkflowRun run() {
        return Jenkins.get().getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }
}
