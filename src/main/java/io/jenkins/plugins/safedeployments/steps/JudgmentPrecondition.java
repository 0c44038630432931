package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.triggers.JudgmentLookup;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * {@code judgmentGiven(id: 'qa', outcome: 'continue')}: that somebody has decided in this run, or about the release in the run
 * that made it, and how.
 */
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
    Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted) {
        return session -> {
            Release release = acted.apply(session).orElse(null);
            String given = JudgmentLookup.find(run, id, session.target(), release);
            if (given == null) {
                return "the judgment '" + id + "' has not been given in this run"
                        + (release == null ? "" : ", nor about " + release.title() + " in the run that made it");
            }
            return outcome == null || outcome.equals(given)
                    ? null
                    : "the judgment '" + id + "' is '" + given + "', needed '" + outcome + "'";
        };
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
