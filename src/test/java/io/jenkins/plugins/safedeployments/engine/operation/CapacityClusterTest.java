package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.Rule;
import org.junit.Test;

/** Laws 1 and 2 against a real API server: capacity never shrinks before its time, and a late writer changes nothing. */
public class CapacityClusterTest {

    private static final String APP = "addressbook";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    @Test
    public void readyEndpointsNeverFallBelowTheRecordedSize() throws Exception {
        deploy("1.0");
        promote(3);
        Cluster cluster = target.cluster();
        AtomicInteger least = new AtomicInteger(Integer.MAX_VALUE);
        AtomicInteger leastStable = new AtomicInteger(Integer.MAX_VALUE);
        Set<String> replaced = new ConcurrentSkipListSet<>();
        Runnable sample = () -> {
            replaced.addAll(pods(cluster, "1.0"));
            least.accumulateAndGet(endpoints(cluster), Math::min);
            cluster.get(Kind.DEPLOYMENT, APP + "-stable")
                    .ifPresent(
                            stable -> leastStable.accumulateAndGet(stable.integer(0, "spec", "replicas"), Math::min));
        };
        // sampled on each change that an independent watch brings
        try (Cluster.View watch = cluster.watch(sample)) {
            deploy("1.1");
            Set<String> before = pods(cluster, "1.0");
            replaced.clear();
            promote(null);
            replaced.removeAll(before);
            assertThat(
                    "pods of what was replaced that were started meanwhile\n" + engine.report, replaced, is(empty()));
            deploy("1.2-slow");
            rollback();
            assertThrows(Exception.class, () -> deploy("1.3-crash"));
            rollback();
        }

        assertThat("ready endpoints", least.get(), is(greaterThanOrEqualTo(3)));
        assertThat("replicas of stable", leastStable.get(), is(2));
    }

    @Test
    public void lateWriterIsRefusedByTheApiServer() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        Workloads workloads = new Workloads(
                target.cluster(),
                new Target("", target.namespace(), APP),
                new Claim(target.cluster(), APP),
                new Applying(target.cluster(), engine.report));
        Claim claim = new Claim(target.cluster(), APP);
        int old = claim.look().fence();
        Session session = engine.session(target.cluster(), APP, MINUTE);
        KubeObject seenByTheLateOne = workloads.get(Track.STABLE).orElseThrow();

        // somebody else takes the release over and stamps its number
        int next =
                claim.act(2, "rollbackCanary", session.actor(), session.now()).fence();
        workloads.stamp(Track.STABLE, next);

        assertThat(next, is(old + 1));
        FencedException fenced = assertThrows(FencedException.class, () -> workloads.shrink(2, 1, old));
        assertThat(fenced.getMessage(), containsString("took Deployment addressbook-stable over"));
        // even one that had looked before the stamp
        assertThrows(
                Exception.class,
                () -> target.cluster().merge(seenByTheLateOne, KubeObject.of(Map.of("spec", Map.of("replicas", 1)))));
        assertThat(workloads.get(Track.STABLE).orElseThrow().integer(0, "spec", "replicas"), is(2));
    }

    private static int endpoints(Cluster cluster) {
        return cluster.get(Kind.ENDPOINTS, APP + "-lb").stream()
                .flatMap(endpoints -> endpoints.list("subsets").stream())
                .mapToInt(subset -> subset.list("addresses").size())
                .sum();
    }

    private static Set<String> pods(Cluster cluster, String tag) {
        return cluster.list(Kind.POD).stream()
                .filter(pod -> pod.string("metadata", "deletionTimestamp").isEmpty())
                .filter(pod ->
                        pod.list("spec", "containers").get(0).string("image").endsWith(":" + tag))
                .map(KubeObject::name)
                .collect(Collectors.toSet());
    }

    private void deploy(String tag) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new CanaryDeploy(session, AskedCanary.ofTag(tag).request()));
    }

    private void promote(Integer replicas) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(
                session, new PromoteStable(session, new PromoteRequest(0, replicas, Duration.ZERO, false, Force.NONE)));
    }

    private void rollback() throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED));
    }
}
