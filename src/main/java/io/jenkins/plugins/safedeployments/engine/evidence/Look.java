package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.ConfigReference;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.LabelSelector;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One look at the namespace: each list is asked for once, and all that is shown comes from it, without its secrets. */
final class Look implements ClusterReader {

    private static final List<Kind> BUDGETS =
            List.of(new Kind("policy/v1", "PodDisruptionBudget"), new Kind("policy/v1beta1", "PodDisruptionBudget"));
    private static final List<Kind> LISTS = List.of(
            Kind.DEPLOYMENT, Kind.REPLICA_SET, Kind.POD, Kind.SERVICE, Kind.ENDPOINTS, Kind.EVENT, Kind.AUTOSCALER);

    /** Of the Secrets and ConfigMaps that belong to a release. */
    private static final int MAX_CONFIGURATION = 20;

    private final Target target;
    private final Release release;
    private final Map<Kind, List<KubeObject>> lists = new LinkedHashMap<>();
    private final List<KubeObject> budgets = new ArrayList<>();
    private final List<KubeObject> configuration = new ArrayList<>();
    private final Masking masking;

    Look(Cluster cluster, Target target, Release release, Inquiry inquiry) {
        this.target = target;
        this.release = release;
        for (Kind kind : LISTS) {
            List<KubeObject> list = inquiry.ask("the list of each " + kind.kind(), () -> cluster.list(kind));
            lists.put(kind, list == null ? List.of() : list);
        }
        List<KubeObject> found = inquiry.ask("the list of each PodDisruptionBudget", () -> budgets(cluster));
        budgets.addAll(found == null ? List.of() : found);
        references().stream().limit(MAX_CONFIGURATION).forEach(reference -> {
            Optional<KubeObject> object = inquiry.ask(
                    reference.kind().kind() + " " + reference.name(),
                    () -> cluster.get(reference.kind(), reference.name()));
            if (object != null && object.isPresent()) {
                configuration.add(object.get());
            } else if (object != null) {
                inquiry.missing(reference.kind().kind() + " " + reference.name()
                        + ": there is none, though the pods refer to it or the release brought it");
            }
        });
        this.masking = masking();
        lists.replaceAll((kind, list) -> list.stream().map(masking::object).toList());
        budgets.replaceAll(masking::object);
        configuration.replaceAll(masking::object);
    }

    private static List<KubeObject> budgets(Cluster cluster) {
        for (Kind kind : BUDGETS) {
            boolean known;
            try {
                known = cluster.isNamespaced(kind);
            } catch (ClusterException e) {
                throw e;
            } catch (RuntimeException e) {
                known = false; // this cluster serves it in the other version, or not at all
            }
            if (known) {
                return cluster.list(kind);
            }
        }
        return List.of();
    }

    private Masking masking() {
        List<KubeObject> all = new ArrayList<>(configuration);
        all.addAll(own(Kind.DEPLOYMENT));
        release.plan().canarySupport().forEach(object -> all.add(KubeObject.of(object)));
        release.plan().stableSupport().forEach(object -> all.add(KubeObject.of(object)));
        all.add(KubeObject.of(release.plan().canary()));
        all.add(KubeObject.of(release.plan().stable()));
        return Masking.of(
                all,
                List.of(
                        target.deployment(Track.CANARY),
                        target.deployment(Track.STABLE),
                        target.namespace(),
                        target.cluster(),
                        release.plan().image(),
                        release.plan().service()));
    }

    @NonNull
    Masking mask() {
        return masking;
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        return list(kind).stream().filter(object -> object.name().equals(name)).findFirst();
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return lists.getOrDefault(kind, List.of());
    }

    /** Deployments of both tracks, ReplicaSets of these, or pods of those. */
    List<KubeObject> own(Kind kind) {
        if (kind.equals(Kind.DEPLOYMENT)) {
            return list(kind).stream()
                    .filter(object -> object.name().equals(target.deployment(Track.CANARY))
                            || object.name().equals(target.deployment(Track.STABLE)))
                    .toList();
        }
        Set<String> owners = new LinkedHashSet<>();
        own(kind.equals(Kind.POD) ? Kind.REPLICA_SET : Kind.DEPLOYMENT).forEach(owner -> owners.add(owner.uid()));
        return list(kind).stream()
                .filter(object -> owners.contains(object.controllerUid()))
                .toList();
    }

    /** All pods of a track, those of earlier templates too. */
    List<KubeObject> pods(Track track) {
        Set<String> sets = new LinkedHashSet<>();
        get(Kind.DEPLOYMENT, target.deployment(track))
                .ifPresent(deployment -> list(Kind.REPLICA_SET).stream()
                        .filter(set -> set.controllerUid().equals(deployment.uid()))
                        .forEach(set -> sets.add(set.uid())));
        return list(Kind.POD).stream()
                .filter(pod -> sets.contains(pod.controllerUid()))
                .toList();
    }

    /** Services that bring traffic to a pod of the two tracks, and the one that the release names. */
    List<KubeObject> services() {
        List<KubeObject> templates = own(Kind.DEPLOYMENT);
        return list(Kind.SERVICE).stream()
                .filter(service -> service.name().equals(release.plan().service())
                        || templates.stream()
                                .anyMatch(deployment -> KubeObject.selects(
                                        service.map("spec", "selector"),
                                        deployment.map("spec", "template", "metadata", "labels"))))
                .toList();
    }

    /** All that belongs to the release, except its pods and ReplicaSets. */
    List<KubeObject> belongings() {
        List<KubeObject> all = new ArrayList<>(own(Kind.DEPLOYMENT));
        List<KubeObject> services = services();
        all.addAll(services);
        services.forEach(service -> get(Kind.ENDPOINTS, service.name()).ifPresent(all::add));
        list(Kind.AUTOSCALER).stream()
                .filter(scaler -> own(Kind.DEPLOYMENT).stream()
                        .anyMatch(deployment ->
                                scaler.string("spec", "scaleTargetRef", "name").equals(deployment.name())))
                .forEach(all::add);
        budgets.stream()
                .filter(budget -> own(Kind.DEPLOYMENT).stream()
                        .anyMatch(deployment -> LabelSelector.of(budget)
                                .selects(deployment.map("spec", "template", "metadata", "labels"))))
                .forEach(all::add);
        all.addAll(configuration);
        return all;
    }

    /** Warnings about what belongs to the two tracks, the latest first. */
    List<KubeObject> warnings() {
        Set<String> uids = new LinkedHashSet<>();
        belongings().forEach(object -> uids.add(object.uid()));
        own(Kind.REPLICA_SET).forEach(set -> uids.add(set.uid()));
        own(Kind.POD).forEach(pod -> uids.add(pod.uid()));
        return list(Kind.EVENT).stream()
                .filter(event ->
                        !event.string("type").equals("Normal") && uids.contains(event.string("involvedObject", "uid")))
                .sorted(java.util.Comparator.comparing(EvidenceText::eventTime).reversed())
                .toList();
    }

    /** The Secrets and ConfigMaps that the release brought, and those that its pods refer to. */
    private Set<ConfigReference> references() {
        Set<ConfigReference> found = new LinkedHashSet<>();
        List<Map<String, Object>> support = new ArrayList<>(release.plan().canarySupport());
        support.addAll(release.plan().stableSupport());
        support.stream().map(KubeObject::of).forEach(object -> {
            if (object.kind().equals(Kind.SECRET) || object.kind().equals(Kind.CONFIG_MAP)) {
                found.add(new ConfigReference(object.kind(), object.name()));
            }
        });
        own(Kind.DEPLOYMENT).forEach(deployment -> found.addAll(ConfigReference.of(deployment)));
        return found;
    }
}
