package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees whether the images of a release can still be pulled, by a pod of its own that takes no traffic, mounts nothing and runs
 * {@code true}. Whether that program is there does not matter: what is asked is whether the node got the image.
 */
final class ProbeImage implements Move {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofSeconds(10);

    /** Between two tries while the pod of an earlier one is being removed. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** With these there is no image, or not yet. */
    private static final Set<String> NOT_YET = Set.of("", "ContainerCreating", "PodInitializing", "ErrImagePull");

    private static final Set<String> NEVER =
            Set.of("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable");

    private final ReleaseState state;
    private final Release release;
    private final String name;
    private Instant begun;

    /** Of the pod; empty as long as one of that name is there which an interrupted step has left. */
    private String uid = "";

    ProbeImage(ReleaseState state, Release release) {
        this.state = state;
        this.release = release;
        this.name = "safe-deployments-" + state.session.target().app() + "-probe";
    }

    @Override
    public Next look() {
        Instant now = state.session.now();
        if (begun == null) {
            state.status("seeing whether the image can be pulled");
            begun = now;
        }
        if (uid.isEmpty()) {
            uid = created();
        }
        ClusterReader source = state.view().isComplete() ? state.view() : state.session.cluster();
        Optional<KubeObject> pod =
                source.get(Kind.POD, name).filter(found -> found.uid().equals(uid));
        String refused = pod.map(ProbeImage::refused).orElse("");
        if (!refused.isEmpty()) {
            remove();
            String url = release.origin().url();
            throw new UserException("The image of " + release.title() + " cannot be pulled any more: " + refused
                    + ". Build it again with " + release.origin().run() + (url.isEmpty() ? "" : " (" + url + ")")
                    + ", or name another release.");
        }
        if (pod.isPresent() && isPulled(pod.get())) {
            remove();
            state.say("image", "of " + release.title() + " can be pulled");
            return Next.DONE;
        }
        if (!now.isBefore(begun.plus(PATIENCE))) {
            remove();
            throw new UserException("It could not be found out within " + PATIENCE.toMinutes()
                    + " minutes whether the image of " + release.title() + " can be pulled: pod " + name
                    + " did not start. Leave 'checkImage' out to go on without.");
        }
        return Next.waitUntil(now.plus(uid.isEmpty() ? SOON : POLL));
    }

    private static String refused(KubeObject pod) {
        for (KubeObject status : pod.list("status", "containerStatuses")) {
            if (NEVER.contains(status.string("state", "waiting", "reason"))) {
                return status.string("image") + ": " + status.string("state", "waiting", "reason") + " "
                        + status.string("state", "waiting", "message");
            }
        }
        return "";
    }

    private static boolean isPulled(KubeObject pod) {
        List<KubeObject> statuses = pod.list("status", "containerStatuses");
        return !statuses.isEmpty()
                && statuses.stream()
                        .allMatch(status -> status.get("state", "waiting") == null
                                || !NOT_YET.contains(status.string("state", "waiting", "reason")));
    }

    /** Its UID; empty if there is one of that name still, which is removed. */
    private String created() {
        try {
            return state.session.cluster().create(pod()).uid();
        } catch (ClusterException e) {
            if (e.reason() != Reason.ALREADY_EXISTS) {
                throw e;
            }
            remove();
            return "";
        }
    }

    private KubeObject pod() {
        Map<String, Object> template = KubeObject.of(release.plan().stable()).map("spec", "template", "spec");
        List<Object> containers = new ArrayList<>();
        for (KubeObject container :
                KubeObject.of(release.plan().stable()).list("spec", "template", "spec", "containers")) {
            Map<String, Object> bare = new LinkedHashMap<>();
            for (String key : new String[] {"name", "image", "imagePullPolicy", "resources", "securityContext"}) {
                if (container.get(key) != null) {
                    bare.put(key, container.get(key));
                }
            }
            bare.put("command", List.of("true"));
            containers.add(bare);
        }
        Map<String, Object> spec = new LinkedHashMap<>();
        for (String key : new String[] {
            "imagePullSecrets", "serviceAccountName", "nodeSelector", "tolerations", "affinity", "securityContext"
        }) {
            if (template.get(key) != null) {
                spec.put(key, template.get(key));
            }
        }
        spec.put("containers", containers);
        spec.put("restartPolicy", "Never");
        spec.put("activeDeadlineSeconds", PATIENCE.toSeconds());
        spec.put("automountServiceAccountToken", false);
        return KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", name, "namespace", state.session.target().namespace()),
                "spec",
                spec));
    }

    /** Of this or of one that was interrupted. */
    private void remove() {
        try {
            state.session.cluster().get(Kind.POD, name).ifPresent(state.session.cluster()::delete);
        } catch (ClusterException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
    }
}
