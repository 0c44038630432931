package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.RenewingCluster;
import io.jenkins.plugins.safedeployments.engine.operation.ReleaseEngine;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way of one operation into a cluster, by the shared clients. When the credentials are no longer accepted they are looked
 * up again, and if they have changed the operation goes on with them. Close it when the operation is over.
 */
public final class ClusterLogin implements AutoCloseable {

    private final ReleaseRuntime runtime;
    private final Supplier<ClusterAccess> credentials;
    private final Consumer<ClusterAccess> renewed;
    private final ReleaseEngine engine;
    private final Cluster cluster;
    private final String namespace;
    private ClusterAccess access;
    private boolean closed;

    /**
     * @param access what the credentials say now
     * @param credentials looks them up again
     * @param renewed is told what they say then, before it is used: its secrets must not be shown
     */
    public ClusterLogin(
            String namespace,
            ClusterAccess access,
            Supplier<ClusterAccess> credentials,
            Consumer<ClusterAccess> renewed) {
        this.runtime = ReleaseRuntime.get();
        this.namespace = namespace;
        this.access = access;
        this.credentials = credentials;
        this.renewed = renewed;
        this.engine = runtime.engine(access);
        this.cluster = new RenewingCluster(runtime.connect(access).namespace(namespace), this::renew);
    }

    /** What runs operations on this cluster. */
    @NonNull
    public ReleaseEngine engine() {
        return engine;
    }

    @NonNull
    public Cluster cluster() {
        return cluster;
    }

    @CheckForNull
    private synchronized Cluster renew() {
        ClusterAccess next = credentials.get();
        if (closed || next.equals(access)) {
            return null;
        }
        renewed.accept(next);
        Cluster other = runtime.connect(next).namespace(namespace);
        runtime.leave(access);
        access = next;
        return other;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            runtime.leave(access);
        }
    }
}
