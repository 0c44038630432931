package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import io.jenkins.plugins.safedeployments.runtime.RunCause;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** That a run was started to promote another one, such as to bring into canary what that has built: by whom or why. */
public final class RunPromotionCause extends RunCause implements GivenCause {

    /** Id of who asked for it; empty if nobody did. */
    private final String user;

    /** Why it started by itself; empty if somebody asked for it. */
    private final String why;

    RunPromotionCause(Run<?, ?> promoted, String user, String why) {
        super(promoted);
        this.user = user;
        this.why = why;
    }

    @NonNull
    @Override
    public Kind kind() {
        return Kind.PROMOTE;
    }

    @CheckForNull
    @Override
    public Target about() {
        return null;
    }

    @Override
    public int getRelease() {
        return 0;
    }

    @NonNull
    @Override
    public String getUser() {
        return user;
    }

    @NonNull
    @Override
    public String by() {
        return GivenCause.by(user, why);
    }

    @CheckForNull
    @Override
    public Run<?, ?> run() {
        return getUpstreamRun();
    }

    /** Relative to Jenkins' root; null if the promoted run is gone, or who looks may not see it. */
    @Restricted(NoExternalUse.class) // description.jelly
    @CheckForNull
    public String getUrl() {
        Run<?, ?> run = visibleRun();
        return run == null ? null : run.getUrl();
    }

    @NonNull
    @Override
    protected String text(String run) {
        return Messages.RunPromotionCause_Promote(run) + " " + by();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunPromotionCause cause && super.equals(other) && cause.user.equals(user);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
