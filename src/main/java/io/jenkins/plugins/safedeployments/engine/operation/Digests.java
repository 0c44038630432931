package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The digests of the images that pods run, as their nodes report them: a tag may name another image by now. */
final class Digests {

    private static final String DIGEST = "sha256:";

    private Digests() {}

    /** All of them, each as {@code container=sha256:…}. */
    @NonNull
    static SortedSet<String> of(List<KubeObject> pods) {
        SortedSet<String> digests = new TreeSet<>();
        for (KubeObject pod : pods) {
            for (KubeObject status : pod.list("status", "containerStatuses")) {
                String id = status.string("imageID");
                int at = id.lastIndexOf(DIGEST);
                if (at >= 0) {
                    digests.add(status.string("name") + "=" + id.substring(at));
                }
            }
        }
        return digests;
    }

    /** Those that were not proved; empty also if nothing is known of what was. */
    @NonNull
    static SortedSet<String> unproved(List<KubeObject> pods, List<String> proved) {
        SortedSet<String> digests = new TreeSet<>();
        if (!proved.isEmpty()) {
            digests.addAll(of(pods));
            digests.removeAll(proved);
        }
        return digests;
    }
}
