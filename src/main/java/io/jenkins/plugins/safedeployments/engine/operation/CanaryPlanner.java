package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.manifest.ManifestRenderer;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.ConfigReference;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Makes the plan of a release, and checks all of it with the API server before anything is written. */
final class CanaryPlanner {

    /** Kinds of what a rollback removes again, if the release has made it. */
    static final Set<String> REMOVED_AGAIN = Set.of("ConfigMap", "Secret");

    private final Session session;
    private final CanaryRequest request;
    private final Target target;
    private final Cluster cluster;
    private final Workloads workloads;
    private final Applying applying;
    private Map<String, String> files;

    /** What was rendered and checked last, and the size of stable that it was rendered for; 0 if there was none. */
    private Rendered last;

    private int sizeForLast;

    /** Support objects as they are now, by what the manifests make of them; and those of them that will change. */
    private final Map<KubeObject, KubeObject> live = new LinkedHashMap<>();

    private final Set<KubeObject> changing = new LinkedHashSet<>();

    /** Services as they will be: what others have set in one that is there stays, a further label of its selector, say. */
    private final List<KubeObject> services = new ArrayList<>();

    /** What the API server would make of stable. */
    private KubeObject promoted;

    CanaryPlanner(Session session, CanaryRequest request, Workloads workloads, Applying applying) {
        this.session = session;
        this.request = request;
        this.target = session.target();
        this.cluster = session.cluster();
        this.workloads = workloads;
        this.applying = applying;
    }

    /** Renders the manifests and has everything checked; nothing is stored by it. */
    Rendered renderAndCheck() {
        KubeObject stable = stable();
        checkStable(stable);
        Rendered rendered = render(stable);
        sizeForLast = size(stable);
        kindsAreAllowed(rendered);
        SharedNames.check(rendered);
        Rights.check(cluster, supportOfBoth(rendered), request.tests());
        look(rendered);
        servicesKeepTraffic(rendered, stable);
        int checked = dryRun(rendered);
        List<String> warnings = new ArrayList<>(rendered.warnings());
        warnings.addAll(OpenSecrets.warnings(rendered, request.secrets().get()));
        warnings.addAll(Quotas.check(
                cluster,
                rendered.canary(),
                promoted,
                stable == null ? 0 : RolloutStrategy.surge(promoted, size(stable))));
        warnOfStrayAutoscalers(rendered, warnings);
        String service = service(rendered);
        if (stable == null) {
            if (!request.force().given()) {
                ServiceChoice.checkNobodyElseServes(cluster, services, service, target);
            }
        } else {
            warnOfSharedConfiguration(rendered, stable, warnings);
            warnOfLostCapacity(stable, warnings);
        }
        session.report().line("checked", checked + " objects by the API server (dry run)");
        last = rendered.withWarnings(warnings);
        return last;
    }

    /** What there is to be said about what was rendered last. */
    List<String> warnings() {
        return last().warnings();
    }

    private Rendered last() {
        return Objects.requireNonNull(last, "nothing was rendered yet");
    }

    private void warnOfStrayAutoscalers(Rendered rendered, List<String> warnings) {
        supportOfBoth(rendered).stream()
                .filter(object -> object.kind().kind().equals(Kind.AUTOSCALER.kind()))
                .forEach(autoscaler -> {
                    KubeObject scaled = KubeObject.of(autoscaler.map("spec", "scaleTargetRef"));
                    if (scaled.string("kind").equals(Kind.DEPLOYMENT.kind())
                            && !scaled.string("name").equals(target.deployment(Track.STABLE))
                            && !scaled.string("name").equals(target.deployment(Track.CANARY))) {
                        warnings.add(autoscaler + " scales Deployment " + scaled.string("name")
                                + ", which is neither of the two of this release: it has to name "
                                + target.deployment(Track.STABLE) + " to scale stable.");
                    }
                });
    }

    private void warnOfLostCapacity(KubeObject stable, List<String> warnings) {
        String cause = RolloutStrategy.allAtOnce(promoted, replicas(stable));
        if (!cause.isEmpty()) {
            warnings.add("By its " + cause + " " + stable
                    + " loses all of its pods at once when this release is promoted: until new"
                    + " ones are ready, only the canary serves. " + RolloutStrategy.REMEDY);
        }
    }

    /** What stable reads, too, must not change under it: a restart would bring its old pods up with the new content. */
    private void warnOfSharedConfiguration(Rendered rendered, KubeObject stable, List<String> warnings) {
        Set<ConfigReference> used = ConfigReference.of(stable);
        rendered.canarySupport().stream()
                .filter(changing::contains)
                .filter(object -> used.contains(new ConfigReference(object.kind(), object.name())))
                .map(object -> object + " is changed with the canary, and the pods of " + stable
                        + " use it as well: they get the new content, at their next restart at the latest, although they"
                        + " were never tested with it. Give it another name for each version.")
                .forEach(warnings::add);
    }

    /** The plan, by what stable is at this moment; rendered and checked again if somebody has resized it since that was done. */
    Plan plan(boolean forced) {
        KubeObject stable = stable();
        while (size(stable) != sizeForLast) {
            renderAndCheck();
            stable = stable();
        }
        checkStable(stable);
        Rendered rendered = last();
        Integer original = stable == null ? null : replicas(stable);
        return new Plan(
                request.image().strip(),
                service(rendered),
                request.size().canary(original == null ? 0 : original),
                original,
                original == null ? null : stableSize(original),
                rendered.manifestReplicas(),
                rendered.canary().toMap(),
                rendered.stable().toMap(),
                maps(rendered.canarySupport()),
                maps(rendered.stableSupport()),
                stable == null ? null : kept(stable),
                supportBefore(),
                supportMade(rendered),
                forced);
    }

    /** What is there of the objects that come with the Deployments. */
    private void look(Rendered rendered) {
        live.clear();
        for (KubeObject object : supportOfBoth(rendered)) {
            if (!object.kind().equals(Kind.NAMESPACE)) {
                cluster.get(object.kind(), object.name()).ifPresent(now -> live.put(object, now));
            }
        }
    }

    /** Those that the release is going to change, as they are. */
    private List<Map<String, Object>> supportBefore() {
        List<Map<String, Object>> before = new ArrayList<>();
        live.forEach((object, now) -> {
            if (changing.contains(object)) {
                before.add(kept(now));
            }
        });
        return before;
    }

    /**
     * What a rollback removes again. Not all that it made: a volume holds data, a Service an address, and others may have
     * come to use what is neither.
     */
    private List<Map<String, Object>> supportMade(Rendered rendered) {
        return supportOfBoth(rendered).stream()
                .filter(object -> REMOVED_AGAIN.contains(object.kind().kind()) && !live.containsKey(object))
                .map(object -> KubeObject.of(Map.of(
                                "apiVersion", object.kind().apiVersion(),
                                "kind", object.kind().kind(),
                                "metadata", Map.of("name", object.name(), "namespace", object.namespace())))
                        .toMap())
                .toList();
    }

    private Rendered render(@CheckForNull KubeObject stable) {
        if (files == null) {
            files = request.files().get();
        }
        int now = size(stable);
        int canary = request.size().canary(now);
        Rendered rendered = new ManifestRenderer(target, files, request.variables(), request.image())
                .render(canary, stable == null ? canary : now);
        return stable == null ? rendered : Adoption.of(rendered, stable, cluster);
    }

    @CheckForNull
    private KubeObject stable() {
        return workloads.get(Track.STABLE).orElse(null);
    }

    private static int size(@CheckForNull KubeObject deployment) {
        return deployment == null ? 0 : replicas(deployment);
    }

    private static int replicas(KubeObject deployment) {
        return deployment.integer(1, "spec", "replicas");
    }

    private void checkStable(@CheckForNull KubeObject stable) {
        if (stable == null) {
            return;
        }
        Workloads.checkNotPaused(stable);
        int now = replicas(stable);
        if (now < 1) {
            throw new UserException(
                    stable + " has 0 replicas, so there is nothing that the canary could be compared with or"
                            + " that a rollback could return to: scale it up first.");
        }
        Integer asked = request.size().stableReplicas();
        if (asked != null && asked > now) {
            throw new UserException("'stableReplicas' is " + asked + ", but " + stable + " has " + now
                    + ": a canary does not make stable bigger.");
        }
    }

    private int stableSize(int now) {
        boolean decidedElsewhere = !workloads.autoscaler().name().isEmpty();
        return decidedElsewhere ? now : request.size().stable(now);
    }

    private void kindsAreAllowed(Rendered rendered) {
        for (KubeObject object : supportOfBoth(rendered)) {
            if (!object.kind().equals(Kind.NAMESPACE) && !cluster.isNamespaced(object.kind())) {
                throw new UserException(object + " belongs to the whole cluster, not to " + target.namespace()
                        + ": a release changes its own namespace only. Apply it by other means.");
            }
        }
    }

    /** To be called when no release is in progress. */
    void canaryIsNobodysElse() {
        workloads.get(Track.CANARY).ifPresent(canary -> {
            throw new UserException(canary + " exists in " + target.namespace()
                    + " although no release is in progress: delete it, then run this again.");
        });
    }

    /** Applying a Service must not take the traffic away from the pods that have it now. */
    private void servicesKeepTraffic(Rendered rendered, @CheckForNull KubeObject stable) {
        if (stable == null) {
            return;
        }
        Map<String, Object> serving = stable.map("spec", "template", "metadata", "labels");
        for (KubeObject service : supportOfBoth(rendered)) {
            if (!service.kind().equals(Kind.SERVICE) || KubeObject.selects(service.map("spec", "selector"), serving)) {
                continue;
            }
            Optional.ofNullable(live.get(service))
                    .filter(now -> KubeObject.selects(now.map("spec", "selector"), serving))
                    .ifPresent(now -> {
                        throw new UserException(service + " brings the traffic to " + stable
                                + ", but with its selector in the manifest, " + service.map("spec", "selector")
                                + ", it would not: the selector must match the labels of the pods that serve now, "
                                + serving + ".");
                    });
        }
    }

    private int dryRun(Rendered rendered) {
        List<KubeObject> objects = new ArrayList<>(supportOfBoth(rendered));
        objects.stream()
                .filter(o -> o.kind().equals(Kind.NAMESPACE))
                .findFirst()
                .ifPresent(this::namespace);
        objects.add(rendered.canary());
        objects.add(rendered.stable());
        changing.clear();
        services.clear();
        for (KubeObject object : objects) {
            KubeObject after = dryRun(object);
            promoted = after; // in the end: stable is the last
            if (object.kind().equals(Kind.SERVICE)) {
                services.add(after);
            }
            KubeObject now = live.get(object);
            if (now != null && !content(now).equals(content(after))) {
                changing.add(object);
            }
        }
        return objects.size();
    }

    private KubeObject dryRun(KubeObject object) {
        try {
            return cluster.apply(object, true, false);
        } catch (ClusterException e) {
            if (e.reason() != Reason.FIELD_CONFLICT) {
                throw refused(object, e);
            }
            applying.mayBeTaken(object, e, request.force().given());
        }
        try {
            return cluster.apply(object, true, true);
        } catch (ClusterException e) {
            throw refused(object, e);
        }
    }

    /** What a person would call the object: without what the API server keeps about it. */
    private static Map<String, Object> content(KubeObject object) {
        return object.with(null, "metadata", "managedFields")
                .with(null, "metadata", "resourceVersion")
                .with(null, "metadata", "generation")
                .with(null, "status")
                .toMap();
    }

    /** Nothing can be checked in a namespace that is not there, so a missing one is made first. */
    private void namespace(KubeObject namespace) {
        if (cluster.get(Kind.NAMESPACE, namespace.name()).isEmpty()) {
            cluster.apply(namespace, false, false);
            session.report().line("applied", namespace + " (created, so that the rest can be checked in it)");
        }
    }

    private RuntimeException refused(KubeObject object, ClusterException e) {
        return switch (e.reason()) {
            case NOT_FOUND ->
                new UserException(
                        "There is no namespace '" + target.namespace() + "' on the cluster: create it, or add it to the"
                                + " manifests.",
                        e);
            case INVALID, FORBIDDEN -> new UserException("The API server refuses " + object + ": " + e.getMessage(), e);
            default -> e;
        };
    }

    private String service(Rendered rendered) {
        return ServiceChoice.of(cluster, services, rendered, request.service());
    }

    private static List<KubeObject> supportOfBoth(Rendered rendered) {
        Set<KubeObject> both = new LinkedHashSet<>(rendered.canarySupport());
        both.addAll(rendered.stableSupport());
        return new ArrayList<>(both);
    }

    private static List<Map<String, Object>> maps(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::toMap).toList();
    }

    private static Map<String, Object> kept(KubeObject object) {
        return object.with(null, "metadata", "managedFields")
                .with(null, "status")
                .toMap();
    }
}
