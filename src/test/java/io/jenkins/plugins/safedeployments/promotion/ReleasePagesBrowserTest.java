package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.browser.Chromium;
import io.jenkins.plugins.safedeployments.browser.Page;
import io.jenkins.plugins.safedeployments.builders.Freestyle;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The pages of releases in a real browser, against a real API server. */
public class ReleasePagesBrowserTest {

    @ClassRule(order = 0)
    public static Chromium chromium = new Chromium();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of the class, whose pages take their time where much else runs
    }

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void releaseIsPromotedAndTheNextRolledBack() throws Exception {
        Chromium.dress();
        AddressBook.configureCluster(TestCluster.kubeconfig());
        Freestyle freestyle = new Freestyle(jenkins, target);
        FreeStyleProject canary = freestyle.job("book-canary", Freestyle.deploy("1.0"));
        PromotionProperty property = new PromotionProperty();
        property.setStableJob("book-stable");
        property.setRollbackJob("book-rollback");
        canary.addProperty(property);
        FreeStyleProject stable = freestyle.job("book-stable", Freestyle.promote());
        WorkflowJob rollback = jenkins.createProject(WorkflowJob.class, "book-rollback");
        rollback.setDefinition(new CpsFlowDefinition(
                Files.readString(Path.of("docs/examples/promotions/rollback.Jenkinsfile")), true));
        Run<?, ?> first = jenkins.buildAndAssertSuccess(canary);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("viewer"));

        Page viewer = chromium.as(jenkins, "viewer").go(canary.getUrl() + "releases");
        viewer.see("#release-1", "addressbook:1.0");
        assertThat("who may not gets no button", viewer.count("#release-1 button:enabled"), is(0));

        // from the page of the run
        Page alice = chromium.as(jenkins, "alice").go(first.getUrl());
        alice.see("#main-panel", "canary ready").look("run-with-a-release");
        alice.follow("form[name=promote-1] button").see("#main-panel", "the canary of 1 pod is removed");
        alice.look("promote").follow("form[name=start] button");
        assertThat(awaitEnd(stable).getResult().toString(), is("SUCCESS"));
        assertThat(freestyle.release(1).phase(), is(Phase.PROMOTED));
        alice.go(first.getUrl() + "releases")
                .see("#release-1", "stable now")
                .see("#main-panel", "book-stable #1: SUCCESS (asked for by alice)")
                .look("releases-of-a-run");

        // from the page of the job
        canary.getBuildersList().replace(Freestyle.deploy("1.1"));
        jenkins.buildAndAssertSuccess(canary);
        alice.go(canary.getUrl());
        alice.follow("#side-panel a", "Releases")
                .see("#release-2", "addressbook:1.1")
                .look("releases-of-a-job");
        alice.follow("form[name='roll_back-2'] button").see("#main-panel", "Stable, now 1 pod, gets back to 2 pods");
        alice.click("form[name=start] button");
        assertThat("a reason has to be given", alice.count("[name=reason]:invalid"), is(1));
        alice.look("roll-back").follow("#main-panel a", "Cancel").see("#release-2", "canary ready");
        alice.follow("form[name='roll_back-2'] button");
        alice.type("[name=reason]", "it is <i>slow</i>").follow("form[name=start] button");
        assertThat(awaitEnd(rollback).getResult().toString(), is("SUCCESS"));
        assertThat(freestyle.release(2).phase(), is(Phase.ROLLED_BACK));
        assertThat(freestyle.release(2).cause(), is("it is <i>slow</i>"));
        alice.go(canary.getUrl() + "releases")
                .see("#release-2", "it is <i>slow</i>")
                .look("releases-of-a-job-rolled-back");

        // what the cluster has recorded
        alice.follow("form[name=ask] button").see("#main-panel", "As the cluster has recorded it.");
        alice.see("#release-1", "stable now").look("releases-asked-for");
    }

    private static Run<?, ?> awaitEnd(Job<?, ?> job) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> (Run<?, ?>) job.getBuildByNumber(1), run -> run != null && !run.isBuilding());
    }
}
