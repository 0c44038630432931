package io.jenkins.plugins.safedeployments.engine.manifest;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.LabelSelector;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes one set of manifest files into what each track needs. */
public final class ManifestRenderer {

    /** The label that keeps the selectors of the two tracks apart where the manifest does not. */
    static final String TRACK_LABEL = "track";

    private static final Set<String> BUILT_IN = Set.of("app", "track", "deployment", "replicas", "image", "img");

    /** What others depend on comes first; kinds that are not named stand between Services and workloads. */
    private static final List<String> FIRST = List.of(
            "Namespace",
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "ConfigMap",
            "Secret",
            "PersistentVolumeClaim",
            "Service");

    private static final int MAX_CHARS = 4 * 1024 * 1024;

    private final Target target;
    private final Map<String, String> files;
    private final Map<String, String> variables;
    private final ImageReference image;

    /**
     * @param files texts by file name, in the order in which they count
     * @param variables what fills placeholders besides the built-in names
     */
    public ManifestRenderer(Target target, Map<String, String> files, Map<String, String> variables, String image) {
        this.target = target;
        this.files = new LinkedHashMap<>(files);
        this.variables = Map.copyOf(variables);
        this.image = ImageReference.parse(image);
        for (String name : variables.keySet()) {
            if (BUILT_IN.contains(name)) {
                throw new UserException(
                        "'variables' sets '" + name + "', which the step sets itself: choose another name.");
            }
        }
        if (files.size() > 1
                && files.values().stream().mapToLong(String::length).sum() > MAX_CHARS) {
            throw new UserException("The manifests have more than 4 MiB in all: release fewer objects at once.");
        }
        if (files.isEmpty()) {
            throw new UserException(
                    "'manifests' names no file that exists: give a path or glob in the workspace, or the"
                            + " text of the manifest.");
        }
    }

    /** A text as it has to stand in a manifest to be taken as it is, with whatever looks like a variable in it. */
    @NonNull
    public static String literal(String text) {
        return Variables.literal(text);
    }

    /** A Deployment without the label that tells its track, as manifests leave it to be set for each. */
    @NonNull
    public static KubeObject withoutTrack(KubeObject deployment) {
        String label = String.valueOf(deployment.get("spec", "selector", "matchLabels", TRACK_LABEL));
        return Stream.of(Track.values()).noneMatch(track -> track.label().equals(label))
                ? deployment
                : deployment
                        .with(null, "spec", "selector", "matchLabels", TRACK_LABEL)
                        .with(null, "spec", "template", "metadata", "labels", TRACK_LABEL);
    }

    /**
     * @param canaryReplicas the size of the canary
     * @param stableReplicas what <code>${replicas}</code> stands for in the stable manifest
     * @throws UserException on the first thing that is wrong
     */
    public Rendered render(int canaryReplicas, int stableReplicas) {
        TrackFiles canary = new TrackFiles(Track.CANARY, canaryReplicas);
        TrackFiles stable = new TrackFiles(Track.STABLE, stableReplicas);
        checkReplicas(stable.deployment);
        Integer manifestReplicas = stable.used.contains("replicas") ? null : replicasOf(stable.deployment);

        boolean named = !canary.deployment.name().equals(stable.deployment.name());
        boolean apart = !canary.deployment.map("spec", "selector").equals(stable.deployment.map("spec", "selector"));
        KubeObject canaryDeployment = finish(canary, named, apart).with(canaryReplicas, "spec", "replicas");
        KubeObject stableDeployment = finish(stable, named, apart).with(null, "spec", "replicas");
        return new Rendered(
                canaryDeployment,
                stableDeployment,
                canary.support,
                stable.support,
                manifestReplicas,
                warnings(stableDeployment, stable.notes));
    }

    private KubeObject finish(TrackFiles files, boolean named, boolean apart) {
        String name = target.deployment(files.track);
        KubeObject deployment = files.deployment;
        if (named && !deployment.name().equals(name)) {
            throw new UserException("The Deployment's name becomes '" + deployment.name() + "' for the "
                    + files.track.label() + " track, but it must be '" + name
                    + "': write 'name: $deployment', or a name without variables.");
        }
        deployment = deployment.with(name, "metadata", "name").with(null, "status");
        if (deployment.map("spec", "selector").isEmpty()) {
            throw new UserException(deployment + " has no 'spec.selector': name in it the labels of its pods.");
        }
        if (!hasImage(files.used, deployment)) {
            deployment = withImage(deployment);
        }
        if (!apart) {
            deployment = deployment
                    .with(files.track.label(), "spec", "selector", "matchLabels", TRACK_LABEL)
                    .with(files.track.label(), "spec", "template", "metadata", "labels", TRACK_LABEL);
        }
        checkSelector(deployment);
        if (Boolean.TRUE.equals(deployment.get("spec", "paused"))) {
            throw new UserException(
                    deployment + " is paused in the manifest, so it would never roll out: remove" + " 'spec.paused'.");
        }
        return deployment;
    }

    /** Whether a placeholder has brought the image in; one in another object, such as a ConfigMap, does not count. */
    private boolean hasImage(Set<String> used, KubeObject deployment) {
        return (used.contains("image") || used.contains("img"))
                && Stream.of("containers", "initContainers")
                        .flatMap(list -> deployment.list("spec", "template", "spec", list).stream())
                        .anyMatch(container -> container.string("image").contains(image.toString()));
    }

    private KubeObject withImage(KubeObject deployment) {
        List<Map<String, Object>> containers = new ArrayList<>();
        deployment.list("spec", "template", "spec", "containers").forEach(c -> containers.add(c.toMap()));
        List<Map<String, Object>> matching = containers.size() == 1
                ? containers
                : containers.stream()
                        .filter(c -> image.hasSameRepository(String.valueOf(c.get("image"))))
                        .collect(Collectors.toList());
        if (matching.size() != 1) {
            throw new UserException("'image' is '" + image + "', but " + (matching.isEmpty() ? "none" : "more than one")
                    + " of the " + containers.size() + " containers of " + deployment
                    + " has an image of that repository: write 'image: $image' where it belongs.");
        }
        matching.get(0).put("image", image.toString());
        return deployment.with(containers, "spec", "template", "spec", "containers");
    }

    private static void checkSelector(KubeObject deployment) {
        LabelSelector selector = LabelSelector.of(deployment);
        Map<String, Object> labels = deployment.map("spec", "template", "metadata", "labels");
        if (selector.isEmpty() || !selector.selects(labels)) {
            throw new UserException(
                    "The selector of " + deployment + ", " + selector + ", does not match the labels of its"
                            + " pods, " + labels + ": make 'spec.selector.matchLabels' a part of"
                            + " 'spec.template.metadata.labels'.");
        }
    }

    private List<String> warnings(KubeObject deployment, List<String> notes) {
        List<String> warnings = new ArrayList<>(notes);
        if (image.isMutable()) {
            warnings.add(
                    "The image " + image + " has no fixed tag: what it names may change, and then a rollback brings"
                            + " nothing back. Use a tag for each build, or a digest.");
        }
        boolean probed = deployment.list("spec", "template", "spec", "containers").stream()
                .anyMatch(container -> !container.map("readinessProbe").isEmpty());
        if (!probed) {
            warnings.add(
                    "No container has a readinessProbe: a pod takes traffic as soon as it runs, whether it can serve or"
                            + " not.");
        }
        return warnings;
    }

    /** Neither track takes the number from here as it is, so that the API server would not find what is wrong with it. */
    private static void checkReplicas(KubeObject deployment) {
        Object replicas = deployment.get("spec", "replicas");
        if (replicas != null && !(replicas instanceof Integer number && number > 0)) {
            throw new UserException("'spec.replicas' of " + deployment + " is '" + replicas
                    + "': it must be a whole number of at least 1, without quotes.");
        }
    }

    @CheckForNull
    private static Integer replicasOf(KubeObject deployment) {
        return deployment.get("spec", "replicas") instanceof Integer replicas ? replicas : null;
    }

    /** The documents of all files as they are for one track. */
    private final class TrackFiles {
        final Track track;
        final Set<String> used;
        final List<KubeObject> support = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final KubeObject deployment;

        TrackFiles(Track track, int replicas) {
            this.track = track;
            Map<String, String> values = new LinkedHashMap<>(variables);
            values.put("app", target.app());
            values.put("track", track.label());
            values.put("deployment", target.deployment(track));
            values.put("replicas", Integer.toString(replicas));
            values.put("image", image.toString());
            values.put("img", image.toString());
            Variables filler = new Variables(values);
            ManifestReader reader = new ManifestReader(filler);
            List<KubeObject> deployments = new ArrayList<>();
            files.forEach((file, text) -> {
                for (KubeObject object : reader.read(file, text)) {
                    KubeObject placed = placed(file, object);
                    if (object.get("status") != null) {
                        notes.add(file + ": " + object
                                + " has a 'status', which only the cluster writes: it is left out.");
                    }
                    (object.kind().equals(Kind.DEPLOYMENT) ? deployments : support).add(placed);
                }
            });
            if (!filler.undefined().isEmpty()) {
                throw new UserException("The manifests use variables without a value: "
                        + String.join(", ", filler.undefined())
                        + ". Set them in 'variables' (there are: " + String.join(", ", new TreeSet<>(filler.known()))
                        + "), or write '$$' for a dollar sign.");
            }
            used = filler.used();
            deployment = only(deployments);
            support.sort(Comparator.comparingInt(ManifestRenderer::order));
        }

        private KubeObject only(List<KubeObject> deployments) {
            if (deployments.size() == 1) {
                return deployments.get(0);
            }
            if (deployments.isEmpty()) {
                String other = support.stream()
                        .filter(o -> Set.of("StatefulSet", "DaemonSet")
                                .contains(o.kind().kind()))
                        .map(o -> " (" + o + " cannot be released as a canary)")
                        .findFirst()
                        .orElse("");
                throw new UserException("There is no Deployment in the manifests" + other + ".");
            }
            throw new UserException("There are " + deployments.size() + " Deployments in the manifests ("
                    + deployments.stream().map(KubeObject::name).collect(Collectors.joining(", "))
                    + "), but an application has one: release each as an application of its own.");
        }
    }

    private KubeObject placed(String file, KubeObject object) {
        String namespace = object.namespace();
        if (!namespace.isEmpty() && !namespace.equals(target.namespace())) {
            throw new UserException(file + ": " + object + " is for the namespace '" + namespace
                    + "', but the release is for '" + target.namespace() + "': remove 'metadata.namespace'.");
        }
        for (String field : new String[] {"managedFields", "resourceVersion", "uid"}) {
            if (object.get("metadata", field) != null) {
                throw new UserException(file + ": " + object + " has 'metadata." + field
                        + "', so it was copied out of a cluster: remove what the cluster added.");
            }
        }
        if (object.kind().equals(Kind.NAMESPACE)) {
            if (!object.name().equals(target.namespace())) {
                throw new UserException(file + ": " + object + " is not the release's namespace '" + target.namespace()
                        + "': remove it.");
            }
            return object;
        }
        return object.with(target.namespace(), "metadata", "namespace").with(null, "status");
    }

    private static int order(KubeObject object) {
        int index = FIRST.indexOf(object.kind().kind());
        return index < 0 ? FIRST.size() : index;
    }
}
