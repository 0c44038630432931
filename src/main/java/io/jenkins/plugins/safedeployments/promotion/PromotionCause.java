package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import java.util.List;
import java.util.Objects;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** That a run was started to promote a release or to take it back: which, from which run, and by whom or why. */
public final class PromotionCause extends Cause {

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
    }

    @NonNull
    Handover.Kind kind() {
        return kind;
    }

    /** Id of who asked for it; empty if nobody did. */
    @NonNull
    public String getUser() {
        return user;
    }

    public int getRelease() {
        return release;
    }

    private Target target() {
        return new Target(cluster, namespace, app);
    }

    static boolean isFor(List<Cause> causes, Target target, int release) {
        return causes.stream()
                .anyMatch(cause -> cause instanceof PromotionCause promotion
                        && promotion.release == release
                        && promotion.target().equals(target));
    }

    @NonNull
    @Override
    public String getShortDescription() {
        String what = "release " + release + (image.isEmpty() ? "" : " (" + image + ")") + " of " + target();
        String from = build == 0 ? job : job + " #" + build;
        String text =
                switch (kind) {
                    case PROMOTE -> Messages.PromotionCause_Promote(what, from);
                    case ROLL_BACK -> Messages.PromotionCause_RollBack(what, from);
                    case RETURN -> Messages.PromotionCause_Return(what, from);
                };
        return text + " "
                + (user.isEmpty() ? Messages.PromotionCause_ByItself(why) : Messages.PromotionCause_AskedFor(user));
    }

    /** The run that it follows; null if there was none, it is gone, or who looks may not see it. */
    @CheckForNull
    Run<?, ?> run() {
        return build != 0 && Jenkins.get().getItemByFullName(job, Item.class) instanceof Job<?, ?> from
                ? from.getBuildByNumber(build)
                : null;
    }

    @Restricted(NoExternalUse.class) // description.jelly
    @CheckForNull
    public String getUrl() {
        Run<?, ?> run = run();
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
