package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import hudson.security.AbstractPasswordBasedSecurityRealm;
import hudson.security.AuthorizationStrategy;
import hudson.security.GroupDetails;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.IdStrategy;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Who is who depends on how Jenkins is secured. */
public class JudgmentRealmTest {

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    /** All are the same then, so nobody can be told from who asked for it. */
    @Test
    public void withoutSecurityNobodyApprovesUnlessRequestersMay() throws Exception {
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        for (String asked : List.of("", ", allowRequester: true, approvers: 'qa'")) {
            WorkflowRun strict = start("judgment message: 'Go?', id: 'qa'" + asked);
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(strict));
            jenkins.assertLogContains("Nobody could decide this, since nobody logs in to this Jenkins", strict);
        }

        WorkflowRun open = waiting("judgment message: 'Go?', id: 'qa', allowRequester: true");
        assertThat(vote(open, Jenkins.ANONYMOUS2, "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(open));
        assertThat(Judgments.find(open, "qa").made().by(), is("anonymous"));
    }

    /** The session of somebody who was an administrator at the login lives on. */
    @Test
    public void whoIsNoAdministratorAnyMoreOverridesNothing() throws Exception {
        JenkinsRule.DummySecurityRealm realm = jenkins.createDummySecurityRealm();
        realm.addGroups("ada", "admins");
        jenkins.jenkins.setSecurityRealm(realm);
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admins"));
        Authentication session = Judges.user("ada");
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: 'user:bob', allowOverride: true");
        LiveJudgment.Answer answer = new LiveJudgment.Answer("continue", "I insist", Map.of(), null, false);

        jenkins.jenkins.setSecurityRealm(
                jenkins.createDummySecurityRealm()); // as if she had been taken out of the group
        assertThat(jenkins.jenkins.getACL().hasPermission2(session, Jenkins.ADMINISTER), is(true));
        assertThat(Judges.await(run, "qa").override(session, answer).kind(), is(Ruling.Kind.FORBIDDEN));
        jenkins.jenkins.setSecurityRealm(realm);
        assertThat(Judges.await(run, "qa").override(session, answer).kind(), is(Ruling.Kind.DECIDED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
    }

    /** LDAP may tell Bob from bob, and Jenkins does if its realm says so. */
    @Test
    public void namesAreComparedAsTheRealmDoesIt() throws Exception {
        JenkinsRule.DummySecurityRealm realm = jenkins.createDummySecurityRealm();
        Judges.secure(jenkins);
        jenkins.jenkins.setSecurityRealm(realm); // which tells no cases apart
        WorkflowRun run = waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of user:BOB, user:alice'");
        assertThat(Judges.vote(run, "qa", "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
        assertThat(Judges.vote(run, "qa", "Alice", "continue").kind(), is(Ruling.Kind.DECIDED));
        jenkins.waitForCompletion(run);

        CaseSensitive strict = new CaseSensitive();
        jenkins.jenkins.setSecurityRealm(strict);
        WorkflowRun other =
                waiting("judgment message: 'Go?', id: 'qa', approvers: '2 of user:Bob, user:alice, user:bob'");
        assertThat(Judges.vote(other, "qa", "BOB", "continue").kind(), is(Ruling.Kind.FORBIDDEN));
        assertThat(Judges.vote(other, "qa", "bob", "continue").kind(), is(Ruling.Kind.RECORDED));
        assertThat(Judgments.find(other, "qa").votes(), hasSize(1));
        assertThat(Judges.vote(other, "qa", "Bob", "continue").kind(), is(Ruling.Kind.DECIDED)); // somebody else
        jenkins.waitForCompletion(other);
    }

    /** The dummy realm, which tells "Bob" from "bob". */
    private static final class CaseSensitive extends AbstractPasswordBasedSecurityRealm {

        private static final IdStrategy EXACT = new IdStrategy.CaseSensitive();

        @Override
        public IdStrategy getUserIdStrategy() {
            return EXACT;
        }

        @Override
        protected UserDetails authenticate2(String user, String password) {
            return loadUserByUsername2(user);
        }

        @Override
        public UserDetails loadUserByUsername2(String user) {
            return new User(user, "", Set.of(AUTHENTICATED_AUTHORITY2));
        }

        @Override
        public GroupDetails loadGroupByGroupname2(String group, boolean fetchMembers) {
            throw new UsernameNotFoundException(group);
        }
    }

    private WorkflowRun waiting(String script) throws Exception {
        WorkflowRun run = start(script);
        Judges.await(run, "qa");
        return run;
    }

    private WorkflowRun start(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static Ruling vote(WorkflowRun run, Authentication who, String choice) throws Exception {
        return Judges.await(run, "qa").vote(who, new LiveJudgment.Answer(choice, "", Map.of(), null, false));
    }
}
