package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import hudson.ExtensionList;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.ParametersAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.RecordedCanary;
import java.util.List;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Promotions that Jenkins did not get to because it was killed are caught up with after its next start, once. */
public class AutoPromoterRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void whatAKilledJenkinsDidNotGetTo_isPromotedOnceAndNothingThatIsOlder() throws Throwable {
        sessions.then(j -> {
            j.createFreeStyleProject("stable");
            FreeStyleProject canary = j.createFreeStyleProject("canary");
            ExtensionList.lookup(RunListener.class).remove(ExtensionList.lookupSingleton(AutoPromoter.class));
            RecordedCanary.of(j.buildAndAssertSuccess(canary), "before-it-was-configured", 1);
            PromotionProperty property = new PromotionProperty();
            property.setStableJob("stable");
            property.setAutoPromote("result = 'passed'");
            canary.addProperty(property);

            // killed before it would have been looked at
            RecordedCanary.of(j.buildAndAssertSuccess(canary), "shop", 1);
            RecordedCanary.of(j.buildAndAssertSuccess(canary), "shop", 2);
            // killed between the decision and the queue, or before the queue was written
            Run<?, ?> lost = j.buildAndAssertSuccess(canary);
            RecordedCanary.of(lost, "bank", 1);
            Followed.decide(lost, new Target("rig", "bank", "shop"), "Promoted by itself, since it is good", true);
            // decided, and not promoted
            Run<?, ?> not = j.buildAndAssertSuccess(canary);
            RecordedCanary.of(not, "toys", 1);
            Followed.decide(not, new Target("rig", "toys", "shop"), "Not promoted by itself: no", false);
        });
        sessions.then(j -> {
            Job<?, ?> stable = job(j, "stable");
            Awaitility.await().until(() -> stable.getBuildByNumber(2) != null);
            j.waitUntilNoActivity();
            assertThat(promoted(stable), contains("shop 2", "bank 1"));
            Job<?, ?> canary = job(j, "canary");
            assertThat(canary.getBuildByNumber(1).getAction(Followed.class), nullValue());
            assertThat(automatic(canary, 2), containsString("release 2 (shop:2) has been made on its target since"));
            assertThat(automatic(canary, 3), startsWith("Promoted by itself, since result = 'passed'"));
            assertThat(automatic(canary, 4), is("Promoted by itself, since it is good"));
            assertThat(automatic(canary, 5), is("Not promoted by itself: no"));
            assertThat(
                    stable.getBuildByNumber(1).getCause(PromotionCause.class).getShortDescription(),
                    containsString("from canary #3, started by itself, since"));

            AutoPromoter.catchUp();
            j.waitUntilNoActivity();
            assertThat(stable.getLastBuild().getNumber(), is(2));
            // the run was not told any more that its promotion has begun
            Run<?, ?> lost = canary.getBuildByNumber(4);
            lost.removeActions(Followed.class);
            Followed.decide(lost, new Target("rig", "bank", "shop"), "Promoted by itself, since it is good", true);
            canary.renameTo("early");
        });
        sessions.then(j -> {
            PromotionCause cause = job(j, "stable").getBuildByNumber(2).getCause(PromotionCause.class);
            assertThat(cause.run(), is(job(j, "early").getBuildByNumber(4)));
            assertThat(cause.getShortDescription(), containsString("from early #4, started by itself, since"));
            AutoPromoter.catchUp(); // once more than by itself
            j.waitUntilNoActivity();
            assertThat(job(j, "stable").getLastBuild().getNumber(), is(2));
        });
    }

    @Test
    public void promotionThatIsTakenOutOfTheQueue_isNotStartedAgain() throws Throwable {
        sessions.then(j -> {
            FreeStyleProject stable = j.createFreeStyleProject("stable");
            FreeStyleProject canary = j.createFreeStyleProject("canary");
            PromotionProperty property = new PromotionProperty();
            property.setStableJob("stable");
            property.setAutoPromote("result = 'passed'");
            canary.addProperty(property);
            Run<?, ?> taken = j.buildAndAssertSuccess(canary);
            RecordedCanary.of(taken, "shop", 1);
            Run<?, ?> waits = j.buildAndAssertSuccess(canary);
            RecordedCanary.of(waits, "bank", 1);
            j.jenkins.setNumExecutors(0);
            new AutoPromoter().onCompleted(taken, TaskListener.NULL);
            assertThat(j.jenkins.getQueue().cancel(stable), is(true));
            new AutoPromoter().onCompleted(waits, TaskListener.NULL); // is in the queue when Jenkins goes down

            Awaitility.await().until(() -> automatic(canary, 1).startsWith("Not"));
            assertThat(automatic(canary, 1), is("Not promoted by itself: stable was taken out of the queue"));
        });
        sessions.then(j -> {
            AutoPromoter.catchUp();
            assertThat(j.jenkins.getQueue().getItems().length, is(1));
            assertThat(automatic(job(j, "canary"), 2), startsWith("Promoted by itself"));
            j.jenkins.setNumExecutors(1);
            j.waitUntilNoActivity();
            assertThat(promoted(job(j, "stable")), contains("bank 1"));
        });
    }

    @Test
    public void buildThatAKilledJenkinsDidNotGetTo_isPromotedOnce() throws Throwable {
        sessions.then(j -> {
            j.jenkins.setQuietPeriod(0);
            j.createFreeStyleProject("stable");
            FreeStyleProject canary = j.createFreeStyleProject("canary");
            FreeStyleProject ci = j.createFreeStyleProject("ci");
            PromotionProperty property = new PromotionProperty();
            property.setStableJob("stable");
            property.setAutoPromote("namespace = 'bank'");
            ci.addProperty(property);
            // of before builds were promoted by themselves, and what they have released is lost
            Run<?, ?> before = j.buildAndAssertSuccess(ci);
            RecordedCanary.of(before, "bank", 1);
            Followed.decide(before, new Target("rig", "bank", "shop"), "Promoted by itself, since it is good", true);
            property.setCanaryJob("canary");
            property.setAutoCanary("result = 'passed'");
            ci.save();
            Run<?, ?> promoted = j.buildAndAssertSuccess(ci);
            j.waitUntilNoActivity();
            assertThat(builds(canary), contains(String.valueOf(promoted.getNumber())));
            ExtensionList.lookup(RunListener.class).remove(ExtensionList.lookupSingleton(AutoPromoter.class));
            // killed before it would have been looked at
            j.buildAndAssertSuccess(ci);
            // killed between the decision and the queue, or before the queue was written
            Followed.decide(j.buildAndAssertSuccess(ci), null, "Promoted by itself, since it is good", true);
            // decided, and not promoted
            Followed.decide(j.buildAndAssertSuccess(ci), null, "Not promoted by itself: no", false);
        });
        sessions.then(j -> {
            Job<?, ?> canary = job(j, "canary");
            Awaitility.await().until(() -> canary.getBuildByNumber(3) != null);
            j.waitUntilNoActivity();
            assertThat(builds(canary), contains("2", "3", "4"));
            Job<?, ?> ci = job(j, "ci");
            List<String> first =
                    ci.getBuildByNumber(1).getAction(Followed.class).getAutomatic();
            assertThat("its release is caught up with, and nothing else", first.size(), is(1));
            assertThat(job(j, "stable").getLastBuild().getNumber(), is(1));
            assertThat(ci.getBuildByNumber(6), nullValue());

            AutoPromoter.catchUp();
            j.waitUntilNoActivity();
            assertThat(canary.getLastBuild().getNumber(), is(3));
            // the run was not told any more that its promotion has begun
            Run<?, ?> lost = ci.getBuildByNumber(4);
            lost.removeActions(Followed.class);
            Followed.decide(lost, null, "Promoted by itself, since it is good", true);
            ci.renameTo("builds");
        });
        sessions.then(j -> {
            AutoPromoter.catchUp(); // once more than by itself
            j.waitUntilNoActivity();
            assertThat(job(j, "canary").getLastBuild().getNumber(), is(3));
        });
    }

    @Test
    public void buildWhosePromotionWaitsInTheQueue_isPromotedOnceOrNotIfItIsTakenOut() throws Throwable {
        sessions.then(j -> {
            FreeStyleProject canary = j.createFreeStyleProject("canary");
            FreeStyleProject ci = j.createFreeStyleProject("ci");
            PromotionProperty property = new PromotionProperty();
            property.setCanaryJob("canary");
            property.setAutoCanary("result = 'passed'");
            Run<?, ?> taken = j.buildAndAssertSuccess(ci);
            Run<?, ?> waits = j.buildAndAssertSuccess(ci);
            ci.addProperty(property);
            j.jenkins.setNumExecutors(0);
            new AutoPromoter().onCompleted(taken, TaskListener.NULL);
            assertThat(j.jenkins.getQueue().cancel(canary), is(true));
            new AutoPromoter().onCompleted(waits, TaskListener.NULL);

            Awaitility.await().until(() -> automatic(ci, 1).startsWith("Not"));
            assertThat(automatic(ci, 1), is("Not promoted by itself: canary was taken out of the queue"));
        });
        sessions.then(j -> {
            AutoPromoter.catchUp();
            assertThat(j.jenkins.getQueue().getItems().length, is(1));
            j.jenkins.setNumExecutors(1);
            j.waitUntilNoActivity();
            assertThat(builds(job(j, "canary")), contains("2"));
        });
    }

    /** Numbers of those that were promoted. */
    private static List<String> builds(Job<?, ?> canary) {
        return StreamSupport.stream(canary.getBuilds().spliterator(), false)
                .map(run -> run.getAction(ParametersAction.class))
                .map(told -> told.getParameter("PROMOTED_NUMBER").getValue().toString())
                .sorted()
                .toList();
    }

    private static List<String> promoted(Job<?, ?> stable) {
        return StreamSupport.stream(stable.getBuilds().spliterator(), false)
                .sorted((one, other) -> one.getNumber() - other.getNumber())
                .map(run -> run.getAction(ParametersAction.class))
                .map(told -> told.getParameter("NAMESPACE").getValue() + " "
                        + told.getParameter("RELEASE").getValue())
                .toList();
    }

    private static String automatic(Job<?, ?> job, int number) {
        return job.getBuildByNumber(number)
                .getAction(Followed.class)
                .getAutomatic()
                .get(0);
    }

    private static Job<?, ?> job(JenkinsRule j, String name) {
        return j.jenkins.getItemByFullName(name, Job.class);
    }
}
