package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What every operation on a target needs.
 *
 * @param deadline until when its waiting may last
 * @param timeout for how long it may last, from when a release has got its turn
 * @param wake asks for another look
 * @param runs tells which other runs are over
 * @param skipped windows and freezes that people have skipped for it, for the record
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
        Runs runs,
        List<String> skipped) {

    /** One for which nothing was skipped. */
    public Session(
            Target target,
            Cluster cluster,
            Actor actor,
            Clock clock,
            Report report,
            Instant deadline,
            Duration timeout,
            Wake wake,
            Runs runs) {
        this(target, cluster, actor, clock, report, deadline, timeout, wake, runs, List.of());
    }

    @NonNull
    Instant now() {
        return clock.instant();
    }
}
