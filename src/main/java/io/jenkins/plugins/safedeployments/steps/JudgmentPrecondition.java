package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.triggers.JudgmentLookup;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code judgmentGiven(id: 'qa', outcome: 'continue')}: that somebody has decided in this run, and how. */
public final class JudgmentPrecondition extends Precondition {

    private static final long serialVersionUID = 1L;

    private final String id;
    private String outcome;

    @DataBoundConstructor
    public JudgmentPrecondition(String id) {
        this.id = Util.fixNull(Util.fixEmptyAndTrim(id));
    }

    @NonNull
    public String getId() {
        return id;
    }

    /** Null if any will do. */
    @CheckForNull
    public String getOutcome() {
        return outcome;
    }

    @DataBoundSetter
    public void setOutcome(String outcome) {
        this.outcome = Util.fixEmptyAndTrim(outcome);
    }

    @Override
    void check() {
        if (id.isEmpty()) {
            throw new UserException("'id' is missing: name the judgment.");
        }
    }

    @Override
    Requirement of(Run<?, ?> run) {
        String given = JudgmentLookup.find(run, id);
        if (given == null) {
            return session -> "the judgment '" + id + "' has not been given in this run";
        }
        return session -> outcome == null || outcome.equals(given)
                ? null
                : "the judgment '" + id + "' is '" + given + "', needed '" + outcome + "'";
    }

    @Extension
    @Symbol("judgmentGiven")
    public static final class DescriptorImpl extends PreconditionDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentPrecondition_DisplayName();
        }
    }
}
