package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RenamedJobs;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What followed a run or its releases: the runs that were started to promote them or take them back, and why none did by itself. */
public final class Followed extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(Followed.class.getName());

    /** Replaced as a whole and never changed, so that it can be written to the disk at any time. */
    private volatile List<Follow> follows = new ArrayList<>();

    /** Of promotions by themselves, one for the run and each target that was looked at; replaced as a whole and never changed. */
    private volatile List<Decision> decisions = new ArrayList<>();

    /** What was decided about a promotion by itself: why none has started, or that one has. */
    private static final class Decision implements Serializable {

        private static final long serialVersionUID = 1L;

        /** Empty if it is about the run itself. */
        private final String target;

        private final String text;
        private final boolean promotes;

        private Decision(@CheckForNull Target target, String text, boolean promotes) {
            this.target = key(target);
            this.text = text;
            this.promotes = promotes;
        }
    }

    /** One run that was started. */
    public static final class Follow implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String kind;

        /** Empty if it is about the run itself. */
        private final String target;

        /** 0 if it is about the run itself. */
        private final int release;

        /** Empty if it started by itself. */
        private final String user;

        private final String job;
        private final int build;

        /** When the job was called so, in milliseconds of the epoch; 0 in what is from before it was kept. */
        private final long at;

        private Follow(GivenCause cause, Run<?, ?> run) {
            this.kind = cause.kind().id();
            this.target = key(cause.about());
            this.release = cause.getRelease();
            this.user = cause.getUser();
            this.job = run.getParent().getFullName();
            this.build = run.getNumber();
            this.at = ReleaseRuntime.get().clock().millis();
        }

        @NonNull
        public String getKind() {
            return kind;
        }

        /** Number of the release that was given to it; 0 if it was the run itself. */
        public int getRelease() {
            return release;
        }

        @NonNull
        public String getUser() {
            return user;
        }

        /** Null if it is gone, or who looks may not see it. */
        @CheckForNull
        public Run<?, ?> getRun() {
            return RenamedJobs.run(job, at, build);
        }
    }

    /** Files of before targets were told apart have no decisions. */
    private Object readResolve() {
        if (decisions == null) {
            decisions = new ArrayList<>();
        }
        return this;
    }

    @NonNull
    public List<Follow> getFollows() {
        return new ArrayList<>(follows);
    }

    /** Why no promotions have started by themselves, or that they have: a sentence for the run, and for each target that was looked at. */
    @NonNull
    public List<String> getAutomatic() {
        return decisions.stream().map(decision -> decision.text).toList();
    }

    private synchronized void add(Follow follow) {
        List<Follow> next = new ArrayList<>(follows);
        next.add(follow);
        follows = next;
    }

    private synchronized void decide(@CheckForNull Target target, String text, boolean promotes) {
        List<Decision> next = new ArrayList<>(decisions);
        next.removeIf(decision -> decision.target.equals(key(target)));
        next.add(new Decision(target, text, promotes));
        decisions = next;
    }

    /** What a decision is about in the file: a target, or, if there is none, the run itself. */
    private static String key(@CheckForNull Target target) {
        return target == null ? "" : target.toString();
    }

    /** Whether it was decided if the release of a target is promoted by itself; or, without a target, the run itself. */
    boolean isDecided(@CheckForNull Target target) {
        return decisions.stream().anyMatch(decision -> decision.target.equals(key(target)));
    }

    /** Whether a promotion was to start by itself, and none has started since, as far as the run knows. */
    boolean isPromotionMissing(@CheckForNull Target target) {
        return decisions.stream()
                .anyMatch(decision -> decision.target.equals(key(target)) && isPromotionMissing(decision));
    }

    /** The same for the run itself and any target. */
    boolean isPromotionMissing() {
        return decisions.stream().anyMatch(this::isPromotionMissing);
    }

    private boolean isPromotionMissing(Decision decision) {
        return decision.promotes
                && follows.stream()
                        .noneMatch(follow -> follow.kind.equals(Handover.Kind.PROMOTE.id())
                                && decision.target.equals(follow.target));
    }

    @NonNull
    static Followed of(Run<?, ?> run) {
        synchronized (run) {
            Followed followed = run.getAction(Followed.class);
            if (followed == null) {
                followed = new Followed();
                run.addAction(followed);
            }
            return followed;
        }
    }

    /**
     * Keeps with a run what was decided about an automatic promotion of its release of a target, before anything is started, so
     * that it is at most one.
     *
     * @param target null for a promotion of the run itself
     * @param promotes whether one is started
     * @throws IOException if it can't be kept, so that nothing may be started
     */
    static void decide(Run<?, ?> run, @CheckForNull Target target, String text, boolean promotes) throws IOException {
        of(run).decide(target, text, promotes);
        run.save();
    }

    /** Links what follows from what it follows. */
    @Extension
    public static final class Listener extends RunListener<Run<?, ?>> {

        @Override
        public void onStarted(Run<?, ?> started, TaskListener listener) {
            GivenCause cause = GivenCause.among(started.getCauses()).findFirst().orElse(null);
            if (cause == null) {
                return;
            }
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                Run<?, ?> run = cause.followed();
                if (run != null) {
                    of(run).add(new Follow(cause, started));
                    run.save();
                }
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "could not save what " + started + " follows");
            }
        }
    }
}
