package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.triggers.Trigger;
import io.jenkins.plugins.safedeployments.builders.CanaryDeployBuilder;
import io.jenkins.plugins.safedeployments.builders.PromoteStableBuilder;
import io.jenkins.plugins.safedeployments.builders.RollbackCanaryBuilder;
import io.jenkins.plugins.safedeployments.builders.RollbackIfFailed;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Verdict;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentCause;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentTrigger;
import io.jenkins.plugins.safedeployments.triggers.HandedOn;
import io.jenkins.plugins.safedeployments.triggers.RollbackLink;
import io.jenkins.plugins.safedeployments.triggers.RollbackLinks;
import io.jenkins.plugins.safedeployments.triggers.StartRollbackJob;
import jenkins.model.Jenkins;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What earlier versions have stored of freestyle jobs, promotions and rollback jobs stays readable. */
public class FollowUpSerialFormTest {

    private static final Target SHOP = new Target("production", "test", "shop");

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /** Three jobs, with builds of before the digests of a release, the maker of a promotion, and times of links were kept. */
    @Test
    @LocalData
    public void whatFollowedAReleaseStaysReadable() throws Exception {
        FreeStyleProject canary = job("canary");
        FreeStyleProject stable = job("stable");
        FreeStyleProject rollback = job("rollback");

        CanaryDeployBuilder deploy = canary.getBuildersList().get(CanaryDeployBuilder.class);
        assertThat(deploy.getSettings().getApp(), is("shop"));
        assertThat(deploy.getSettings().getImage(), is("shop:$TAG"));
        assertThat(deploy.getSettings().getTests().size(), is(1));
        assertThat(canary.getPublishersList().get(RollbackIfFailed.class).isUnstable(), is(true));
        assertThat(canary.getPublishersList().get(StartRollbackJob.class).getJob(), is("rollback"));
        PromotionProperty property = canary.getProperty(PromotionProperty.class);
        assertThat(property.getStableJob(), is("stable"));
        assertThat(property.getRollbackJob(), is("rollback"));
        assertThat(property.getAutoPromote(), is("result = 'passed'"));
        PromoteStableBuilder promote = stable.getBuildersList().get(PromoteStableBuilder.class);
        assertThat(promote.getRelease(), is("${RELEASE}"));
        assertThat(promote.getSettings().getReplicas(), is(2));
        assertThat(
                rollback.getBuildersList()
                        .get(RollbackCanaryBuilder.class)
                        .getSettings()
                        .getTo(),
                is("${RETURN_TO}"));
        FailedDeploymentTrigger trigger = trigger(rollback);
        assertThat(trigger.getUpstream(), is("canary, stable"));
        assertThat(trigger.getResults(), contains("FAILURE", "ABORTED"));
        assertThat(trigger.getWhen(), is("branch = 'master'"));

        FreeStyleBuild made = canary.getBuildByNumber(1);
        ReleaseEntry entry = ReleasesAction.entries(made).get(0);
        assertThat(entry.getTarget(), is(SHOP));
        assertThat(entry.getPhase(), is(Phase.CANARY_READY));
        assertThat(entry.getVerdict(), is(Verdict.SUCCEEDED));
        assertThat(entry.getDigests(), is(empty()));
        assertThat(entry.getMigrations(), is(""));
        assertThat(ReleasesAction.hasArrived(made, ReleaseEntry.Act.CANARY_DEPLOY, SHOP), is(false));
        Followed followed = made.getAction(Followed.class);
        assertThat(followed.getFollows().get(0).getRun(), is(stable.getBuildByNumber(1)));
        assertThat(followed.getAutomatic(), is(empty()));

        PromotionCause promoted = stable.getBuildByNumber(1).getCause(PromotionCause.class);
        assertThat(promoted.target(), is(SHOP));
        assertThat(promoted.run(), is(made));
        assertThat(promoted.getShortDescription(), startsWith("Promot"));

        RollbackLink link = canary.getBuildByNumber(2)
                .getAction(RollbackLinks.class)
                .getLinks()
                .get(0);
        assertThat(link.getState(), is(RollbackLink.State.ENDED));
        assertThat(link.getVisibleRun(), is(rollback.getBuildByNumber(1)));
        FailedDeploymentCause failed = rollback.getBuildByNumber(1).getCause(FailedDeploymentCause.class);
        assertThat(failed.getResult(), is("FAILURE"));
        assertThat(failed.getFailedRun(), is(canary.getBuildByNumber(2)));

        JenkinsRule.WebClient web = jenkins.createWebClient();
        web.getOptions().setJavaScriptEnabled(false);
        web.getPage(made);
        web.getPage(canary, "releases/");
        web.getPage(rollback.getBuildByNumber(1));
    }

    /**
     * Two jobs, with the time at which a rollback had the name of the failed run where versions had it that promoted no builds, and
     * with a checkout of before commits were kept. Another job had the first one's name before.
     */
    @Test
    @LocalData
    public void whatFollowedABuildStaysReadable() throws Exception {
        FreeStyleBuild built = job("ci").getBuildByNumber(1);
        FreeStyleBuild canary = job("canary").getBuildByNumber(1);

        PromotionProperty property = job("ci").getProperty(PromotionProperty.class);
        assertThat(property.getCanaryJob(), is("canary"));
        assertThat(property.getAutoCanary(), is("result = 'passed'"));
        Followed followed = built.getAction(Followed.class);
        assertThat(followed.getFollows().get(0).getRun(), is(canary));
        assertThat(followed.getAutomatic(), contains("Promoted by itself, since result = 'passed'"));
        assertThat(followed.isDecided(null), is(true));
        assertThat(followed.isPromotionMissing(), is(false));
        assertThat(HandedOn.promoted(built).get("PROMOTED_BRANCH"), is("master"));
        assertThat(HandedOn.promoted(built).get("PROMOTED_COMMIT"), is(""));

        RunPromotionCause promoted = canary.getCause(RunPromotionCause.class);
        assertThat(promoted.run(), is(built));
        assertThat(promoted.isByItself(), is(true));
        assertThat(
                promoted.getShortDescription(), is("Promotion of ci #1, started by itself, since result = 'passed'"));
        FailedDeploymentCause failed = job("canary").getBuildByNumber(2).getCause(FailedDeploymentCause.class);
        assertThat(failed.getFailedRun(), is(built));

        JenkinsRule.WebClient web = jenkins.createWebClient();
        web.getOptions().setJavaScriptEnabled(false);
        web.getPage(built);
        web.getPage(canary);
    }

    private static FreeStyleProject job(String name) {
        return Jenkins.get().getItemByFullName(name, FreeStyleProject.class);
    }

    private static FailedDeploymentTrigger trigger(FreeStyleProject job) {
        return job.getTriggers().values().stream()
                .map(Trigger.class::cast)
                .filter(FailedDeploymentTrigger.class::isInstance)
                .map(FailedDeploymentTrigger.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
