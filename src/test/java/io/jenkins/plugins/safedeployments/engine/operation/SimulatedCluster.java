package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One namespace with an API server, its controllers and simulated time. Watches lag behind by a tenth of a second. Of
 * server-side apply it knows that what is applied is laid over what is there, and the preconditions; of who owns what only
 * what it is told.
 */
final class SimulatedCluster implements Cluster {

    static final Duration LAG = Duration.ofMillis(100);
    private static final Duration CONTROLLERS = Duration.ofMillis(10);
    private static final Duration COMMAND = Duration.ofSeconds(1);
    private static final Duration FOREVER = Duration.ofDays(365);

    /** How long a pod takes from when it is made until it is ready, or shows what is wrong with it. */
    Duration start = Duration.ofSeconds(1);

    /** What a tag names, where that is not the image of the same words: what was pushed to it since, say. */
    final Map<String, String> pushed = new LinkedHashMap<>();

    /** What pods of an image do from now on, by the words of another: something that they need is gone, say. */
    final Map<String, String> turned = new LinkedHashMap<>();

    /** Who manages a field of an object that the plugin applies, too, by the object: {@code Deployment addressbook-stable}. */
    final Map<String, ClusterException.FieldConflict> taken = new LinkedHashMap<>();

    /** The commands that were started, and the requests to pods, in order. */
    final List<String> started = new ArrayList<>();

    final List<String> asked = new ArrayList<>();

    /** What any container has written. */
    String log = "";

    /** Why no command can be started; null if they can. */
    ClusterException execRefusal;

    /** What runs, by pod. */
    final Map<String, CompletableFuture<Integer>> execs = new LinkedHashMap<>();

    private record Change(Instant at, Kind kind, String name, KubeObject object) {}

    private final SimulatedTime time;
    private final Map<Kind, Map<String, KubeObject>> objects = new LinkedHashMap<>();
    private final Map<Kind, Map<String, KubeObject>> initial = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Runnable> watchers = new ArrayList<>();
    private final SimulatedController controller = new SimulatedController(this);
    private final List<Runnable> observers = new ArrayList<>();
    private boolean pending;
    private int version;
    private int numbers;

    SimulatedCluster(SimulatedTime time) {
        this.time = time;
    }

    /** A copy at rest of another, with a time of its own. */
    SimulatedCluster(SimulatedTime time, SimulatedCluster other) {
        this.time = time;
        other.objects.forEach((kind, named) -> {
            objects.put(kind, new LinkedHashMap<>(named));
            initial.put(kind, new LinkedHashMap<>(named));
        });
        version = other.version;
        numbers = other.numbers;
    }

    /** Is told after each change, by whomever. */
    void observe(Runnable observer) {
        observers.add(observer);
    }

    /** Two are the same if and only if nothing was written in between. */
    int version() {
        return version;
    }

    Instant now() {
        return time.instant();
    }

    int nextNumber() {
        return ++numbers;
    }

    Collection<KubeObject> all(Kind kind) {
        return objects.computeIfAbsent(kind, k -> new LinkedHashMap<>()).values();
    }

    static boolean isReady(KubeObject pod) {
        KubeObject ready = pod.condition("Ready");
        return ready != null && ready.string("status").equals("True");
    }

    /** Ready pods of a Deployment, by name, which are those in the Service. */
    List<KubeObject> serving(String deployment) {
        return all(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith(deployment + "-") && isReady(pod))
                .toList();
    }

    /** Somebody else's change of an object, if it is there. */
    void edit(Kind kind, String name, Object value, String... path) {
        get(kind, name).ifPresent(object -> put(object.with(value, path)));
    }

    void changedIn(Duration delay) {
        time.in(delay, this::reconcile);
    }

    private void reconcile() {
        pending = false;
        controller.run();
    }

    /** Stores without any question, and raises version and, with a new spec or, of Deployments, annotations, generation. */
    KubeObject put(KubeObject object) {
        all(object.kind());
        Map<String, KubeObject> named = objects.get(object.kind());
        KubeObject existing = named.get(object.name());
        long generation = existing == null ? 0 : existing.generation();
        if (existing == null
                || !Objects.equals(existing.get("spec"), object.get("spec"))
                || (object.kind().equals(Kind.DEPLOYMENT)
                        && !annotations(existing).equals(annotations(object)))) {
            generation++;
        }
        Map<String, Object> metadata = new LinkedHashMap<>(object.map("metadata"));
        metadata.put("uid", existing == null ? "uid-" + nextNumber() : existing.uid());
        metadata.put("generation", (int) generation);
        metadata.put("resourceVersion", existing == null ? "" : existing.resourceVersion());
        KubeObject stored = object.with(metadata, "metadata");
        if (stored.equals(existing)) {
            return existing;
        }
        stored = stored.with(Integer.toString(++version), "metadata", "resourceVersion");
        named.put(stored.name(), stored);
        changed(stored.kind(), stored.name(), stored);
        return stored;
    }

    /** Without that of its controller, which is written together with the status. */
    private static Map<String, Object> annotations(KubeObject object) {
        Map<String, Object> annotations = new LinkedHashMap<>(object.map("metadata", "annotations"));
        annotations.remove("deployment.kubernetes.io/revision");
        return annotations;
    }

    void remove(KubeObject object) {
        if (objects.get(object.kind()).remove(object.name()) != null) {
            version++;
            changed(object.kind(), object.name(), null);
        }
    }

    private void changed(Kind kind, String name, KubeObject object) {
        changes.add(new Change(now(), kind, name, object));
        if (!pending) {
            pending = true;
            changedIn(CONTROLLERS);
            time.in(LAG.plus(CONTROLLERS), () -> List.copyOf(watchers).forEach(Runnable::run));
        }
        observers.forEach(Runnable::run);
    }

    @Override
    public String namespace() {
        return "shop";
    }

    @Override
    public boolean isNamespaced(Kind kind) {
        return true;
    }

    @Override
    public boolean isAllowed(String verb, Kind kind, String subresource) {
        return true;
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        all(kind);
        return Optional.ofNullable(objects.get(kind).get(name));
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return new ArrayList<>(all(kind));
    }

    @Override
    public List<KubeObject> list(Kind kind, String label, String value) {
        return list(kind).stream()
                .filter(object -> value.equals(object.map("metadata", "labels").get(label)))
                .toList();
    }

    @Override
    public KubeObject create(KubeObject object) {
        if (get(object.kind(), object.name()).isPresent()) {
            throw refusal(Reason.ALREADY_EXISTS, object, "already exists");
        }
        changedIn(start);
        return put(object.with(now().toString(), "metadata", "creationTimestamp"));
    }

    @Override
    public KubeObject update(KubeObject object) {
        seen(object);
        return put(object);
    }

    @Override
    public KubeObject apply(KubeObject object, boolean dryRun, boolean force) {
        KubeObject existing = get(object.kind(), object.name()).orElse(null);
        if (existing == null && !object.uid().isEmpty()) {
            throw refusal(Reason.CONFLICT, object, "is not there any more");
        }
        ClusterException.FieldConflict conflict = taken.get(object.toString());
        if (conflict != null && !force) {
            throw new ClusterException(Reason.FIELD_CONFLICT, "conflict", null, List.of(conflict), 0);
        }
        KubeObject merged =
                existing == null ? object : KubeObject.of(merged(seen(object).toMap(), object.toMap()));
        if (object.kind().equals(Kind.DEPLOYMENT) && merged.get("spec", "replicas") == null) {
            merged = merged.with(1, "spec", "replicas");
        }
        return dryRun ? merged : put(merged);
    }

    @Override
    public KubeObject merge(KubeObject seen, KubeObject patch) {
        return put(KubeObject.of(merged(seen(seen).toMap(), patch.toMap())));
    }

    @Override
    public void delete(KubeObject seen) {
        if (get(seen.kind(), seen.name()).isPresent()) {
            remove(seen(seen));
        }
    }

    private KubeObject seen(KubeObject bound) {
        KubeObject existing =
                get(bound.kind(), bound.name()).orElseThrow(() -> refusal(Reason.NOT_FOUND, bound, "not found"));
        if (!bound.uid().isEmpty() && !bound.uid().equals(existing.uid())) {
            throw refusal(Reason.CONFLICT, bound, "is another object of the same name by now");
        }
        if (!bound.resourceVersion().isEmpty() && !bound.resourceVersion().equals(existing.resourceVersion())) {
            throw refusal(Reason.CONFLICT, bound, "has been modified");
        }
        return existing;
    }

    /** A JSON merge patch (RFC 7396). */
    private static Map<String, Object> merged(Map<String, Object> into, Map<?, ?> patch) {
        patch.forEach((key, value) -> {
            String field = String.valueOf(key);
            if (value instanceof Map<?, ?> child) {
                Map<String, Object> below = new LinkedHashMap<>();
                if (into.get(field) instanceof Map<?, ?> existing) {
                    existing.forEach((k, v) -> below.put(String.valueOf(k), v));
                }
                into.put(field, merged(below, child));
            } else if (value == null) {
                into.remove(field);
            } else {
                into.put(field, value);
            }
        });
        return into;
    }

    private static ClusterException refusal(Reason reason, KubeObject object, String text) {
        return new ClusterException(reason, object + " " + text, null);
    }

    @Override
    public String log(String pod, String container, boolean previous, int maxLines) {
        return log;
    }

    /** Ends after a second; {@code false} with 1, {@code hang} never, everything else with 0. */
    @Override
    public Execution exec(String pod, String container, List<String> command, Consumer<String> lines) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        String uid = get(Kind.POD, pod).map(KubeObject::uid).orElse("");
        if (execRefusal != null) {
            throw execRefusal;
        }
        started.add(String.join(" ", command));
        execs.put(pod, code);
        time.in(command.get(0).equals("hang") ? FOREVER : COMMAND, () -> {
            if (get(Kind.POD, pod).filter(p -> p.uid().equals(uid)).isPresent()) {
                code.complete(command.get(0).equals("false") ? 1 : 0);
            } else {
                code.completeExceptionally(new IllegalStateException("the pod is gone"));
            }
        });
        return new Execution() {
            @Override
            public CompletableFuture<Integer> exitCode() {
                return code;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    /** Answers after a second: {@code /slow} never, {@code /fail} with 500, the rest with 200 and {@code hello}. */
    @Override
    public CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout) {
        CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
        asked.add(scheme + "://" + pod + ":" + port + path);
        if (!path.equals("/slow")) {
            int status = path.equals("/fail") ? 500 : 200;
            time.in(COMMAND, () -> answer.complete(new HttpAnswer(status, "hello", false)));
        }
        return answer;
    }

    @Override
    public View watch(Runnable changed) {
        watchers.add(changed);
        return new LateView(changed);
    }

    /** What the watches shared by all brought: complete after a moment, and always a little behind. */
    private final class LateView implements View {
        private final Runnable changed;
        private final Map<Kind, Map<String, KubeObject>> seen = new LinkedHashMap<>();
        private final Instant complete = now().plus(LAG);
        private int read;

        LateView(Runnable changed) {
            this.changed = changed;
            initial.forEach((kind, named) -> seen.put(kind, new LinkedHashMap<>(named)));
            time.in(LAG, changed);
        }

        private void show(Kind kind, String name, KubeObject object) {
            Map<String, KubeObject> named = seen.computeIfAbsent(kind, k -> new LinkedHashMap<>());
            if (object == null) {
                named.remove(name);
            } else {
                named.put(name, object);
            }
        }

        private Map<String, KubeObject> current(Kind kind) {
            while (read < changes.size() && !changes.get(read).at().isAfter(now().minus(LAG))) {
                Change change = changes.get(read++);
                show(change.kind(), change.name(), change.object());
            }
            return seen.getOrDefault(kind, Map.of());
        }

        @Override
        public boolean isComplete() {
            return !now().isBefore(complete);
        }

        @Override
        public Optional<KubeObject> get(Kind kind, String name) {
            return Optional.ofNullable(current(kind).get(name));
        }

        @Override
        public List<KubeObject> list(Kind kind) {
            return new ArrayList<>(current(kind).values());
        }

        @Override
        public void close() {
            watchers.remove(changed);
        }
    }
}
