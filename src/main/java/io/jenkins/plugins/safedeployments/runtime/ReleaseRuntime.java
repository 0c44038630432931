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
import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.operation.Lane;
import io.jenkins.plugins.safedeployments.engine.operation.ReleaseEngine;
import java.time.Clock;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import jenkins.util.Timer;

/**
 * What all releases of this Jenkins share: for each cluster an engine with a few threads and a budget of requests, and for
 * each cluster and credentials a client.
 */
@Extension
public final class ReleaseRuntime extends PeriodicWork {

    /** For work that belongs to no cluster yet, such as reading manifests from an agent. */
    private static final int THREADS = 8;

    /** For work that waits for nobody. */
    private static final int SOON_THREADS = 2;

    private static final long IDLE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private final ThreadPoolExecutor threads = pool(THREADS, "safe-deployments");

    /** Apart, so that agents and clusters that hang hold up nothing that needs none. */
    private final ThreadPoolExecutor soonThreads = pool(SOON_THREADS, "safe-deployments-soon");

    /** Looks at clusters: as many threads as their lanes let through, which are a few for each cluster. */
    private final ThreadPoolExecutor lookers = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.MINUTES,
            new SynchronousQueue<>(),
            new NamingThreadFactory(new DaemonThreadFactory(), "safe-deployments-cluster"));

    private final Executor workers = new ImpersonatingExecutorService(threads, ACL.SYSTEM2);
    private final Executor soonWorkers = new ImpersonatingExecutorService(soonThreads, ACL.SYSTEM2);
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Server> servers = new HashMap<>();
    private final Map<ClusterAccess, Shared> connections = new HashMap<>();
    private volatile boolean terminated;

    private static ThreadPoolExecutor pool(int size, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size,
                size,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new NamingThreadFactory(new DaemonThreadFactory(), name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @NonNull
    public static ReleaseRuntime get() {
        return ExtensionList.lookupSingleton(ReleaseRuntime.class);
    }

    /** What runs operations on the cluster of this URL; one that does not answer holds up none of the others. */
    @NonNull
    public synchronized ReleaseEngine engine(ClusterAccess access) {
        return server(access).engine;
    }

    private Server server(ClusterAccess access) {
        return servers.computeIfAbsent(access.url(), url -> {
            RequestBudget budget = new RequestBudget(clock);
            Executor lane = new Lane(new ImpersonatingExecutorService(lookers, ACL.SYSTEM2), Timer.get(), budget);
            return new Server(budget, new ReleaseEngine(Timer.get(), lane, clock));
        });
    }

    @NonNull
    public Clock clock() {
        return clock;
    }

    /** Does something that may wait for a network or an agent, as SYSTEM, on one of the shared threads. */
    public void execute(Runnable work) {
        workers.execute(work);
    }

    /** Does something that waits for neither, as SYSTEM, on threads that nothing keeps busy for long. */
    public void executeSoon(Runnable work) {
        soonWorkers.execute(work);
    }

    /** A client, shared with others that have the same access; give it back with {@link #leave}. */
    @NonNull
    public synchronized KubernetesConnection connect(ClusterAccess access) {
        Shared shared =
                connections.computeIfAbsent(access, a -> new Shared(KubernetesConnection.open(a, server(a).budget)));
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
        runtime.soonThreads.shutdownNow();
        runtime.lookers.shutdownNow();
        synchronized (runtime) {
            runtime.connections.values().forEach(shared -> shared.connection.close());
            runtime.connections.clear();
        }
    }

    /** What all clients of one API server share; a few bytes each, kept for good. */
    private record Server(RequestBudget budget, ReleaseEngine engine) {}

    private static final class Shared {
        final KubernetesConnection connection;
        int users;
        long idleSince;

        Shared(KubernetesConnection connection) {
            this.connection = connection;
        }
    }
}
