package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.PeriodicWork;
import hudson.security.ACL;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.operation.ReleaseEngine;
import java.time.Clock;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import jenkins.util.Timer;

/**
 * What all releases of this Jenkins share: the engine, the few threads that make its requests, and one client for each
 * cluster and credentials.
 */
@Extension
public final class ReleaseRuntime extends PeriodicWork {

    /** Looks are short; more threads would only send more requests at the same time. */
    private static final int THREADS = 8;

    private static final long IDLE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            new NamingThreadFactory(new DaemonThreadFactory(), "safe-deployments"));

    private final Executor workers = new ImpersonatingExecutorService(threads, ACL.SYSTEM2);
    private final Clock clock = Clock.systemUTC();
    private final ReleaseEngine engine = new ReleaseEngine(Timer.get(), workers, clock);
    private final Map<ClusterAccess, Shared> connections = new HashMap<>();
    private volatile boolean terminated;

    public ReleaseRuntime() {
        threads.allowCoreThreadTimeOut(true);
    }

    @NonNull
    public static ReleaseRuntime get() {
        return ExtensionList.lookupSingleton(ReleaseRuntime.class);
    }

    @NonNull
    public ReleaseEngine engine() {
        return engine;
    }

    @NonNull
    public Clock clock() {
        return clock;
    }

    /** Does something that may wait for a network or an agent, as SYSTEM, on one of the shared threads. */
    public void execute(Runnable work) {
        workers.execute(work);
    }

    /** A client, shared with others that have the same access; give it back with {@link #leave}. */
    @NonNull
    public synchronized KubernetesConnection connect(ClusterAccess access) {
        Shared shared = connections.computeIfAbsent(access, a -> new Shared(KubernetesConnection.open(a)));
        shared.users++;
        return shared.connection;
    }

    /** No longer needed by one of its users. */
    public synchronized void leave(ClusterAccess access) {
        Shared shared = connections.get(access);
        if (shared != null) {
            shared.users--;
            shared.idleSince = clock.millis();
        }
    }

    /** Whether Jenkins goes down: what ends from now on has not failed, it is taken up again after the restart. */
    public boolean isTerminated() {
        return terminated;
    }

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.MINUTES.toMillis(1);
    }

    /** Closes clients that nobody has used for a while. */
    @Override
    protected synchronized void doRun() {
        long now = clock.millis();
        for (Iterator<Shared> all = connections.values().iterator(); all.hasNext(); ) {
            Shared shared = all.next();
            if (shared.users == 0 && now - shared.idleSince > IDLE_MILLIS) {
                all.remove();
                shared.connection.close();
            }
        }
    }

    /** Without it a Jenkins that is restarted in the same process would have two drivers for each release. */
    @Terminator
    public static void terminate() {
        ReleaseRuntime runtime = get();
        runtime.terminated = true;
        runtime.threads.shutdownNow();
        synchronized (runtime) {
            runtime.connections.values().forEach(shared -> shared.connection.close());
            runtime.connections.clear();
        }
    }

    private static final class Shared {
        final KubernetesConnection connection;
        int users;
        long idleSince;

        Shared(KubernetesConnection connection) {
            this.connection = connection;
        }
    }
}
