package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/**
 * Whose approval counts for what a folder demands, if the judgment was asked for in another one: bob and olga may judge in
 * {@code team}, alice and erin in {@code prod}, and mary in both; alice and olga are of ops.
 */
public class ApprovalsTest {

    private static final Target SHOP = new Target("rig", "shop", "shop");

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    private final Release release = release();
    private Folder team;
    private Folder prod;

    @Before
    public void secure() throws Exception {
        team = jenkins.createProject(Folder.class);
        prod = jenkins.createProject(Folder.class);
        JenkinsRule.DummySecurityRealm realm = jenkins.createDummySecurityRealm();
        realm.addGroups("alice", "ops");
        realm.addGroups("olga", "ops");
        jenkins.jenkins.setSecurityRealm(realm);
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .toAuthenticated()
                .grant(SafeDeploymentsPermissions.JUDGE)
                .onFolders(team)
                .to("bob", "olga", "mary")
                .grant(SafeDeploymentsPermissions.JUDGE)
                .onFolders(prod)
                .to("alice", "erin", "mary"));
        SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("rig")));
    }

    @Test
    public void anyoneIsWhoMayJudgeInTheJobThatPromotes() throws Exception {
        demand("2 of anyone");
        FreeStyleBuild canary = build(team);
        approve(canary, "2 of anyone", "bob", "olga");

        assertThat(missing(canary).orElseThrow(), containsString("has to be approved by 2 of anyone"));

        approve(canary, "2 of anyone", "bob", "mary");
        assertThat(missing(canary).isPresent(), is(true));
    }

    @Test
    public void anyoneWhoMayJudgeInBothCounts() throws Exception {
        demand("1 of anyone");
        FreeStyleBuild canary = build(team);
        approve(canary, "1 of anyone", "mary");

        assertThat(missing(canary), is(Optional.empty()));
    }

    @Test
    public void inTheJobThatPromotesWhatWasDecidedHolds() throws Exception {
        demand("2 of anyone");
        FreeStyleBuild stable = build(prod);
        approve(stable, "2 of anyone", "alice", "erin");

        assertThat(Approvals.missing(stable, SHOP, release), is(Optional.empty()));
    }

    @Test
    public void whoeverIsNamedNeedsNoPermissionThere() throws Exception {
        demand("1 of ops");
        FreeStyleBuild canary = build(team);
        approve(canary, "1 of ops", "olga");

        assertThat(missing(canary), is(Optional.empty()));
    }

    /** Each person counts for one rule, there as well. */
    @Test
    public void anyoneBesidesWhoIsNamedIsWhoMayJudgeThere() throws Exception {
        demand("1 of ops and 1 of anyone");
        FreeStyleBuild byTeam = build(team);
        approve(byTeam, "1 of ops and 1 of anyone", "olga", "bob");
        FreeStyleBuild byBoth = build(team);
        approve(byBoth, "1 of ops and 1 of anyone", "olga", "mary");

        assertThat(missing(byTeam).isPresent(), is(true));
        assertThat(missing(byBoth), is(Optional.empty()));
    }

    private void demand(String approvers) throws Exception {
        FolderJudgmentPolicy policy = new FolderJudgmentPolicy();
        policy.setApprovers(approvers);
        prod.addProperty(policy);
    }

    private static FreeStyleBuild build(Folder folder) throws Exception {
        return jenkins.buildAndAssertSuccess(folder.createProject(
                FreeStyleProject.class, "job-" + folder.getItems().size()));
    }

    /** What a run in prod misses that another one has started. */
    private Optional<String> missing(Run<?, ?> canary) throws Exception {
        FreeStyleProject stable = prod.createProject(
                FreeStyleProject.class, "job-" + prod.getItems().size());
        FreeStyleBuild run =
                jenkins.assertBuildStatusSuccess(stable.scheduleBuild2(0, new Cause.UpstreamCause(canary)));
        return Approvals.missing(run, SHOP, release);
    }

    private void approve(Run<?, ?> run, String approvers, String... users) throws Exception {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setApprovers(approvers);
        Instant now = Instant.now();
        Judgment judgment =
                Judgment.ask("qa", settings.terms(now, List.of(), false, false), Content.of(SHOP, release), now);
        for (String user : users) {
            Vote vote = new Vote(user, "continue", "", now, Map.of());
            judgment = judgment.vote(person(user, run).orElseThrow(), false, vote, id -> person(id, run))
                    .judgment();
        }
        assertThat(judgment.isApproved(), is(true));
        Judgments.keep(run, judgment);
    }

    private static Optional<RealmPerson> person(String user, Run<?, ?> run) {
        return RealmPerson.now(user, run.getParent());
    }

    private static Release release() {
        Map<String, Object> deployment = Map.of("kind", "Deployment", "metadata", Map.of("name", "shop"));
        Plan plan = new Plan(
                "shop:1.4",
                "",
                1,
                3,
                2,
                null,
                deployment,
                deployment,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                false);
        return Release.begin(1, "shop", new Actor("jenkins/shop#1", "shop #1", "", "dev"), plan, Instant.now());
    }
}
