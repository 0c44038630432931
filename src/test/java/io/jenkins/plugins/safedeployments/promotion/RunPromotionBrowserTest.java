package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import hudson.model.BooleanParameterDefinition;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.safedeployments.browser.Chromium;
import io.jenkins.plugins.safedeployments.browser.Page;
import io.jenkins.plugins.safedeployments.triggers.BranchScm;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** A build is promoted to the job that brings it into canary, in a real browser. */
public class RunPromotionBrowserTest {

    @ClassRule(order = 0)
    public static Chromium chromium = new Chromium();

    @ClassRule(order = 1)
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of the class, whose pages take their time where much else runs
    }

    @Test
    public void buildIsPromotedToCanary() throws Exception {
        Chromium.dress();
        jenkins.jenkins.setQuietPeriod(0);
        FreeStyleProject ci = jenkins.createFreeStyleProject("shop-ci");
        ci.setScm(new BranchScm("origin/setup-semaphore", "1f2e3d"));
        ci.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("TAG", "latest")));
        PromotionProperty property = new PromotionProperty();
        property.setCanaryJob("shop-canary");
        property.setAutoCanary("result = 'passed' and (branch = 'master' or tag =~ '^hotfix')");
        ci.addProperty(property);
        FreeStyleProject canary = jenkins.createFreeStyleProject("shop-canary");
        canary.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("TAG", "latest", "Tag of the <image>"),
                new ChoiceParameterDefinition("NAMESPACE", new String[] {"test", "shop"}, "Where to"),
                new BooleanParameterDefinition("NOISY", false, "Tell everybody")));
        Run<?, ?> run = ci.scheduleBuild2(0, new ParametersAction(new StringParameterValue("TAG", "1.0<i>")))
                .get();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("viewer"));

        Page viewer = chromium.as(jenkins, "viewer").go(run.getUrl());
        viewer.see("#main-panel", "You do not have the permission").look("build-that-others-promote");
        assertThat("who may not gets no button", viewer.count("form[name=promote-run] button:enabled"), is(0));

        Page alice = chromium.as(jenkins, "alice").go(run.getUrl());
        alice.see("#main-panel", "Not promoted by itself: ").see("#main-panel", "needed 'master'");
        alice.look("build-to-promote");
        alice.follow("form[name=promote-run] button").see("#main-panel", "Promote to shop-canary: shop-ci #1");
        alice.look("promote-a-build").follow("form[name=start] button");
        Awaitility.await()
                .until(() ->
                        canary.getLastBuild() != null && !canary.getLastBuild().isBuilding());
        assertThat(
                canary.getLastBuild()
                        .getAction(ParametersAction.class)
                        .getParameter("TAG")
                        .getValue(),
                is("1.0<i>"));

        alice.go(run.getUrl()).see("#main-panel", "Promoted to shop-canary #1: SUCCESS (asked for by alice)");
        alice.look("build-that-was-promoted").follow("#side-panel a", "Releases");
        alice.see("#main-panel", "Promoted to shop-canary #1").look("releases-of-a-build-that-was-promoted");
        alice.go(canary.getLastBuild().getUrl()).see("#main-panel", "Promotion of shop-ci #1, asked for by alice");
        alice.follow("#main-panel a", "Promotion of shop-ci #1, asked for by alice")
                .see("#main-panel", "Promoted to shop-canary #1");

        alice.go(ci.getUrl() + "configure").seeVerdict("[name='_.autoCanary']", "shop-ci #1: no");
        alice.type("[name='_.canaryJob']", "nobody").seeVerdict("[name='_.canaryJob']", "nobody");
        alice.type("[name='_.canaryJob']", "shop-ci").seeVerdict("[name='_.canaryJob']", "This is the job itself");
    }
}
