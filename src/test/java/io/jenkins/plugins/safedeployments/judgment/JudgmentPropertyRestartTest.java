package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What waits in the queue for a judgment goes on when Jenkins is restarted, with the votes that it has. */
public class JudgmentPropertyRestartTest {

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void votesAndDecisionsSurvive() throws Throwable {
        sessions.then(j -> {
            Judges.secure(j);
            LiveJudgment waits = asked(j, "waits", "2 of qa");
            assertThat(Judges.vote(waits, "bob", "continue").kind(), is(Ruling.Kind.RECORDED));

            LiveJudgment approved = asked(j, "approved", "1 of qa");
            LiveJudgment over = asked(j, "over", "1 of qa");
            j.jenkins.doQuietDown();
            assertThat(Judges.vote(approved, "bob", "continue").kind(), is(Ruling.Kind.DECIDED));
            assertThat(job(j, "approved").isInQueue(), is(true));

            over.subject()
                    .keep(over.judgment()
                            .due(Instant.now().plus(Duration.ofHours(3)))
                            .orElseThrow()
                            .judgment()); // as if Jenkins went down between the record and what follows
        });
        sessions.then(j -> {
            Judges.secure(j);
            FreeStyleBuild begun = build(j, "approved");
            assertThat(Judgments.of(begun), hasSize(1));
            assertThat(Judgments.find(begun, "qa").decision().by(), is("bob"));

            FreeStyleProject over = job(j, "over");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !over.isInQueue());
            assertThat(over.getLastBuild(), is(nullValue()));

            LiveJudgment waits = Judges.await(job(j, "waits").getQueueItem(), "qa");
            assertThat(waits.judgment().votes(), hasSize(1));
            assertThat(Judges.vote(waits, "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
            assertThat(Judges.vote(waits, "dev", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
            assertThat(Judges.vote(waits, "alice", "continue").kind(), is(Ruling.Kind.DECIDED));
            FreeStyleBuild after = build(j, "waits");
            assertThat(Judgments.find(after, "qa").decision().by(), is("bob, alice"));
            assertThat(Arrays.asList(Queue.getInstance().getItems()), hasSize(0));
        });
    }

    private static LiveJudgment asked(JenkinsRule j, String name, String approvers) throws Exception {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers(approvers);
        settings.setTimeout(2);
        FreeStyleProject job = j.createFreeStyleProject(name);
        job.addProperty(new JudgmentProperty(settings));
        return Judges.await(Judges.queued(job, "dev", "qa"), "qa");
    }

    private static FreeStyleProject job(JenkinsRule j, String name) {
        return j.jenkins.getItemByFullName(name, FreeStyleProject.class);
    }

    private static FreeStyleBuild build(JenkinsRule j, String name) throws Exception {
        FreeStyleProject job = job(j, name);
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> job.getLastBuild() != null);
        return j.assertBuildStatusSuccess(j.waitForCompletion(job.getLastBuild()));
    }
}
