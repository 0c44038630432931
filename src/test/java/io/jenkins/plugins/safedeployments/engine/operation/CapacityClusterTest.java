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

    @Test
    public void aReturnTakesNoCapacity() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        promote(null);

        int least = leastEndpointsDuring(() -> returnTo("previous"));

        assertThat(images(), is(Set.of("1.0")));
        assertThat("ready endpoints\n" + engine.report, least, is(greaterThanOrEqualTo(3)));
    }

    @Test
    public void aReturnTakesNoMoreThanTheStrategyAllows() throws Exception {
        Map<String, String> files = edited(
                "spec:\n  replicas: $replicas",
                "spec:\n  strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}\n  replicas: $replicas");
        deploy(AskedCanary.ofTag("1.0").files(files));
        promote(3);
        deploy(AskedCanary.ofTag("1.1").files(files));
        promote(null);

        int least = leastEndpointsDuring(() -> returnTo("1"));

        assertThat(images(), is(Set.of("1.0")));
        assertThat("ready endpoints\n" + engine.report, least, is(2));
    }

    @Test
    public void aPromotionThatFailsAndIsTakenBackTakesNoCapacity() throws Exception {
        deploy("1.0");
        promote(3);
        // of this container only the kubelet of stable knows that it crashes
        Map<String, String> files = edited("- name: addressbook\n", "- name: $deployment\n");
        String labels = "      labels:\n        app: addressbook\n";
        files.computeIfPresent(
                "deployment.yml",
                (name, text) -> text.replace(
                        labels,
                        "      annotations:\n        fake-kubelet/addressbook-stable.ready: never\n"
                                + "        fake-kubelet/addressbook-stable.exit-at: 300ms\n"
                                + "        fake-kubelet/addressbook-stable.exit-code: '1'\n" + labels));
        Exception[] failure = new Exception[1];

        int least = leastEndpointsDuring(() -> {
            deploy(AskedCanary.ofTag("1.1").files(files));
            failure[0] = assertThrows(
                    Exception.class, () -> promoteAs(new PromoteRequest(0, null, Duration.ZERO, true, Force.NONE)));
        });

        assertThat(engine.report.toString(), failure[0].getMessage(), containsString("addressbook-stable"));
        assertThat(images(), is(Set.of("1.0")));
        assertThat("ready endpoints\n" + engine.report, least, is(greaterThanOrEqualTo(3)));
    }

    @Test
    public void supersedingTakesNoCapacity() throws Exception {
        deploy("1.0");
        promote(3);

        int least = leastEndpointsDuring(() -> {
            deploy("1.1");
            deploy(AskedCanary.ofTag("1.2").onBusy(OnBusy.SUPERSEDE));
            promote(null);
        });

        assertThat(images(), is(Set.of("1.2")));
        assertThat("ready endpoints\n" + engine.report, least, is(greaterThanOrEqualTo(3)));
    }

    private interface Steps {
        void run() throws Exception;
    }

    /** Sampled on each change that an independent watch brings. */
    private int leastEndpointsDuring(Steps steps) throws Exception {
        Cluster cluster = target.cluster();
        AtomicInteger least = new AtomicInteger(endpoints(cluster));
        AtomicInteger samples = new AtomicInteger();
        try (Cluster.View watch = cluster.watch(() -> {
            samples.incrementAndGet();
            least.accumulateAndGet(endpoints(cluster), Math::min);
        })) {
            steps.run();
        }
        assertThat(samples.get(), is(greaterThanOrEqualTo(3)));
        return least.get();
    }

    private static Map<String, String> edited(String text, String by) {
        Map<String, String> files = TestEngine.example(APP);
        assertThat(files.get("deployment.yml"), containsString(text));
        files.computeIfPresent("deployment.yml", (name, before) -> before.replace(text, by));
        return files;
    }

    /** The tags that stable's pods run. */
    private Set<String> images() {
        return target.cluster().list(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith(APP + "-stable-"))
                .filter(pod -> pod.string("metadata", "deletionTimestamp").isEmpty())
                .map(pod ->
                        pod.list("spec", "containers").get(0).string("image").replaceFirst(".*:", ""))
                .collect(Collectors.toSet());
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
        deploy(AskedCanary.ofTag(tag));
    }

    private void deploy(AskedCanary asked) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new CanaryDeploy(session, asked.request()));
    }

    private void promote(Integer replicas) throws Exception {
        promoteAs(new PromoteRequest(0, replicas, Duration.ZERO, false, Force.NONE));
    }

    private void promoteAs(PromoteRequest request) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new PromoteStable(session, request));
    }

    private void returnTo(String to) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(
                session,
                new RollbackCanary(
                        session, new RollbackRequest(to, "", false, false, false, Force.NONE), Approval.NOT_NEEDED));
    }

    private void rollback() throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        engine.run(session, new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED));
    }
}
