package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;

/** What has one name for both tracks would be the canary's from when that is applied, although stable has it, too. */
final class SharedNames {

    private SharedNames() {}

    /** @throws UserException if it is not alike for both */
    static void check(Rendered rendered) {
        for (KubeObject ofCanary : rendered.canarySupport()) {
            boolean differs = rendered.stableSupport().stream()
                    .anyMatch(ofStable -> ofStable.kind().equals(ofCanary.kind())
                            && ofStable.name().equals(ofCanary.name())
                            && !ofStable.equals(ofCanary));
            if (differs
                    && !ofCanary.kind().equals(Kind.SERVICE)) { // what is wrong with a Service's selector is said later
                throw new UserException(
                        ofCanary
                                + " has the same name for both tracks, but not the same content, so that the canary would change what"
                                + " stable uses: give it a name for each, with $deployment or $track in it, or the same content.");
            }
        }
    }
}
