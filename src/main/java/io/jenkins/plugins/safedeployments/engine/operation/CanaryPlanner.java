package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.manifest.ManifestRenderer;
import io.jenkins.plugins.safedeployments.engine.manifest.Rendered;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the plan of a release, and checks all of it with the API server before anything is written. */
final class CanaryPlanner {

    private final Session session;
    private final CanaryRequest request;
    private final Target target;
    private final Cluster cluster;
    private Map<String, String> files;

    CanaryPlanner(Session session, CanaryRequest request) {
        this.session = session;
        this.request = request;
        this.target = session.target();
        this.cluster = session.cluster();
    }

    /** Renders the manifests and has everything checked; nothing is stored by it. */
    Rendered renderAndCheck() {
        KubeObject stable = stable();
        sizes(stable);
        Rendered rendered = render(stable);
        servicesKeepTraffic(rendered, stable);
        kindsAreAllowed(rendered);
        canaryIsNobodysElse();
        int checked = dryRun(rendered);
        service(rendered);
        session.report().line("checked", checked + " objects by the API server (dry run)");
        return rendered;
    }

    /** The plan, by what stable is at this moment. */
    Plan plan(Rendered rendered) {
        KubeObject stable = stable();
        Integer original = stable == null ? null : replicas(stable);
        return new Plan(
                request.image().strip(),
                service(rendered),
                request.replicas(),
                original,
                sizes(stable),
                rendered.manifestReplicas(),
                rendered.canary().toMap(),
                rendered.stable().toMap(),
                maps(rendered.canarySupport()),
                maps(rendered.stableSupport()),
                stable == null ? null : before(stable));
    }

    private Rendered render(@CheckForNull KubeObject stable) {
        if (files == null) {
            files = request.files().get();
        }
        return new ManifestRenderer(target, files, request.variables(), request.image())
                .render(request.replicas(), stable == null ? request.replicas() : replicas(stable));
    }

    @CheckForNull
    private KubeObject stable() {
        return cluster.get(Kind.DEPLOYMENT, target.deployment(Track.STABLE)).orElse(null);
    }

    private static int replicas(KubeObject deployment) {
        return deployment.integer(1, "spec", "replicas");
    }

    /** The size of stable beside the canary: as asked, or so that the total stays, but at least 1; null without stable. */
    @CheckForNull
    private Integer sizes(@CheckForNull KubeObject stable) {
        if (stable == null) {
            return null;
        }
        int now = replicas(stable);
        if (now < 1) {
            throw new UserException(
                    stable + " has 0 replicas, so there is nothing that the canary could be compared with or"
                            + " that a rollback could return to: scale it up first.");
        }
        Integer asked = request.stableReplicas();
        if (asked != null && asked > now) {
            throw new UserException("'stableReplicas' is " + asked + ", but " + stable + " has " + now
                    + ": a canary does not make stable bigger.");
        }
        if (!new Workloads(cluster, target).autoscaler(Track.STABLE).isEmpty()) {
            return now;
        }
        return asked != null ? asked : Math.max(1, now - request.replicas());
    }

    private void kindsAreAllowed(Rendered rendered) {
        for (KubeObject object : supportOfBoth(rendered)) {
            if (!object.kind().equals(Kind.NAMESPACE) && !cluster.isNamespaced(object.kind())) {
                throw new UserException(object + " belongs to the whole cluster, not to " + target.namespace()
                        + ": a release changes its own namespace only. Apply it by other means.");
            }
        }
    }

    private void canaryIsNobodysElse() {
        cluster.get(Kind.DEPLOYMENT, target.deployment(Track.CANARY)).ifPresent(canary -> {
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
            cluster.get(Kind.SERVICE, service.name())
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
        for (KubeObject object : objects) {
            try {
                cluster.apply(object, true, false);
            } catch (ClusterException e) {
                refused(object, e);
            }
        }
        return objects.size();
    }

    /** Nothing can be checked in a namespace that is not there, so a missing one is made first. */
    private void namespace(KubeObject namespace) {
        if (cluster.get(Kind.NAMESPACE, namespace.name()).isEmpty()) {
            cluster.apply(namespace, false, false);
            session.report().line("applied", namespace + " (created, so that the rest can be checked in it)");
        }
    }

    private void refused(KubeObject object, ClusterException e) {
        switch (e.reason()) {
            case FIELD_CONFLICT -> Workloads.checkConflicts(object, e);
            case NOT_FOUND ->
                throw new UserException(
                        "There is no namespace '" + target.namespace() + "' on the cluster: create it, or add it to the"
                                + " manifests.",
                        e);
            case INVALID, FORBIDDEN ->
                throw new UserException("The API server refuses " + object + ": " + e.getMessage(), e);
            default -> throw e;
        }
    }

    /** The Service that brings traffic to both tracks, or an empty string where there is none. */
    private String service(Rendered rendered) {
        Map<String, Object> canary = rendered.canary().map("spec", "template", "metadata", "labels");
        Map<String, Object> stable = rendered.stable().map("spec", "template", "metadata", "labels");
        Set<String> both = new LinkedHashSet<>();
        Set<String> one = new LinkedHashSet<>();
        List<KubeObject> services = new ArrayList<>(supportOfBoth(rendered).stream()
                .filter(object -> object.kind().equals(Kind.SERVICE))
                .toList());
        if (services.isEmpty() || !request.service().isEmpty()) {
            services.addAll(servicesOfNamespace());
        }
        for (KubeObject service : services) {
            Map<String, Object> selector = service.map("spec", "selector");
            boolean ofCanary = KubeObject.selects(selector, canary);
            boolean ofStable = KubeObject.selects(selector, stable);
            if (ofCanary && ofStable) {
                both.add(service.name());
            } else if (ofCanary || ofStable) {
                one.add(service.name());
            }
        }
        return chosen(both, one);
    }

    private String chosen(Set<String> both, Set<String> one) {
        String asked = request.service();
        if (!asked.isEmpty()) {
            if (both.contains(asked)) {
                return asked;
            }
            throw new UserException("'service' is '" + asked + "', but "
                    + (one.contains(asked)
                            ? "its selector reaches only one of the two tracks: leave out the label that tells them apart."
                            : "there is no Service of that name which selects the pods."));
        }
        if (both.size() == 1) {
            return both.iterator().next();
        }
        if (both.size() > 1) {
            throw new UserException("The Services " + String.join(", ", both)
                    + " all reach both tracks: say with 'service' which one brings the traffic.");
        }
        if (!one.isEmpty()) {
            throw new UserException("The selector of Service " + String.join(", ", one) + " reaches only one of the two"
                    + " tracks, so the canary would get no traffic or stable would lose it: leave out the label that tells"
                    + " them apart.");
        }
        return "";
    }

    private List<KubeObject> servicesOfNamespace() {
        try {
            return cluster.list(Kind.SERVICE);
        } catch (ClusterException e) {
            if (e.reason() == Reason.FORBIDDEN) {
                return List.of();
            }
            throw e;
        }
    }

    private static List<KubeObject> supportOfBoth(Rendered rendered) {
        Set<KubeObject> both = new LinkedHashSet<>(rendered.canarySupport());
        both.addAll(rendered.stableSupport());
        return new ArrayList<>(both);
    }

    private static List<Map<String, Object>> maps(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::toMap).toList();
    }

    private static Map<String, Object> before(KubeObject stable) {
        return stable.with(null, "metadata", "managedFields")
                .with(null, "status")
                .toMap();
    }
}
