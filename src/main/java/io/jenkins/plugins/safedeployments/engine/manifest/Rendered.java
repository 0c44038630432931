package io.jenkins.plugins.safedeployments.engine.manifest;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import java.util.List;

/**
 * A manifest made ready for both tracks: what the canary proves is what stable will be.
 *
 * @param canary the canary's Deployment, with its number of replicas
 * @param stable the stable Deployment, without {@code spec.replicas}: its size is never part of a manifest's application
 * @param canarySupport what goes along with the canary, in the order of application: Services, ConfigMaps and the like
 * @param stableSupport the same for stable; what is alike for both tracks is in both lists
 * @param manifestReplicas the number that the manifest itself gives for stable, or null if it gives none
 * @param warnings sentences on what is allowed but unwise
 */
public record Rendered(
        KubeObject canary,
        KubeObject stable,
        List<KubeObject> canarySupport,
        List<KubeObject> stableSupport,
        @CheckForNull Integer manifestReplicas,
        List<String> warnings) {

    public KubeObject deployment(Track track) {
        return track == Track.CANARY ? canary : stable;
    }

    public List<KubeObject> support(Track track) {
        return track == Track.CANARY ? canarySupport : stableSupport;
    }

    /** The same with another Deployment for stable. */
    public Rendered withStable(KubeObject other) {
        return new Rendered(canary, other, canarySupport, stableSupport, manifestReplicas, warnings);
    }

    /** The same with other warnings. */
    public Rendered withWarnings(List<String> others) {
        return new Rendered(canary, stable, canarySupport, stableSupport, manifestReplicas, others);
    }
}
