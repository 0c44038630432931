package io.jenkins.plugins.safedeployments.engine.bench;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

/** What {@code bench/run scale} measures with more, where a number must not grow with that of the releases. */
public class ScaleClusterTest {

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void releasesThatWaitInOneNamespaceShareItsWatchesAndThreads() throws Exception {
        try (FaultProxy proxy = new FaultProxy(TestCluster.access());
                WarmController controller = new WarmController(proxy.access("token"))) {
            Waiters waiters = new Waiters(controller);
            waiters.start(target.namespace(), 5);
            long watches = watches(proxy);
            int threads = threads();

            waiters.start(target.namespace(), 20);

            assertThat(watches, greaterThan(0L));
            assertThat("watches opened for 25 releases instead of 5", watches(proxy), is(watches));
            assertThat(
                    "threads with 25 releases instead of 5, of which each worker's request may take one",
                    threads(),
                    lessThanOrEqualTo(threads + WarmController.THREADS));
        }
    }

    private static long watches(FaultProxy proxy) {
        return proxy.requests().stream().filter(FaultProxy.Request::isWatch).count();
    }

    /** Without those of the proxy, which has one or two for each connection. */
    private static int threads() {
        Map<String, Integer> threads = BusyThreads.byName();
        threads.remove("fault-proxy");
        return BusyThreads.count(threads);
    }
}
