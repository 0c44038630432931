package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * What one step of a run did for a release, as it was last seen from here. The record in the cluster decides; this is kept with
 * the run so that its pages, and what follows a failed run, need no cluster. Never changed: see {@link ReleasesAction#put}.
 */
public final class ReleaseEntry implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What it does, by the name of its step. */
    public enum Act {
        CANARY_DEPLOY("canaryDeploy"),
        CANARY_TEST("canaryTest"),
        PROMOTE_STABLE("promoteStable"),
        ROLLBACK_CANARY("rollbackCanary");

        private final String step;

        Act(String step) {
            this.step = step;
        }

        @NonNull
        public String getStep() {
            return step;
        }

        /** @throws IllegalArgumentException if there is no such step */
        @NonNull
        public static Act ofStep(String step) {
            for (Act act : values()) {
                if (act.step.equals(step)) {
                    return act;
                }
            }
            throw new IllegalArgumentException("not a step on a release: " + step);
        }
    }

    /** Where the step is. */
    public enum Verdict {
        RUNNING,
        SUCCEEDED,
        FAILED,
        /** Somebody told it to stop. */
        STOPPED
    }

    private final String actor;
    private final Act act;
    private final String cluster;
    private final String namespace;
    private final String app;
    private final int release;
    private final String image;

    /** Milliseconds of the epoch. */
    private final long begun;

    private Phase phase;
    private boolean changed;

    /** Of the images that the canary's pods ran, separated by spaces; empty if not known, null in entries of before it was kept. */
    private String digests;

    /** Names of migrations that were begun; empty if there were none, null in entries of before it was kept. */
    private String migrations;

    /** Number of the release that stable returned to; 0 if it did not. */
    private int returnTo;

    private Verdict verdict = Verdict.RUNNING;
    private String cause;

    /** Milliseconds of the epoch; 0 before the end. */
    private long ended;

    private ReleaseEntry(ReleaseEntry like) {
        this.actor = like.actor;
        this.act = like.act;
        this.cluster = like.cluster;
        this.namespace = like.namespace;
        this.app = like.app;
        this.release = like.release;
        this.image = like.image;
        this.begun = like.begun;
        this.phase = like.phase;
        this.changed = like.changed;
        this.digests = like.digests;
        this.migrations = like.migrations;
        this.returnTo = like.returnTo;
        this.verdict = like.verdict;
        this.cause = like.cause;
        this.ended = like.ended;
    }

    /** A step that has taken up a release. */
    ReleaseEntry(String actor, Act act, Target target, Release release, Instant now) {
        this.actor = actor;
        this.act = act;
        this.cluster = target.cluster();
        this.namespace = target.namespace();
        this.app = target.app();
        this.release = release.number();
        this.image = release.plan().image();
        this.begun = now.toEpochMilli();
        this.phase = release.phase();
        this.cause = "";
    }

    /** @param acting whether the step changes something, and has not only found that all was done before */
    @NonNull
    ReleaseEntry seen(Release now, boolean acting, String why) {
        ReleaseEntry next = new ReleaseEntry(this);
        Integer earlier = now.facts().returnTo();
        next.phase = now.phase();
        next.changed |= acting && act != Act.CANARY_TEST;
        next.returnTo = earlier == null ? 0 : earlier;
        next.migrations = now.migrations();
        next.digests = String.join(" ", now.facts().digests());
        next.cause = why;
        return next;
    }

    @NonNull
    ReleaseEntry end(Verdict how, String why, Instant now) {
        ReleaseEntry next = new ReleaseEntry(this);
        next.verdict = how;
        next.cause = why;
        next.ended = now.toEpochMilli();
        return next;
    }

    /** Id of the step in its run on this Jenkins; there is one entry for each. */
    @NonNull
    public String getActor() {
        return actor;
    }

    @NonNull
    public Act getAct() {
        return act;
    }

    @NonNull
    public Target getTarget() {
        return new Target(cluster, namespace, app);
    }

    /** Number of the release; of the one that was taken back, if the step did that. */
    public int getRelease() {
        return release;
    }

    @NonNull
    public String getImage() {
        return image;
    }

    /** The last phase of the release that the step saw. */
    @NonNull
    public Phase getPhase() {
        return phase;
    }

    /** Whether the step has changed anything in the cluster, or was about to; tests run in pods, and change nothing. */
    public boolean isChanged() {
        return changed;
    }

    /** Number of the earlier release that stable returned to, or was to; null if the step did not ask for that. */
    @CheckForNull
    public Integer getReturnTo() {
        return returnTo == 0 ? null : returnTo;
    }

    /** Of the images that the canary's pods ran, each as {@code container=sha256:…}; empty if they are not known. */
    @NonNull
    public List<String> getDigests() {
        return digests == null || digests.isEmpty() ? List.of() : List.of(digests.split(" "));
    }

    /** Names of the migrations that the step has seen begun, for people; empty if there were none. */
    @NonNull
    public String getMigrations() {
        return migrations == null ? "" : migrations;
    }

    @NonNull
    public Verdict getVerdict() {
        return verdict;
    }

    /** Why the step failed or was stopped, or why the release was taken back, in a sentence; empty if nothing of that. */
    @NonNull
    public String getCause() {
        return cause;
    }

    @NonNull
    public Instant getBegun() {
        return Instant.ofEpochMilli(begun);
    }

    /** Null before the end; and for good if its Jenkins died and nobody ended it. */
    @CheckForNull
    public Instant getEnded() {
        return ended == 0 ? null : Instant.ofEpochMilli(ended);
    }
}
