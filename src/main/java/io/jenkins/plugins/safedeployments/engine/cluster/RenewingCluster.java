package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A cluster whose credentials may be renewed while it is used: tokens live for minutes, releases for days. A request that
 * is refused for its credentials (401), so has not been done, is sent once more with new ones if there are any.
 */
public final class RenewingCluster implements Cluster {

    private final Supplier<Cluster> renewal;
    private volatile Cluster current;

    /** @param renewal the cluster with credentials that were looked up anew; null if they are the same as before */
    public RenewingCluster(Cluster first, Supplier<Cluster> renewal) {
        this.current = first;
        this.renewal = renewal;
    }

    private <T> T call(Function<Cluster, T> request) {
        Cluster used = current;
        try {
            return request.apply(used);
        } catch (ClusterException e) {
            Cluster renewed = e.reason() == Reason.UNAUTHORIZED ? renewed(used, e) : null;
            if (renewed == null) {
                throw e;
            }
            return request.apply(renewed);
        }
    }

    @CheckForNull
    private synchronized Cluster renewed(Cluster used, ClusterException refusal) {
        if (current != used) {
            return current; // by another thread
        }
        try {
            Cluster next = renewal.get();
            if (next != null) {
                current = next;
            }
            return next;
        } catch (UserException e) {
            refusal.addSuppressed(e); // they are gone, or of no use; they may come back
            return null;
        }
    }

    @Override
    public String namespace() {
        return current.namespace();
    }

    @Override
    public boolean isNamespaced(Kind kind) {
        return call(cluster -> cluster.isNamespaced(kind));
    }

    @Override
    public boolean isAllowed(String verb, Kind kind, String subresource) {
        return call(cluster -> cluster.isAllowed(verb, kind, subresource));
    }

    @Override
    public Optional<KubeObject> get(Kind kind, String name) {
        return call(cluster -> cluster.get(kind, name));
    }

    @Override
    public List<KubeObject> list(Kind kind) {
        return call(cluster -> cluster.list(kind));
    }

    @Override
    public List<KubeObject> list(Kind kind, String label, String value) {
        return call(cluster -> cluster.list(kind, label, value));
    }

    @Override
    public KubeObject create(KubeObject object) {
        return call(cluster -> cluster.create(object));
    }

    @Override
    public KubeObject update(KubeObject object) {
        return call(cluster -> cluster.update(object));
    }

    @Override
    public KubeObject apply(KubeObject object, boolean dryRun, boolean force) {
        return call(cluster -> cluster.apply(object, dryRun, force));
    }

    @Override
    public KubeObject merge(KubeObject seen, KubeObject patch) {
        return call(cluster -> cluster.merge(seen, patch));
    }

    @Override
    public void delete(KubeObject seen) {
        call(cluster -> {
            cluster.delete(seen);
            return null;
        });
    }

    @Override
    public String log(String pod, String container, boolean previous, int maxLines) {
        return call(cluster -> cluster.log(pod, container, previous, maxLines));
    }

    @Override
    public Execution exec(String pod, String container, List<String> command, Consumer<String> lines) {
        return call(cluster -> cluster.exec(pod, container, command, lines));
    }

    @Override
    public CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout) {
        return call(cluster -> cluster.http(pod, scheme, port, path, timeout));
    }

    @Override
    public View watch(Runnable changed) {
        return new RenewedView(changed);
    }

    /** What the watches with the present credentials have brought. */
    private final class RenewedView implements View {
        private final Runnable changed;
        private Cluster of;
        private View view;

        RenewedView(Runnable changed) {
            this.changed = changed;
            view();
        }

        private synchronized View view() {
            Cluster now = current;
            if (of != now) {
                if (view != null) {
                    view.close();
                }
                view = now.watch(changed);
                of = now;
            }
            return view;
        }

        @Override
        public boolean isComplete() {
            return view().isComplete();
        }

        @Override
        public Optional<KubeObject> get(Kind kind, String name) {
            return view().get(kind, name);
        }

        @Override
        public List<KubeObject> list(Kind kind) {
            return view().list(kind);
        }

        @Override
        public synchronized void close() {
            view.close();
        }
    }
}
