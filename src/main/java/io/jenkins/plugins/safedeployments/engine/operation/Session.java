package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * What every operation on a target needs.
 *
 * @param deadline until when its waiting may last
 * @param timeout for how long it may last, from when a release has got its turn
 * @param wake asks for another look
 * @param runs tells which other runs are over
 */
public record Session(
        Target target,
        Cluster cluster,
        Actor actor,
        Clock clock,
        Report report,
        Instant deadline,
        Duration timeout,
        Wake wake,
        Runs runs) {

    @NonNull
    Instant now() {
        return clock.instant();
    }
}
