package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * The watches of one namespace, for everybody who waits for something in it: begun by the first, ended with the last. The
 * client library's informers list, watch, and list again when a watch has expired.
 */
final class NamespaceWatch {

    private static final Map<Kind, String> WATCHED = Map.of(
            Kind.DEPLOYMENT, "deployments",
            Kind.REPLICA_SET, "replicasets",
            Kind.POD, "pods",
            Kind.ENDPOINTS, "endpoints");

    private final KubernetesClient client;
    private final String namespace;
    private final Map<Kind, Seen> seen = new LinkedHashMap<>();
    private final Set<Listener> listeners = new CopyOnWriteArraySet<>();

    NamespaceWatch(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Begins to watch, unless that goes on already. */
    @NonNull
    synchronized View open(Runnable changed) {
        Listener listener = new Listener(changed);
        listeners.add(listener);
        if (seen.isEmpty()) {
            WATCHED.forEach((kind, plural) -> seen.put(kind, new Seen(kind, plural)));
            seen.values().forEach(Seen::start);
        }
        return listener;
    }

    private synchronized void leave(Listener listener) {
        listeners.remove(listener);
        if (listeners.isEmpty()) {
            close();
        }
    }

    synchronized void close() {
        seen.values().forEach(Seen::stop);
        seen.clear();
    }

    private synchronized Optional<Seen> seen(Kind kind) {
        return Optional.ofNullable(seen.get(kind));
    }

    private synchronized boolean isComplete() {
        return !seen.isEmpty() && seen.values().stream().allMatch(Seen::isComplete);
    }

    private void tellAll() {
        listeners.forEach(listener -> listener.changed.run());
    }

    /** The objects of one kind, as the watch has brought them. */
    private final class Seen implements ResourceEventHandler<GenericKubernetesResource> {
        private final Map<String, KubeObject> objects = new ConcurrentHashMap<>();
        private final SharedIndexInformer<GenericKubernetesResource> informer;
        private volatile boolean listed;

        Seen(Kind kind, String plural) {
            int slash = kind.apiVersion().indexOf('/');
            ResourceDefinitionContext type = new ResourceDefinitionContext.Builder()
                    .withGroup(slash < 0 ? "" : kind.apiVersion().substring(0, slash))
                    .withVersion(kind.apiVersion().substring(slash + 1))
                    .withKind(kind.kind())
                    .withPlural(plural)
                    .withNamespaced(true)
                    .build();
            informer = client.genericKubernetesResources(type)
                    .inNamespace(namespace)
                    .runnableInformer(0)
                    .addEventHandler(this)
                    // whatever happened, it begins anew; meanwhile the waiting ones ask the API server now and then
                    .exceptionHandler((started, problem) -> true);
        }

        void start() {
            informer.start().whenComplete((nothing, problem) -> {
                listed = problem == null;
                tellAll();
            });
        }

        void stop() {
            informer.stop();
        }

        boolean isComplete() {
            return listed;
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            put(object);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            put(object);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            objects.remove(object.getMetadata().getName());
            tellAll();
        }

        @SuppressWarnings("unchecked")
        private void put(GenericKubernetesResource object) {
            Map<String, Object> tree = client.getKubernetesSerialization().convertValue(object, Map.class);
            objects.put(object.getMetadata().getName(), KubeObject.of(tree).with(null, "metadata", "managedFields"));
            tellAll();
        }
    }

    private final class Listener implements View {
        private final Runnable changed;

        Listener(Runnable changed) {
            this.changed = changed;
        }

        @Override
        public boolean isComplete() {
            return NamespaceWatch.this.isComplete();
        }

        @Override
        public Optional<KubeObject> get(Kind kind, String name) {
            return seen(kind).map(watched -> watched.objects.get(name));
        }

        @Override
        public List<KubeObject> list(Kind kind) {
            return seen(kind)
                    .<List<KubeObject>>map(watched -> new ArrayList<>(watched.objects.values()))
                    .orElse(List.of());
        }

        @Override
        public void close() {
            leave(this);
        }
    }
}
