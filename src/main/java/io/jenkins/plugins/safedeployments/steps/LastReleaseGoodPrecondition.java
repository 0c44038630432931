package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Requirements;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code lastReleaseGood()}: that the last release was promoted and not taken back since. */
public final class LastReleaseGoodPrecondition extends Precondition {

    private static final long serialVersionUID = 1L;

    @DataBoundConstructor
    public LastReleaseGoodPrecondition() {
        // it has no parameters
    }

    @Override
    void check() {
        // it has no parameters
    }

    @Override
    Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted) {
        return Requirements.lastReleaseGood();
    }

    @Extension
    @Symbol("lastReleaseGood")
    public static final class DescriptorImpl extends PreconditionDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.LastReleaseGoodPrecondition_DisplayName();
        }
    }
}
