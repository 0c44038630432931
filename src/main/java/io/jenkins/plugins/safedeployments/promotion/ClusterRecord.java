package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.TrackStatus;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.ClusterQuestion;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the cluster says of a target at this moment, for a page.
 *
 * @param releases the records that are kept
 * @param tracks those that there are, stable first
 */
record ClusterRecord(List<Release> releases, List<TrackStatus> tracks) {

    /**
     * By the cluster's own credentials, if the job can use them.
     *
     * @throws UserException in one sentence, if the cluster cannot be asked or does not answer in time
     */
    @NonNull
    static ClusterRecord of(Target target, Job<?, ?> job) {
        return ClusterQuestion.ask(target, "", job.getFullName(), cluster -> ask(cluster, target));
    }

    private static ClusterRecord ask(Cluster cluster, Target target) {
        List<Release> releases = new ReleaseStore(cluster, target.app()).list();
        String service = releases.isEmpty() ? "" : releases.get(0).plan().service();
        return new ClusterRecord(
                releases,
                Stream.of(Track.STABLE, Track.CANARY)
                        .flatMap(track -> TrackStatus.of(cluster, target, track, service).stream())
                        .toList());
    }

    /** Size of stable; 0 if there is none. */
    int stable() {
        return size(Track.STABLE);
    }

    /** Size of the canary; 0 if there is none. */
    int canary() {
        return size(Track.CANARY);
    }

    private int size(Track track) {
        return tracks.stream()
                .filter(status -> status.track() == track)
                .mapToInt(status -> status.rollout().wanted())
                .sum();
    }
}
