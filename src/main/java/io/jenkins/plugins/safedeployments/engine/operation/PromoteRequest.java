package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code promoteStable} was asked for.
 *
 * @param release number of the release; 0 for the one in canary
 * @param replicas size of stable; null for its size before the release
 * @param drain how long both tracks serve when stable is ready, before the canary goes, so that all nodes have learnt of the
 *     new pods
 * @param rollbackOnFailure whether a failure takes the release back; else it is left for people to look at
 * @param force whether to promote although the canary has not passed, or another run seems to be at it
 */
public record PromoteRequest(
        int release, @CheckForNull Integer replicas, Duration drain, boolean rollbackOnFailure, Force force) {

    private static final Duration MAX_DRAIN = Duration.ofHours(1);

    public PromoteRequest {
        if (release < 0) {
            throw new UserException("'release' is " + release + ": releases are counted from 1.");
        }
        if (replicas != null && replicas < 1) {
            throw new UserException("'replicas' is " + replicas + ": stable is never scaled below 1.");
        }
        if (drain.isNegative() || drain.compareTo(MAX_DRAIN) > 0) {
            throw new UserException(
                    "'drainSeconds' is " + drain.toSeconds() + ": it must be from 0 to " + MAX_DRAIN.toSeconds() + ".");
        }
    }

    /** The release that is meant, as it is recorded now; empty if there is none. */
    @NonNull
    public Optional<Release> find(Session session) {
        String app = session.target().app();
        int number = release == 0 ? new Claim(session.cluster(), app).look().holder() : release;
        return number == 0 ? Optional.empty() : new ReleaseStore(session.cluster(), app).get(number);
    }
}
