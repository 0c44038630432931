package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Approval;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackCanary;
import io.jenkins.plugins.safedeployments.engine.operation.RollbackRequest;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.windows.WindowPolicy;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code rollbackCanary}: takes the release in progress back, evidence first. Safe to call when there is nothing to do. */
public final class RollbackCanaryStep extends ForceableStep {

    private static final long serialVersionUID = 1L;

    private String to;
    private boolean postMortem = true;
    private boolean acknowledgeMigration;
    private boolean checkImage;
    private Integer release;

    @DataBoundConstructor
    public RollbackCanaryStep(String app) {
        super(app);
    }

    /** Number of the promoted release to return to, or {@code previous}; null to undo the one in progress. */
    @CheckForNull
    public String getTo() {
        return to;
    }

    @DataBoundSetter
    public void setTo(String to) {
        this.to = Util.fixEmptyAndTrim(to);
    }

    /** Whether evidence is collected first. */
    public boolean isPostMortem() {
        return postMortem;
    }

    @DataBoundSetter
    public void setPostMortem(boolean postMortem) {
        this.postMortem = postMortem;
    }

    /** That it is known that data which a release has migrated is not brought back. */
    public boolean isAcknowledgeMigration() {
        return acknowledgeMigration;
    }

    @DataBoundSetter
    public void setAcknowledgeMigration(boolean acknowledgeMigration) {
        this.acknowledgeMigration = acknowledgeMigration;
    }

    /** Whether to see first that the image to return to can still be pulled. */
    public boolean isCheckImage() {
        return checkImage;
    }

    @DataBoundSetter
    public void setCheckImage(boolean checkImage) {
        this.checkImage = checkImage;
    }

    /** Number of the only release that may be taken back; null for the one that the run has to do with, or else any. */
    @CheckForNull
    public Integer getRelease() {
        return release;
    }

    @DataBoundSetter
    public void setRelease(Integer release) {
        this.release = release;
    }

    @Override
    void expand(UnaryOperator<String> variables) {
        super.expand(variables);
        setTo(expanded(to, variables));
    }

    @Override
    void check() {
        request();
    }

    /** What fails must be undone at any hour. */
    @Override
    @Restricted(NoExternalUse.class) // builders
    public boolean obeysWindows() {
        return false;
    }

    @Override
    Operation operation(Session session, ReleaseDriver.Caller caller, boolean resumed) {
        Run<?, ?> run = run(caller);
        return new RollbackCanary(
                session,
                meant(request(), run, session.target()),
                new Forward(run, session.target().cluster(), new ApprovalOfRun(run, session.target())));
    }

    /** To bring stable to a later release than it runs is no rollback: the windows hold it, and people have to approve it. */
    private record Forward(Run<?, ?> run, String cluster, Approval approval) implements Approval {

        @NonNull
        @Override
        public String missing(Release promoted) {
            return WindowPolicy.check(run, cluster)
                    .map(why -> "it is " + why)
                    .orElseGet(() -> approval.missing(promoted));
        }

        @NonNull
        @Override
        public String given(Release promoted) {
            return approval.given(promoted);
        }
    }

    /** Not what others have in progress, if the run has something of its own, or has failed before it had. */
    private RollbackRequest meant(RollbackRequest asked, Run<?, ?> run, Target target) {
        if (release != null || !(asked.to().isEmpty() || asked.to().equals(RollbackRequest.PREVIOUS))) {
            return asked;
        }
        MeantRelease meant = MeantRelease.of(run, target);
        return meant.none().isEmpty() ? asked.of(meant.number()) : asked.ofNone(meant.none());
    }

    private RollbackRequest request() {
        if (release != null && release < 1) {
            throw new UserException("'release' is " + release + ": releases are counted from 1.");
        }
        return new RollbackRequest(
                        Util.fixNull(to),
                        Util.fixNull(getReason()),
                        postMortem,
                        acknowledgeMigration,
                        checkImage,
                        force())
                .of(release == null ? 0 : release);
    }

    @Extension
    public static final class DescriptorImpl extends ForceableStepDescriptor {

        @Override
        public String getFunctionName() {
            return "rollbackCanary";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.RollbackCanaryStep_DisplayName();
        }
    }
}
