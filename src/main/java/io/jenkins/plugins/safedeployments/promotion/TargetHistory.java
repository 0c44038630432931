package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The releases of one target: as runs have seen them, or as the cluster has recorded them. */
public final class TargetHistory {

    /** Of each job so many of the last runs are looked at, which bounds what opening the page may load from the disk. */
    private static final int RUNS = 50;

    private final Target target;
    private final boolean fromCluster;
    private final long lookedUp;

    /** By number, the newest first. */
    private final TreeMap<Integer, KnownRelease> releases = new TreeMap<>(Collections.reverseOrder());

    TargetHistory(Target target, boolean fromCluster, long lookedUp) {
        this.target = target;
        this.fromCluster = fromCluster;
        this.lookedUp = lookedUp;
    }

    /**
     * Of the targets that the last runs of a job acted on.
     *
     * @param others jobs that may have acted on them as well; what else they act on is not asked for
     */
    @NonNull
    static List<TargetHistory> of(Job<?, ?> job, Collection<? extends Job<?, ?>> others) {
        long now = ReleaseRuntime.get().clock().millis();
        List<Seen> seen = seen(job);
        Map<Target, TargetHistory> targets = new LinkedHashMap<>();
        seen.forEach(
                one -> targets.computeIfAbsent(one.entry.getTarget(), target -> new TargetHistory(target, false, now)));
        if (targets.isEmpty()) {
            return List.of();
        }
        others.forEach(other -> seen.addAll(seen(other)));
        seen.sort(Comparator.comparing(Seen::at));
        for (Seen one : seen) {
            TargetHistory history = targets.get(one.entry.getTarget());
            if (history != null) {
                history.add(one);
            }
        }
        return new ArrayList<>(targets.values());
    }

    private static List<Seen> seen(Job<?, ?> job) {
        List<Seen> seen = new ArrayList<>();
        int runs = 0;
        for (Run<?, ?> run = job.getLastBuild(); run != null && runs < RUNS; run = run.getPreviousBuild(), runs++) {
            for (ReleaseEntry entry : ReleasesAction.entries(run)) {
                seen.add(new Seen(run, entry));
            }
        }
        return seen;
    }

    /** As the cluster has recorded them, whatever the order; it was asked after what runs had seen was looked up. */
    @NonNull
    static TargetHistory of(TargetHistory seen, List<Release> recorded) {
        Target target = seen.target;
        TargetHistory history = new TargetHistory(target, true, seen.lookedUp);
        Instant last = Instant.MIN;
        for (Release release : recorded) {
            KnownRelease known = KnownRelease.of(target, release);
            history.releases.put(release.number(), known);
            Instant promoted = release.phase() == Phase.PROMOTED ? lastPromoted(release) : Instant.MIN;
            if (promoted.isAfter(last)) {
                last = promoted;
                history.stable(known);
            }
        }
        return history;
    }

    /** When it was begun to look them up, in milliseconds of the epoch. */
    long lookedUp() {
        return lookedUp;
    }

    /** What stable left to go forward stays good, and its record says so right after; that does not make it stable. */
    private static Instant lastPromoted(Release release) {
        Instant last = Instant.EPOCH;
        Phase before = Phase.CANARY_STARTING;
        for (Release.Entry entry : release.history()) {
            if (entry.phase() == Phase.PROMOTED && before != Phase.ROLLING_BACK) {
                last = Instant.parse(entry.at());
            }
            before = entry.phase();
        }
        return last;
    }

    private record Seen(Run<?, ?> run, ReleaseEntry entry) {
        Instant at() {
            Instant ended = entry.getEnded();
            return ended == null ? entry.getBegun() : ended;
        }
    }

    private void add(Seen seen) {
        ReleaseEntry entry = seen.entry;
        Run<?, ?> run = seen.run;
        KnownRelease release = release(entry.getRelease());
        if (entry.getAct() == Act.CANARY_DEPLOY) {
            Cause.UserIdCause user = run.getCause(Cause.UserIdCause.class);
            release.madeBy(run, user == null ? "" : Util.fixNull(user.getUserId()), entry.getBegun());
            release.underWay(run.isBuilding());
        }
        release.seen(entry);
        release.actedOn(run.getFullDisplayName(), run.getUrl());
        Integer returned = entry.getReturnTo();
        if (returned != null && entry.getPhase().isFinal()) {
            KnownRelease goal = release(returned);
            goal.returnedTo();
            stable(goal);
        } else if (entry.getPhase() == Phase.PROMOTED) {
            stable(release);
        }
    }

    private KnownRelease release(int number) {
        return releases.computeIfAbsent(number, n -> new KnownRelease(target, n));
    }

    private void stable(KnownRelease now) {
        releases.values().forEach(release -> release.stable(release == now));
    }

    @NonNull
    public Target getTarget() {
        return target;
    }

    public boolean isFromCluster() {
        return fromCluster;
    }

    /** The newest first. */
    @NonNull
    public List<KnownRelease> getReleases() {
        return new ArrayList<>(releases.values());
    }

    @CheckForNull
    KnownRelease find(int number) {
        return releases.get(number);
    }

    /** The one with the highest number; null if none is known. */
    @CheckForNull
    KnownRelease newest() {
        return releases.isEmpty() ? null : releases.firstEntry().getValue();
    }

    /** The one that holds the target, as far as is known; null if none does. */
    @CheckForNull
    KnownRelease inProgress() {
        return releases.values().stream()
                .filter(release -> !release.getPhase().isFinal())
                .findFirst()
                .orElse(null);
    }

    /** The good ones that stable can return to, the newest first. */
    @NonNull
    List<KnownRelease> goals() {
        return releases.values().stream()
                .filter(release -> release.getPhase() == Phase.PROMOTED && !release.isStable())
                .toList();
    }

    /** The last good one before the one that is stable; or else another good one; null if there is none. */
    @CheckForNull
    KnownRelease lastGood() {
        KnownRelease stable = stable();
        List<KnownRelease> goals = goals();
        return goals.stream()
                .filter(goal -> stable != null && goal.getNumber() < stable.getNumber())
                .findFirst()
                .orElse(goals.isEmpty() ? null : goals.get(0));
    }

    /** The one that stable runs, as far as is known; null if that is not known. */
    @CheckForNull
    KnownRelease stable() {
        return releases.values().stream()
                .filter(KnownRelease::isStable)
                .findFirst()
                .orElse(null);
    }
}
