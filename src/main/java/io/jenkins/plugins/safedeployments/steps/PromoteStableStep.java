package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteRequest;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteStable;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import java.time.Duration;
import java.util.Optional;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code promoteStable}: makes what the canary proved stable, and removes the canary when stable serves. */
public final class PromoteStableStep extends GuardedStep {

    private static final long serialVersionUID = 1L;

    /** Nodes learn of new endpoints within a second or two, mostly. */
    static final int DEFAULT_DRAIN = 30;

    private Integer release;
    private Integer replicas;
    private int drainSeconds = DEFAULT_DRAIN;
    private String onFailure = KEEP;

    @DataBoundConstructor
    public PromoteStableStep(String app) {
        super(app);
    }

    /** Number of the release to promote; null for the one that the run has to do with, or else the one in canary. */
    @CheckForNull
    public Integer getRelease() {
        return release;
    }

    @DataBoundSetter
    public void setRelease(Integer release) {
        this.release = release;
    }

    /** Size of stable; null for its size before the release. */
    @CheckForNull
    public Integer getReplicas() {
        return replicas;
    }

    @DataBoundSetter
    public void setReplicas(Integer replicas) {
        this.replicas = replicas;
    }

    /** For how many seconds both tracks serve, when stable is ready, before the canary goes. */
    public int getDrainSeconds() {
        return drainSeconds;
    }

    @DataBoundSetter
    public void setDrainSeconds(int drainSeconds) {
        this.drainSeconds = drainSeconds;
    }

    /** {@link #ROLLBACK} or {@link #KEEP}. */
    @NonNull
    public String getOnFailure() {
        return onFailure;
    }

    @DataBoundSetter
    public void setOnFailure(String onFailure) {
        this.onFailure = Util.fixEmptyAndTrim(onFailure) == null ? KEEP : onFailure.trim();
    }

    /** Steps that were begun by a version without some of the fields. */
    private Object readResolve() {
        setOnFailure(onFailure);
        return this;
    }

    @Override
    void checkOwn() {
        request(0);
    }

    @NonNull
    @Override
    IfOrphaned ifOrphaned() {
        return isRollback(onFailure) ? IfOrphaned.TAKE_BACK : IfOrphaned.RECORD;
    }

    @Override
    Operation ownOperation(Session session, ReleaseDriver.Caller caller, boolean resumed) {
        Run<?, ?> run = run(caller);
        return new PromoteStable(
                session, request(meant(run, session.target())), new ApprovalOfRun(run, session.target()));
    }

    @NonNull
    @Override
    Optional<Release> acted(Run<?, ?> run, Session session) {
        return request(meant(run, session.target())).find(session);
    }

    /** Not what others have put in its place: that is not what the run has tested and had judged. */
    private int meant(Run<?, ?> run, Target target) {
        return MeantRelease.number(release, run, target, "promote");
    }

    private PromoteRequest request(int number) {
        if (release != null && release < 1) {
            throw new UserException("'release' is " + release + ": releases are counted from 1.");
        }
        return new PromoteRequest(number, replicas, Duration.ofSeconds(drainSeconds), isRollback(onFailure), force());
    }

    @Extension
    public static final class DescriptorImpl extends GuardedStepDescriptor {

        @Override
        public String getFunctionName() {
            return "promoteStable";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.PromoteStableStep_DisplayName();
        }
    }
}
