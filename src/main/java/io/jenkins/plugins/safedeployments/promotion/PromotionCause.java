package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RenamedJobs;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** That a run was started to promote a release or to take it back: which, from which run, and by whom or why. */
public final class PromotionCause extends Cause implements ForRelease, GivenCause {

    private final Handover.Kind kind;
    private final String cluster;
    private final String namespace;
    private final String app;
    private final int release;
    private final String image;

    /** Full name of the job on whose page it was asked for, or whose run it follows. */
    private final String job;

    /** Number of that run; 0 if it was asked for on the page of the job. */
    private final int build;

    /** Id of who asked for it; empty if nobody did. */
    private final String user;

    /** Why it started by itself; empty if somebody asked for it. */
    private final String why;

    /** Id of the run that made the release; empty if it is not known, null in causes of before it was kept. */
    private final String maker;

    /** When the jobs were called so, in milliseconds of the epoch; 0 in causes of before it was kept. */
    private final long at;

    PromotionCause(Handover handover, Job<?, ?> job, @CheckForNull Run<?, ?> run, String user, String why) {
        Target target = handover.getRelease().getTarget();
        this.kind = handover.kind();
        this.cluster = target.cluster();
        this.namespace = target.namespace();
        this.app = target.app();
        this.release = handover.getRelease().getNumber();
        this.image = handover.getRelease().getImage();
        this.job = job.getFullName();
        this.build = run == null ? 0 : run.getNumber();
        this.user = user;
        this.why = why;
        this.maker = handover.getRelease().maker();
        this.at = ReleaseRuntime.get().clock().millis();
    }

    @NonNull
    @Override
    public Handover.Kind kind() {
        return kind;
    }

    @NonNull
    @Override
    public Target about() {
        return target();
    }

    @NonNull
    @Override
    public String getUser() {
        return user;
    }

    /** Full name, as it is called now, of the job on whose page it was asked for, or whose run it follows. */
    @NonNull
    String job() {
        return RenamedJobs.now(job, at);
    }

    @Override
    public int getRelease() {
        return release;
    }

    @Override
    public int release() {
        return release;
    }

    @CheckForNull
    @Override
    public Run<?, ?> maker() {
        return Util.fixEmpty(maker) == null ? run() : RenamedJobs.run(maker, at);
    }

    @NonNull
    @Override
    public Target target() {
        return new Target(cluster, namespace, app);
    }

    @NonNull
    @Override
    public String getShortDescription() {
        String what = "release " + release + (image.isEmpty() ? "" : " (" + image + ")") + " of " + target();
        String from = build == 0 ? job() : job() + " #" + build;
        String text =
                switch (kind) {
                    case PROMOTE -> Messages.PromotionCause_Promote(what, from);
                    case ROLL_BACK -> Messages.PromotionCause_RollBack(what, from);
                    case RETURN -> Messages.PromotionCause_Return(what, from);
                };
        return text + " " + by();
    }

    @NonNull
    @Override
    public String by() {
        return GivenCause.by(user, why);
    }

    /** Null as well if who looks may not see it. */
    @CheckForNull
    @Override
    public Run<?, ?> run() {
        return build == 0 ? null : RenamedJobs.run(job, at, build);
    }

    /** The one that it follows, or else the one that made the release. */
    @CheckForNull
    @Override
    public Run<?, ?> followed() {
        Run<?, ?> run = run();
        return run == null ? maker() : run;
    }

    @Restricted(NoExternalUse.class) // description.jelly
    @CheckForNull
    public String getUrl() {
        Run<?, ?> run = followed();
        return run == null ? null : run.getUrl();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PromotionCause cause
                && cause.kind == kind
                && cause.release == release
                && cause.build == build
                && cause.job.equals(job)
                && cause.user.equals(user)
                && cause.target().equals(target());
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, job, build, release, user);
    }
}
