package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import jenkins.model.Jenkins;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What earlier versions have stored stays readable. */
public class JudgmentSerialFormTest {

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /** A build that waits for the second of two votes, with parameters. */
    @Test
    @LocalData
    public void judgmentOfTheFirstVersionGoesOn() throws Exception {
        Judges.secure(jenkins);
        WorkflowRun run =
                jenkins.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(4);
        LiveJudgment live = Judges.await(run, "qa");
        assertThat(live.judgment().votes(), hasSize(1));
        assertThat(live.judgment().votes().get(0).comment(), is("before the restart"));
        assertThat(live.judgment().votes().get(0).parameters(), is(Map.of("ticket", "T-9", "tell", true)));
        assertThat(live.choices().get(1).label(), is("Roll it back"));

        try (ACLContext ignored = Judges.as("alice")) {
            Ruling ruling = live.vote(
                    Jenkins.getAuthentication2(),
                    new LiveJudgment.Answer("continue", "", Map.of("ticket", "T-10", "tell", false), null, false));
            assertThat(ruling.kind(), is(Ruling.Kind.DECIDED));
        }

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Deploys.", run);
    }

    /** The same, answered by the input through which it is asked. */
    @Test
    @LocalData
    public void inputOfTheFirstVersionAsksForAComment() throws Exception {
        Judges.secure(jenkins);
        WorkflowRun run =
                jenkins.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
        Judges.await(run, "qa");
        JudgmentComment comment =
                (JudgmentComment) Judges.input(run).getInput().getParameters().get(1);
        assertThat(comment.getDescription(), is("It takes 2 of qa."));
        assertThat(comment.getContent(), is("")); // as the judgment says, that it belongs to

        String json = "{\"parameter\":[{\"name\":\"outcome\",\"value\":\"continue\"},"
                + "{\"name\":\"comment\",\"value\":\"after the restart\"}]}";
        WebResponse answer = Judges.post(
                jenkins,
                "alice",
                run,
                "input/Qa/submit?proceed=x&json=" + URLEncoder.encode(json, StandardCharsets.UTF_8));

        assertThat(answer.getStatusCode(), is(200));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(
                Judgments.find(run, "qa").votes().stream().map(Vote::comment).toList(),
                contains("says bob", "after the restart"));
    }
}
