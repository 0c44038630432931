package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.manifest.ManifestRenderer;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A manifest of an application that is there already, to begin with: its Deployment and the Services that bring traffic to
 * it, without what the cluster has added. What looks like a secret is left out.
 */
public final class LiveManifest {

    /** What the API server fills in where a manifest says nothing. */
    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            Map.entry("dnsPolicy", "ClusterFirst"),
            Map.entry("restartPolicy", "Always"),
            Map.entry("schedulerName", "default-scheduler"),
            Map.entry("securityContext", Map.of()),
            Map.entry("resources", Map.of()),
            Map.entry("terminationGracePeriodSeconds", 30),
            Map.entry("terminationMessagePath", "/dev/termination-log"),
            Map.entry("terminationMessagePolicy", "File"),
            Map.entry("progressDeadlineSeconds", 600),
            Map.entry("revisionHistoryLimit", 10),
            Map.entry("sessionAffinity", "None"),
            Map.entry("internalTrafficPolicy", "Cluster"));

    /** What a cluster gives a Service for its own. */
    private static final List<String> OF_THIS_CLUSTER =
            List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort");

    private static final Set<String> TOOLS = Set.of(
            "deployment.kubernetes.io/revision",
            "kubectl.kubernetes.io/last-applied-configuration",
            "kubectl.kubernetes.io/restartedAt");

    private static final String OURS = "safe-deployments.jenkins.io/";

    private LiveManifest() {}

    /** @throws UserException if there is no Deployment of that application, called like it or like its stable track */
    @NonNull
    public static String of(ClusterReader cluster, Target target) {
        KubeObject deployment = Stream.of(target.deployment(Track.STABLE), target.app())
                .flatMap(name -> cluster.get(Kind.DEPLOYMENT, name).stream())
                .findFirst()
                .orElseThrow(() -> new UserException("There is no Deployment " + target.deployment(Track.STABLE)
                        + " or " + target.app() + " in " + target.namespace() + ": correct 'app' or 'namespace'."));
        Map<String, Object> labels = deployment.map("spec", "template", "metadata", "labels");
        List<KubeObject> services = cluster.list(Kind.SERVICE).stream()
                .filter(service -> KubeObject.selects(service.map("spec", "selector"), labels))
                .toList();
        List<KubeObject> objects = new ArrayList<>(services);
        objects.add(deployment);
        Masking masking = Masking.of(objects, List.of(target.app()));
        StringBuilder text = new StringBuilder();
        for (KubeObject service : services) {
            text.append(text(service(service), masking)).append("---\n");
        }
        // what is called like the Deployment is called like the canary's in the canary
        text.append(text(deployment(deployment), masking)
                .replaceAll("(?m): \\Q" + target.deployment(Track.STABLE) + "\\E$", ": \\$deployment"));
        String note = text.indexOf(Masking.MASK) < 0
                ? ""
                : "# '" + Masking.MASK + "' stands for what looks like a secret: bring it from a Secret instead.\n";
        return note + text;
    }

    private static String text(KubeObject bare, Masking masking) {
        return ManifestRenderer.literal(YamlText.of(masking.object(bare)));
    }

    private static KubeObject service(KubeObject live) {
        KubeObject bare = bare(live);
        for (String field : OF_THIS_CLUSTER) {
            bare = bare.with(null, "spec", field);
        }
        return bare.with(
                bare.list("spec", "ports").stream()
                        .map(port -> port.with(null, "nodePort").toMap())
                        .toList(),
                "spec",
                "ports");
    }

    private static KubeObject deployment(KubeObject live) {
        return ManifestRenderer.withoutTrack(
                bare(live).with(metadata(live.map("spec", "template", "metadata")), "spec", "template", "metadata"));
    }

    private static KubeObject bare(KubeObject live) {
        return KubeObject.of(withoutDefaults(live.toMap()))
                .with(metadata(live.map("metadata")), "metadata")
                .with(null, "status");
    }

    /** Name, labels and annotations that people may have written. */
    private static Map<String, Object> metadata(Map<String, Object> live) {
        Map<String, Object> kept = new LinkedHashMap<>();
        for (String field : List.of("name", "labels", "annotations")) {
            Object value = live.get(field);
            if (value instanceof Map<?, ?> map) {
                Map<String, Object> named = new LinkedHashMap<>();
                map.forEach((key, item) -> named.put(String.valueOf(key), item));
                named.keySet().removeIf(key -> TOOLS.contains(key) || key.startsWith(OURS));
                named.values().removeIf(item -> String.valueOf(item).length() > Masking.MAX_ANNOTATION); // of tools
                value = named.isEmpty() ? null : named;
            }
            if (value != null) {
                kept.put(field, value);
            }
        }
        return kept;
    }

    private static Map<String, Object> withoutDefaults(Map<?, ?> live) {
        Map<String, Object> kept = new LinkedHashMap<>();
        live.forEach((key, value) -> {
            if (value != null && !value.equals(DEFAULTS.get(key))) {
                kept.put(String.valueOf(key), deeper(value));
            }
        });
        return kept;
    }

    private static Object deeper(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(LiveManifest::deeper).toList();
        }
        return value instanceof Map<?, ?> map ? withoutDefaults(map) : value;
    }
}
