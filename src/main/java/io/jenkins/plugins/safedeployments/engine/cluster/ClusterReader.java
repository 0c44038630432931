package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Optional;

/** Looks at the objects of one namespace: either by asking the API server, or in what its watches have brought. */
public interface ClusterReader {

    /**
     * @return the object, or empty if there is none
     * @throws ClusterException if the API server refuses or does not answer
     */
    @NonNull
    Optional<KubeObject> get(Kind kind, String name);

    /**
     * All objects of a kind in the namespace.
     *
     * @throws ClusterException if the API server refuses or does not answer
     */
    @NonNull
    List<KubeObject> list(Kind kind);
}
