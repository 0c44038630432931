package io.jenkins.plugins.safedeployments.engine.cluster;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * One namespace as an API server without controllers keeps it: it gives UIDs, resource versions and generations, and
 * refuses what is bound to another state of an object. It knows neither defaults nor the ownership of fields: an apply is
 * laid over what is there.
 */
public final class InMemoryCluster implements Cluster {

    private static final Set<String> OF_THE_WHOLE_CLUSTER =
            Set.of("Namespace", "ClusterRole", "ClusterRoleBinding", "PersistentVolume");
    private static final Set<String> GROUPS = Set.of("apps", "autoscaling", "batch", "coordination.k8s.io", "policy");

    private final String namespace;
    /** What the credentials do not allow: {@code delete ConfigMap}. */
    public final Set<String> denied = new HashSet<>();

    private final Map<Kind, Map<String, KubeObject>> objects = new LinkedHashMap<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final Deque<Runnable> interruptions = new ArrayDeque<>();
    private int version;
    private int uids;

    public InMemoryCluster(String namespace) {
        this.namespace = namespace;
    }

    /** Has something happen between the next look and the write that follows it. */
    public synchronized void beforeNextWrite(Runnable interruption) {
        interruptions.add(interruption);
    }

    /** The version of the whole: two are the same if and only if nothing was written in between. */
    public synchronized int version() {
        return version;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public boolean isNamespaced(Kind kind) {
        int slash = kind.apiVersion().indexOf('/');
        String group = slash < 0 ? "" : kind.apiVersion().substring(0, slash);
        if (!group.isEmpty() && !GROUPS.contains(group) && !group.endsWith(".k8s.io")) {
            throw new UserException("The cluster has no " + kind + ".");
        }
        return !OF_THE_WHOLE_CLUSTER.contains(kind.kind());
    }

    @Override
    public boolean isAllowed(String verb, Kind kind, String subresource) {
        return !denied.contains(verb + " " + kind.kind());
    }

    @Override
    public synchronized Optional<KubeObject> get(Kind kind, String name) {
        return Optional.ofNullable(of(kind).get(name));
    }

    @Override
    public synchronized List<KubeObject> list(Kind kind) {
        return new ArrayList<>(of(kind).values());
    }

    @Override
    public synchronized List<KubeObject> list(Kind kind, String label, String value) {
        return list(kind).stream()
                .filter(object -> value.equals(object.map("metadata", "labels").get(label)))
                .toList();
    }

    @Override
    public synchronized KubeObject create(KubeObject object) {
        interrupt();
        if (of(object.kind()).containsKey(object.name())) {
            throw refusal(Reason.ALREADY_EXISTS, object, "already exists");
        }
        return store(object, null);
    }

    @Override
    public synchronized KubeObject update(KubeObject object) {
        interrupt();
        if (object.resourceVersion().isEmpty()) {
            throw refusal(Reason.INVALID, object, "must say which version it replaces");
        }
        return store(object, seen(object));
    }

    @Override
    public synchronized KubeObject apply(KubeObject object, boolean dryRun, boolean force) {
        interrupt();
        KubeObject existing = of(object.kind()).get(object.name());
        if (existing == null) {
            if (!object.uid().isEmpty() || !object.resourceVersion().isEmpty()) {
                throw refusal(Reason.CONFLICT, object, "is not there any more");
            }
            return dryRun ? object : store(object, null);
        }
        KubeObject merged = KubeObject.of(merged(seen(object).toMap(), object.toMap()));
        return dryRun ? merged : store(merged, existing);
    }

    @Override
    public synchronized KubeObject merge(KubeObject seen, KubeObject patch) {
        interrupt();
        KubeObject existing = seen(seen);
        return store(KubeObject.of(merged(existing.toMap(), patch.toMap())), existing);
    }

    @Override
    public synchronized void delete(KubeObject seen) {
        interrupt();
        if (of(seen.kind()).containsKey(seen.name())) {
            seen(seen);
            of(seen.kind()).remove(seen.name());
            version++;
            watchers.forEach(Runnable::run);
        }
    }

    @Override
    public String log(String pod, String container, boolean previous, int maxLines) {
        return "";
    }

    @Override
    public Execution exec(String pod, String container, List<String> command, Consumer<String> lines) {
        CompletableFuture<Integer> done = CompletableFuture.completedFuture(0);
        return new Execution() {
            @Override
            public CompletableFuture<Integer> exitCode() {
                return done;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    /** Nobody listens. */
    @Override
    public CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout) {
        return CompletableFuture.completedFuture(new HttpAnswer(503, "error trying to reach service", false));
    }

    @Override
    public View watch(Runnable changed) {
        watchers.add(changed);
        return new View() {
            @Override
            public boolean isComplete() {
                return true;
            }

            @Override
            public Optional<KubeObject> get(Kind kind, String name) {
                return InMemoryCluster.this.get(kind, name);
            }

            @Override
            public List<KubeObject> list(Kind kind) {
                return InMemoryCluster.this.list(kind);
            }

            @Override
            public void close() {
                watchers.remove(changed);
            }
        };
    }

    private Map<String, KubeObject> of(Kind kind) {
        return objects.computeIfAbsent(kind, k -> new LinkedHashMap<>());
    }

    private void interrupt() {
        Runnable interruption = interruptions.poll();
        if (interruption != null) {
            interruption.run();
        }
    }

    /** What is there under the object's name, if it is what the object was bound to. */
    private KubeObject seen(KubeObject bound) {
        KubeObject existing = of(bound.kind()).get(bound.name());
        if (existing == null) {
            throw refusal(Reason.NOT_FOUND, bound, "not found");
        }
        if (!bound.uid().isEmpty() && !bound.uid().equals(existing.uid())) {
            throw refusal(Reason.CONFLICT, bound, "is another object of the same name by now");
        }
        if (!bound.resourceVersion().isEmpty() && !bound.resourceVersion().equals(existing.resourceVersion())) {
            throw refusal(Reason.CONFLICT, bound, "has been modified");
        }
        return existing;
    }

    private KubeObject store(KubeObject object, KubeObject existing) {
        boolean changed = existing == null || !Objects.equals(existing.get("spec"), object.get("spec"));
        long generation = existing == null ? 0 : existing.generation();
        KubeObject stored = object.with(namespace, "metadata", "namespace")
                .with(existing == null ? "uid-" + ++uids : existing.uid(), "metadata", "uid")
                .with((int) (changed ? generation + 1 : generation), "metadata", "generation");
        if (existing != null
                && stored.with(existing.resourceVersion(), "metadata", "resourceVersion")
                        .equals(existing)) {
            return existing;
        }
        stored = stored.with(Integer.toString(++version), "metadata", "resourceVersion");
        of(stored.kind()).put(stored.name(), stored);
        watchers.forEach(Runnable::run);
        return stored;
    }

    /** A JSON merge patch (RFC 7396). */
    private static Map<String, Object> merged(Map<String, Object> into, Map<?, ?> patch) {
        patch.forEach((key, value) -> {
            String field = String.valueOf(key);
            if (value == null) {
                into.remove(field);
            } else if (value instanceof Map<?, ?> child) {
                Map<String, Object> below = new LinkedHashMap<>();
                if (into.get(field) instanceof Map<?, ?> existing) {
                    existing.forEach((k, v) -> below.put(String.valueOf(k), v));
                }
                into.put(field, merged(below, child));
            } else {
                into.put(field, value);
            }
        });
        return into;
    }

    private static ClusterException refusal(Reason reason, KubeObject object, String text) {
        return new ClusterException(reason, object + " " + text, null);
    }
}
