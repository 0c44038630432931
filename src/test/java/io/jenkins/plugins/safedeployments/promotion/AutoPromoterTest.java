package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import com.thoughtworks.xstream.io.WriterWrapper;
import com.thoughtworks.xstream.io.xml.CompactWriter;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.Action;
import hudson.model.BuildListener;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.TopLevelItem;
import hudson.util.XStream2;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.RecordedCanary;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentTrigger;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.FailureBuilder;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestBuilder;
import org.jvnet.hudson.test.TestExtension;

/** What is promoted by itself when a build ends, and what is not. No cluster is needed to see that. */
public class AutoPromoterTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void noQuietPeriod() throws Exception {
        jenkins.jenkins.setQuietPeriod(0); // which a rollback job has, and else is 5 seconds
    }

    @After
    public void deleteAll() throws Exception {
        jenkins.waitUntilNoActivity();
        for (TopLevelItem item : jenkins.jenkins.getItems()) {
            item.delete();
        }
    }

    @Test
    public void jobThatPromotesItself_doesNotGoOnForEver() throws Exception {
        FreeStyleProject round = canaryJob("round", "round", "shop");

        jenkins.buildAndAssertSuccess(round);
        jenkins.waitUntilNoActivity();

        assertThat(round.getLastBuild().getNumber(), is(2));
        jenkins.assertLogContains("Promoted by itself", round.getBuildByNumber(1));
        String why = "Not promoted by itself: the promotion of release 1 of shop in shop on rig has led to it";
        jenkins.assertLogContains(why, round.getLastBuild());
        assertThat(page(round.getLastBuild()), containsString(why));
    }

    /** Each of them promotes what the other has made, on a target of its own. */
    @Test
    public void jobsThatPromoteEachOther_doNotGoOnForEver() throws Exception {
        FreeStyleProject ping = canaryJob("ping", "pong", "shop");
        FreeStyleProject pong = canaryJob("pong", "ping", "bank");

        jenkins.buildAndAssertSuccess(ping);
        jenkins.waitUntilNoActivity();

        assertThat(ping.getLastBuild().getNumber(), is(2));
        assertThat(pong.getLastBuild().getNumber(), is(1));
        jenkins.assertLogContains("Promoted by itself", pong.getLastBuild());
        jenkins.assertLogContains("release 1 of shop in shop on rig has led to it", ping.getLastBuild());
    }

    /** The rollback job releases something else, which promotes itself by a job that fails and is followed as well. */
    @Test
    public void failedPromotionOfWhatARollbackJobHasMade_startsNoRollback() throws Exception {
        FreeStyleProject release = jenkins.createFreeStyleProject("release");
        release.getBuildersList().add(new FailureBuilder());
        FreeStyleProject stable = jenkins.createFreeStyleProject("stable");
        stable.getBuildersList().add(new FailureBuilder());
        FreeStyleProject rollback = canaryJob("rollback", "stable", "shop");
        FailedDeploymentTrigger trigger = new FailedDeploymentTrigger("release, stable");
        trigger.setOnlyIfDeployed(false);
        rollback.addTrigger(trigger);
        trigger.start(rollback, true);

        jenkins.buildAndAssertStatus(Result.FAILURE, release);
        jenkins.waitUntilNoActivity();

        assertThat(stable.getLastBuild(), notNullValue());
        assertThat(rollback.getLastBuild().getNumber(), is(1));
        jenkins.assertLogContains("the run is a rollback itself, or was started by one", stable.getLastBuild());
    }

    @Test
    public void runWithSeveralTargets_eachIsPromotedOrSaidNotToBe() throws Exception {
        FreeStyleProject stable = jenkins.createFreeStyleProject("stable");
        FreeStyleProject canary = canaryJob("canary", "stable", "shop", "bank", "toys");
        canary.getProperty(PromotionProperty.class).setAutoPromote("namespace != 'bank'");

        Run<?, ?> run = jenkins.buildAndAssertSuccess(canary);
        jenkins.waitUntilNoActivity();
        new AutoPromoter().onCompleted(run, TaskListener.NULL); // at most once

        jenkins.waitUntilNoActivity();
        assertThat(promoted(stable), containsInAnyOrder("shop", "toys"));
        String not = "release 1 of shop in bank on rig: Not promoted by itself: namespace = 'bank'";
        jenkins.assertLogContains("release 1 of shop in shop on rig: Promoted by itself", run);
        jenkins.assertLogContains(not, run);
        jenkins.assertLogContains("release 1 of shop in toys on rig: Promoted by itself", run);
        assertThat(page(run), containsString(not));
        String form = jenkins.jenkins
                .getDescriptorByType(PromotionProperty.DescriptorImpl.class)
                .doCheckAutoPromote(canary, "namespace != 'bank'")
                .getMessage();
        assertThat(form, containsString("canary #1, release 1 of shop in shop on rig: yes"));
        assertThat(form, containsString("canary #1, release 1 of shop in bank on rig: no"));

        Followed.decide(run, new Target("rig", "bank", "shop"), "Promoted by itself", true); // and lost in a crash
        AutoPromoter.catchUp();
        jenkins.waitUntilNoActivity();
        assertThat(promoted(stable), containsInAnyOrder("shop", "toys", "bank"));
    }

    private static List<String> promoted(FreeStyleProject stable) {
        return stable.getBuilds().stream()
                .map(run -> run.getCause(PromotionCause.class).target().namespace())
                .toList();
    }

    @Test
    public void whatTheQueueRefuses_isNotSaidToBePromoted() throws Exception {
        jenkins.createFreeStyleProject("unwanted");

        Run<?, ?> run = jenkins.buildAndAssertSuccess(canaryJob("canary", "unwanted", "shop"));

        String why = "Not promoted by itself: The queue did not take it: try again.";
        jenkins.assertLogContains(why, run);
        String page = page(run);
        assertThat(page, containsString(why));
        assertThat(page, not(containsString("Promoted by itself")));
    }

    /** As plugins can do that watch the queue. */
    @TestExtension
    public static final class Refusal extends Queue.QueueDecisionHandler {

        @Override
        public boolean shouldSchedule(Queue.Task task, List<Action> actions) {
            return !task.getName().equals("unwanted");
        }
    }

    /** A run is written to the disk without any lock, also while the next one that follows it is added. */
    @Test
    public void whatFollows_canBeAddedWhileTheRunIsWritten() throws Exception {
        FreeStyleProject stable = jenkins.createFreeStyleProject("stable");
        Run<?, ?> run = jenkins.buildAndAssertSuccess(canaryJob("canary", "stable", "shop"));
        jenkins.waitUntilNoActivity();
        Followed followed = run.getAction(Followed.class);
        AtomicBoolean added = new AtomicBoolean();

        new XStream2().marshal(followed, new WriterWrapper(new CompactWriter(new StringWriter())) {
            @Override
            public void endNode() {
                super.endNode();
                if (added.compareAndSet(false, true)) {
                    new Followed.Listener().onStarted(stable.getLastBuild(), TaskListener.NULL);
                }
            }
        });

        assertThat(followed.getFollows().size(), is(2));
    }

    private FreeStyleProject canaryJob(String name, String stable, String... namespaces) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        job.getBuildersList().add(new CanaryBuilder(namespaces));
        PromotionProperty property = new PromotionProperty();
        property.setStableJob(stable);
        property.setAutoPromote("result = 'passed'");
        job.addProperty(property);
        return job;
    }

    private String page(Run<?, ?> run) throws Exception {
        return jenkins.createWebClient()
                .withJavaScriptEnabled(false)
                .getPage(run)
                .asNormalizedText();
    }

    /** Leaves a canary in each of some namespaces, with the number of the build. */
    public static final class CanaryBuilder extends TestBuilder {

        private final String[] namespaces;

        CanaryBuilder(String... namespaces) {
            this.namespaces = namespaces;
        }

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
            for (String namespace : namespaces) {
                RecordedCanary.of(build, namespace, build.getNumber());
            }
            return true;
        }
    }
}
