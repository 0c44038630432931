package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way of one driver to the cluster, on which its requests meet their faults. */
final class FaultyCluster implements Cluster {

    /** Thrown through everything: the controller is no more. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("the controller is dead", null, false, false);
        }
    }

    private final SimulatedCluster cluster;
    private final CrashRun run;
    private boolean dead;

    FaultyCluster(SimulatedCluster cluster, CrashRun run) {
        this.cluster = cluster;
        this.run = run;
    }

    boolean isDead() {
        return dead;
    }

    private <T> T call(String verb, String object, boolean write, Supplier<T> request) {
        if (dead) {
            throw new Death();
        }
        if (cluster.now().isBefore(run.unreachable)) {
            throw new ClusterException(Reason.UNREACHABLE, "The host of https://test is not known", null);
        }
        Fault fault = run.next(this, verb + " " + object, write);
        if (fault == Fault.DEATH_BEFORE) {
            die();
        }
        if (fault == Fault.CONFLICT && write) {
            throw new ClusterException(Reason.CONFLICT, "the object has been modified", null);
        }
        if (fault == Fault.UNAVAILABLE) {
            throw new ClusterException(Reason.UNAVAILABLE, "no answer", null);
        }
        T answer = request.get();
        run.done(verb, object);
        if (fault == Fault.DEATH_BEFORE_ANSWER) {
            die();
        }
        if (fault == Fault.UNAVAILABLE_BUT_DONE) {
            throw new ClusterException(Reason.UNAVAILABLE, "no answer", null);
        }
        dead |= fault == Fault.DEATH_AFTER; // somebody may have killed it meanwhile
        return answer;
    }

    /** Between two requests. */
    void kill() {
        dead = true;
    }

    private void die() {
        dead = true;
        throw new Death();
    }

    @Override
    public String namespace() {
        return cluster.namespace();
    }

    @Override
    public boolean isNamespaced(Kind kind) {
        return cluster.isNamespaced(kind);
    }

    @Override
    public boolean isAllowed(String verb, Kind kind, String subresource) {
        return true;
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        return call("get", kind.kind() + " " + name, false, () -> cluster.get(kind, name));
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return call("list", kind.kind(), false, () -> cluster.list(kind));
    }

    @Override
    public List<KubeObject> list(Kind kind, String label, String value) {
        return call("list", kind.kind(), false, () -> cluster.list(kind, label, value));
    }

    @Override
    public KubeObject create(KubeObject object) {
        return call("create", object.toString(), true, () -> cluster.create(object));
    }

    @Override
    public KubeObject update(KubeObject object) {
        return call("update", object.toString(), true, () -> cluster.update(object));
    }

    @Override
    public KubeObject apply(KubeObject object, boolean dryRun, boolean force) {
        return call(dryRun ? "check" : "apply", object.toString(), !dryRun, () -> cluster.apply(object, dryRun, force));
    }

    @Override
    public KubeObject merge(KubeObject seen, KubeObject patch) {
        return call("merge", seen.toString(), true, () -> cluster.merge(seen, patch));
    }

    @Override
    public void delete(KubeObject seen) {
        call("delete", seen.toString(), true, () -> {
            cluster.delete(seen);
            return null;
        });
    }

    @Override
    public String log(String pod, String container, boolean previous, int maxLines) {
        return call("log", pod, false, () -> cluster.log(pod, container, previous, maxLines));
    }

    @Override
    public Execution exec(String pod, String container, List<String> command, Consumer<String> lines) {
        return call("exec", pod, false, () -> cluster.exec(pod, container, command, lines));
    }

    @Override
    public CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout) {
        return call("ask", pod, false, () -> cluster.http(pod, scheme, port, path, timeout));
    }

    @Override
    public View watch(Runnable changed) {
        return cluster.watch(changed);
    }
}
