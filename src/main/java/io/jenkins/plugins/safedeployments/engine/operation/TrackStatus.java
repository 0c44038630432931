package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a track is at one moment, for people: what {@code kubectl get deployment} says, and what it does not.
 *
 * @param images of its containers, as its template has them
 * @param made when its Deployment was made
 * @param restarts how often containers of the pods that it has now were started again
 * @param problem what is most likely wrong, in a sentence or two; empty if nothing is known to be
 */
public record TrackStatus(
        Track track, String deployment, String images, Rollout rollout, Instant made, int restarts, String problem) {

    /**
     * @param service the Service that brings the traffic; empty if there is none
     * @return empty if there is no such Deployment
     */
    @NonNull
    public static Optional<TrackStatus> of(ClusterReader cluster, Target target, Track track, String service) {
        Observation seen = Observation.of(cluster, target.deployment(track), service);
        KubeObject deployment = seen.deployment();
        if (deployment == null) {
            return Optional.empty();
        }
        Rollout rollout = Rollout.of(seen, 0, !service.isEmpty());
        return Optional.of(new TrackStatus(
                track,
                deployment.name(),
                KubeObject.of(deployment.map("spec", "template")).list("spec", "containers").stream()
                        .map(container -> container.string("image"))
                        .collect(Collectors.joining(", ")),
                rollout,
                Instant.parse(deployment.string("metadata", "creationTimestamp")),
                Restarts.of(seen.newPods()),
                rollout.isComplete()
                        ? ""
                        : new Diagnosis().likeliest(seen).map(Problem::text).orElse("")));
    }
}
