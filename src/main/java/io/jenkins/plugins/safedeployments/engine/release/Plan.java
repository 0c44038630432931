package io.jenkins.plugins.safedeployments.engine.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Map;

/**
 * What a release is to do: fixed when it is made, and never changed by a retry.
 *
 * @param image the image that is released
 * @param service the Service that brings traffic to both tracks; empty if there is none
 * @param canaryReplicas size of the canary
 * @param originalReplicas size of stable before the first touch; null if there was no stable
 * @param canaryStableReplicas size of stable beside the canary; null if there was no stable
 * @param manifestReplicas the size that the manifest itself names for stable, or null
 * @param canary the canary's Deployment
 * @param stable the stable Deployment that a promotion makes
 * @param canarySupport further objects that come with the canary, in the order of application
 * @param stableSupport further objects that come with stable
 * @param before the stable Deployment as it was before the first touch; null if there was none
 * @param supportBefore those further objects that were there and are changed, as they were
 * @param supportMade those that were not there and go again with a rollback, without their content
 * @param forced whether fields are taken over that others manage
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Plan(
        String image,
        String service,
        int canaryReplicas,
        @CheckForNull Integer originalReplicas,
        @CheckForNull Integer canaryStableReplicas,
        @CheckForNull Integer manifestReplicas,
        Map<String, Object> canary,
        Map<String, Object> stable,
        List<Map<String, Object>> canarySupport,
        List<Map<String, Object>> stableSupport,
        @CheckForNull Map<String, Object> before,
        List<Map<String, Object>> supportBefore,
        List<Map<String, Object>> supportMade,
        boolean forced) {

    public Plan {
        // null in records of before they were kept
        supportBefore = supportBefore == null ? List.of() : supportBefore;
        supportMade = supportMade == null ? List.of() : supportMade;
    }

    /** Whether it can be made stable again from this alone. */
    @JsonIgnore
    public boolean isComplete() {
        return !stable.isEmpty();
    }

    /** That of a release which never came to have one. */
    static final Plan UNKNOWN = new Plan(
            "unknown", "", 0, null, null, null, Map.of(), Map.of(), List.of(), List.of(), null, List.of(), List.of(),
            false);
}
