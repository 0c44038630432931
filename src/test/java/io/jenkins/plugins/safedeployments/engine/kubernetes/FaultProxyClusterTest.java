package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.operation.AskedCanary;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryDeploy;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryRequest;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import io.jenkins.plugins.safedeployments.engine.operation.Force;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteRequest;
import io.jenkins.plugins.safedeployments.engine.operation.PromoteStable;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.TestEngine;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/** What passes the proxy is not changed by it: requests, watches and commands in containers. */
public class FaultProxyClusterTest {

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    @Test
    public void releasePassesUnharmed() throws Exception {
        try (FaultProxy proxy = new FaultProxy(TestCluster.access());
                KubernetesConnection connection = KubernetesConnection.open(proxy.access("t"))) {
            Cluster cluster = connection.namespace(target.namespace());
            Session first = engine.session(cluster, "addressbook", Duration.ofMinutes(1));
            CommandTest test = new CommandTest(List.of("echo", "pong"), "", Duration.ofSeconds(20));
            CanaryRequest request =
                    AskedCanary.ofTag("1.0").tests(List.of(test)).request();

            engine.run(first, new CanaryDeploy(first, request));
            Session second = engine.session(cluster, "addressbook", Duration.ofMinutes(1));
            Phase end = engine.run(
                            second,
                            new PromoteStable(second, new PromoteRequest(0, 3, Duration.ZERO, false, Force.NONE)))
                    .release()
                    .phase();

            assertThat(end, is(Phase.PROMOTED));
            assertThat(engine.report.lines, hasItem("| pong"));
            assertThat(proxy.count(FaultProxy.Request::isWatch), is(greaterThan(0L)));
            assertThat(proxy.count(r -> r.path().contains("/exec?")), is(1L));
            assertThat(proxy.count(r -> !r.token().equals("t")), is(0L));
        }
    }
}
