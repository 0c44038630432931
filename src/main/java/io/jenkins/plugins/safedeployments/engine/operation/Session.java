package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Clock;
import java.time.Instant;

/**
 * What every operation on a target needs.
 *
 * @param deadline until when its waiting may last
 * @param wake asks for another look
 */
public record Session(
        Target target, Cluster cluster, Actor actor, Clock clock, Report report, Instant deadline, Wake wake) {

    @NonNull
    Instant now() {
        return clock.instant();
    }
}
