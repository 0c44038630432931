package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an adopted Deployment is to be when its release is taken back: all that the release changed in it is as before, and
 * what others did since stays.
 */
final class FormerDeployment {

    /** A selector cannot be changed; the size is set by itself, and who has paused it since had a reason. */
    private static final List<String> KEPT = List.of("replicas", "selector", "paused");

    /** The Deployment controller's own annotations. */
    private static final String CONTROLLER = "deployment.kubernetes.io/";

    private FormerDeployment() {}

    /**
     * @param seen the Deployment as it is
     * @param before as it was before the release
     * @param applied what the release made of it
     */
    @NonNull
    static KubeObject of(KubeObject seen, KubeObject before, KubeObject applied) {
        Map<String, Object> spec = new LinkedHashMap<>(before.map("spec"));
        for (String field : KEPT) {
            spec.remove(field);
            if (seen.get("spec", field) != null) {
                spec.put(field, seen.get("spec", field));
            }
        }
        return seen.with(spec, "spec")
                .with(entries("labels", seen, before, applied), "metadata", "labels")
                .with(entries("annotations", seen, before, applied), "metadata", "annotations")
                .with(before.annotation(Names.RELEASE), "metadata", "annotations", Names.RELEASE);
    }

    /** What is not there any more goes by the release, which takes over what kubectl had set, and drops it if it is in no manifest. */
    private static Map<String, Object> entries(String of, KubeObject seen, KubeObject before, KubeObject applied) {
        Map<String, Object> former = before.map("metadata", of);
        Map<String, Object> released = applied.map("metadata", of);
        Map<String, Object> entries = new LinkedHashMap<>(seen.map("metadata", of));
        Set<String> changed = new TreeSet<>(former.keySet());
        changed.addAll(released.keySet());
        changed.removeIf(key -> key.equals(Names.FENCE) || key.startsWith(CONTROLLER));
        for (String key : changed) {
            boolean isOfRelease = !entries.containsKey(key) || entries.get(key).equals(released.get(key));
            if (isOfRelease && former.containsKey(key)) {
                entries.put(key, former.get(key));
            } else if (isOfRelease) {
                entries.remove(key);
            }
        }
        return entries;
    }
}
