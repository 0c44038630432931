package io.jenkins.plugins.safedeployments.engine.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * What was found out about a release while it was under way.
 *
 * @param digests of the images that the canary's pods ran, as they reported them
 * @param returnTo number of the earlier release that stable returns or has returned to, if this one was taken back after its
 *     promotion; null if it was not
 * @param evidence where what was collected about the canary is kept; empty if nothing was
 * @param restarts how often containers of the canary's pods had been restarted when it was ready; null if that is not known
 * @param soakUntil until when its canary has to stay well, as an ISO 8601 instant; null if that was not begun
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Facts(
        List<String> digests,
        @CheckForNull Integer returnTo,
        String evidence,
        @CheckForNull Integer restarts,
        @CheckForNull String soakUntil) {

    static final Facts NONE = new Facts(List.of(), null, "", null, null);

    public Facts {
        // null in records of before they were kept
        digests = digests == null ? List.of() : List.copyOf(digests);
        evidence = evidence == null ? "" : evidence;
    }

    @NonNull
    public Facts withDigests(Collection<String> seen) {
        return new Facts(List.copyOf(seen), returnTo, evidence, restarts, soakUntil);
    }

    @NonNull
    public Facts withReturnTo(int earlier) {
        return new Facts(digests, earlier, evidence, restarts, soakUntil);
    }

    @NonNull
    public Facts withEvidence(String place) {
        return new Facts(digests, returnTo, place, restarts, soakUntil);
    }

    @NonNull
    public Facts withRestarts(int count) {
        return new Facts(digests, returnTo, evidence, count, soakUntil);
    }

    @NonNull
    public Facts withSoakUntil(String instant) {
        return new Facts(digests, returnTo, evidence, restarts, instant);
    }

    /** The moment of {@link #soakUntil}. */
    @CheckForNull
    @JsonIgnore
    public Instant soaksUntil() {
        return soakUntil == null ? null : Instant.parse(soakUntil);
    }
}
