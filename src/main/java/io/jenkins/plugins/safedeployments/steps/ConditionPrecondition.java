package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.triggers.RunValues;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code conditionHolds("parameter('TAG') =~ '^v'")}: a condition on the run. */
public final class ConditionPrecondition extends Precondition {

    private static final long serialVersionUID = 1L;

    private final String condition;

    @DataBoundConstructor
    public ConditionPrecondition(String condition) {
        this.condition = Util.fixNull(Util.fixEmptyAndTrim(condition));
    }

    @NonNull
    public String getCondition() {
        return condition;
    }

    @Override
    void check() {
        Condition.parse(condition);
    }

    @Override
    Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted) {
        Condition parsed = Condition.parse(condition);
        return session -> {
            Answer answer = parsed.check(
                    RunValues.before(run, session.target(), acted.apply(session).orElse(null)));
            return answer.holds() ? null : answer.why();
        };
    }

    @Extension
    @Symbol("conditionHolds")
    public static final class DescriptorImpl extends PreconditionDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ConditionPrecondition_DisplayName();
        }

        @POST
        public FormValidation doCheckCondition(@AncestorInPath Item item, @QueryParameter String value) {
            return checked(item, new ConditionPrecondition(value));
        }
    }
}
