package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.RenewingCluster;
import io.jenkins.plugins.safedeployments.engine.cluster.RequestBudget;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FastTime;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy.Request;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ProxyFault;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** What releases make of the faults of an API server (rows of reliability.md 2.2). */
public class ReleaseFaultsClusterTest {

    private static final String APP = "addressbook";
    private static final Duration LONG = FastTime.of(Duration.ofMinutes(2));

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = TestEngine.fast();

    private FaultProxy proxy;
    private KubernetesConnection connection;
    private Cluster cluster;

    /** How long each operation may take, by the engine's clock. */
    private Duration timeout = LONG;

    @Before
    public void connect() throws IOException {
        proxy = new FaultProxy(TestCluster.access());
        connection = FastTime.open(proxy.access("t"));
        cluster = connection.namespace(target.namespace());
    }

    @After
    public void close() throws IOException {
        if (proxy != null) {
            connection.close();
            proxy.close();
        }
    }

    @Test
    public void k01_conflictIsReadAgainAndSomebodysChangeIsKept() throws Exception {
        released();
        proxy.times(
                1,
                r -> r.method().equals("PATCH") && r.path().contains("addressbook-stable"),
                ProxyFault.after(() -> TestCluster.insist(() -> target.cluster()
                        .merge(
                                stable(),
                                KubeObject.of(Map.of("metadata", Map.of("annotations", Map.of("by", "bob"))))))));
        proxy.times(
                5,
                r -> r.isWrite() && r.isOf("deployments"),
                ProxyFault.answer(409, "Conflict", "the object has been modified"));

        deploy("1.1");
        promote();

        assertThat(stable().annotation("by"), is("bob"));
        assertThat(phase(), is(Phase.PROMOTED));
    }

    @Test
    public void k01_conflictWithoutEndFailsAtTheDeadlineAndCanBeRolledBack() throws Exception {
        released();
        deploy("1.1");
        rollback();
        long canaries = proxy.count(ReleaseFaultsClusterTest::makesCanary);
        proxy.always(
                r -> r.method().equals("PATCH")
                        && r.path().contains("addressbook-stable")
                        && proxy.count(ReleaseFaultsClusterTest::makesCanary) > canaries,
                ProxyFault.answer(409, "Conflict", "the object has been modified"));
        timeout = Duration.ofSeconds(30);

        UserException failure = assertThrows(UserException.class, () -> deploy("1.2"));

        assertThat(failure.getMessage(), containsString("the object has been modified"));
        assertThat(replicas(), is(2));
        proxy.heal();
        timeout = LONG;
        rollback();
        assertRolledBack();
    }

    private static boolean makesCanary(Request request) {
        return request.isWrite()
                && request.method().equals("PATCH")
                && request.path().contains("addressbook-canary");
    }

    @Test
    public void k01_conflictWithoutEndAtTheBeginningLeavesNothingBehind() throws Exception {
        released();
        proxy.always(
                r -> r.method().equals("PATCH") && r.path().contains("addressbook-stable"),
                ProxyFault.answer(409, "Conflict", "the object has been modified"));
        timeout = Duration.ofSeconds(15);
        assertThrows(UserException.class, () -> deploy("1.1"));
        proxy.heal();
        timeout = LONG;

        deploy("1.2");

        assertThat(phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void k02_whatWasCreatedWithoutAnAnswerIsFoundAgain() throws Exception {
        proxy.times(1, r -> r.method().equals("POST") && r.isOf("leases"), ProxyFault.doneBut(ProxyFault.cut()));
        proxy.times(
                1,
                r -> r.method().equals("POST") && r.isOf("secrets"),
                ProxyFault.doneBut(ProxyFault.answer(500, "InternalError", "etcd leader changed")));
        proxy.times(1, r -> r.isWrite() && r.isOf("deployments"), ProxyFault.cutInAnswer(50));

        Outcome outcome = deploy("1.0");

        assertThat(outcome.release().number(), is(1));
        assertThat(outcome.release().phase(), is(Phase.CANARY_READY));
        assertThat(new ReleaseStore(target.cluster(), APP).list().size(), is(1));
    }

    @Test
    public void k03_fieldsThatSomebodyElseManagesAreNotTaken() throws Exception {
        deploy("1.0");
        servicePort("somebody", 8081);
        rollback();

        UserException refused = assertThrows(UserException.class, () -> deploy("1.1"));

        assertThat(refused.getMessage(), allOf(containsString("Service addressbook-lb"), containsString("somebody")));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isEmpty(), is(true));
    }

    /** A manager of that name changes where the Service sends its traffic. */
    private void servicePort(String manager, int port) {
        proxy.times(1, Request::isWrite, ProxyFault.byManager(manager));
        KubeObject service = target.cluster().get(Kind.SERVICE, APP + "-lb").orElseThrow();
        KubeObject first = service.list("spec", "ports").get(0);
        cluster.update(service.with(List.of(first.with(port, "targetPort").toMap()), "spec", "ports"));
    }

    @Test
    public void k05_k07_watchesThatExpireEndOrBreakAreBegunAnew() throws Exception {
        String bookmark = "{\"type\":\"BOOKMARK\",\"object\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                + "\"metadata\":{\"resourceVersion\":\"1\"}}}";
        List<ProxyFault> faults = List.of(
                ProxyFault.answer(410, "Expired", "too old resource version"),
                ProxyFault.events(ProxyFault.expired()),
                ProxyFault.events("{\"type\":\"ERROR\"}"),
                ProxyFault.events(),
                ProxyFault.events(bookmark),
                ProxyFault.events(bookmark, ProxyFault.expired()),
                ProxyFault.events("this is no JSON"),
                ProxyFault.page(502, "Bad Gateway"),
                ProxyFault.cut());
        AtomicInteger next = new AtomicInteger();
        proxy.times(
                2 * faults.size(),
                Request::isWatch,
                exchange -> faults.get(next.getAndIncrement() % faults.size()).befall(exchange));

        released();

        assertThat(phase(), is(Phase.PROMOTED));
        assertThat(replicas(), is(2));
    }

    @Test
    public void k06_silentWatchIsNotTrusted() throws Exception {
        org.junit.Assume.assumeTrue(
                "takes a minute: -Dfaults=all", Boolean.valueOf("all".equals(System.getProperty("faults"))));
        proxy.always(Request::isWatch, ProxyFault.silence());

        Outcome outcome = deploy("1.0-slow");

        assertThat(outcome.release().phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void k08_retryAfterIsHonoured() throws Exception {
        deploy("1.0");
        int before = proxy.requests().size();
        proxy.times(1, r -> true, ProxyFault.answer(429, "TooManyRequests", "slow down", "Retry-After: 10"));
        proxy.times(1, r -> true, ProxyFault.answer(503, "ServiceUnavailable", "not yet", "Retry-After: 5"));

        promote();

        List<Request> sent = proxy.requests().subList(before, before + 3);
        assertThat(between(sent.get(0), sent.get(1)), is(greaterThanOrEqualTo(Duration.ofSeconds(10))));
        assertThat(between(sent.get(1), sent.get(2)), is(greaterThanOrEqualTo(Duration.ofSeconds(5))));
    }

    /** By the engine's clock. */
    private static Duration between(Request first, Request second) {
        return FastTime.of(Duration.between(first.at(), second.at()));
    }

    @Test
    public void k09_everyWriteMayFailOnce() throws Exception {
        released();
        eachOnce(Request::isWrite);

        deploy("1.1");
        promote();

        assertThat(phase(), is(Phase.PROMOTED));
        assertThat(new ReleaseStore(target.cluster(), APP).list().size(), is(2));
    }

    @Test
    public void k09_everyReadMayFailOnce() throws Exception {
        released();
        // a command is no read, though it is asked for by GET: it is not run again
        eachOnce(r -> !r.isWrite() && !r.isWatch() && !r.path().contains("/exec"));

        deploy("1.1");
        rollback();

        assertRolledBack();
    }

    /** Each different request fails when it is sent for the first time, one way after the other. */
    private void eachOnce(Predicate<Request> which) {
        List<ProxyFault> faults = List.of(
                ProxyFault.answer(500, "InternalError", "etcdserver: leader changed"),
                ProxyFault.doneBut(ProxyFault.cut()),
                ProxyFault.page(502, "Bad Gateway"),
                ProxyFault.cut(),
                ProxyFault.doneBut(ProxyFault.answer(504, "Timeout", "the request timed out")),
                ProxyFault.cutInAnswer(30));
        Set<String> met = ConcurrentHashMap.newKeySet();
        AtomicInteger next = new AtomicInteger();
        proxy.always(
                r -> which.test(r) && met.add(r.method() + r.path().replaceFirst("\\?.*", "")),
                exchange -> faults.get(next.getAndIncrement() % faults.size()).befall(exchange));
    }

    @Test
    public void k10_hungClusterHoldsTwoThreadsAndDelaysNoOther() throws Exception {
        ScheduledExecutorService timer = FastTime.timer();
        ExecutorService workers = Executors.newCachedThreadPool();
        AtomicInteger inHung = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (FaultProxy hung = new FaultProxy(TestCluster.access());
                KubernetesConnection toHung = KubernetesConnection.open(hung.access("t"))) {
            hung.always(r -> true, ProxyFault.hang());
            Clock clock = engine.clock;
            Lane hungLane = new Lane(
                    work -> workers.execute(() -> {
                        most.accumulateAndGet(inHung.incrementAndGet(), Math::max);
                        work.run();
                        inHung.decrementAndGet();
                    }),
                    timer,
                    new RequestBudget(clock));
            Lane otherLane = new Lane(workers, timer, new RequestBudget(clock));
            List<OperationRun> stuck = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Session session = engine.session(toHung.namespace(target.namespace()), "app" + i, timeout);
                stuck.add(new ReleaseEngine(timer, hungLane, clock)
                        .start(
                                new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED),
                                session.report(),
                                session.wake()));
            }
            Awaitility.await().until(() -> hung.requests().size() >= 2);
            Session session = engine.session(cluster, APP, timeout);
            Outcome outcome = TestEngine.await(new ReleaseEngine(timer, otherLane, clock)
                    .start(new CanaryDeploy(session, request("1.0", false)), session.report(), session.wake()));

            assertThat(outcome.release().phase(), is(Phase.CANARY_READY));
            assertThat(stuck.stream().filter(run -> run.result().isDone()).count(), is(0L));
            assertThat(most.get(), is(2));
            stuck.forEach(run -> {
                run.stop("the test is over");
                run.stop("the test is over");
            });
        } finally {
            timer.shutdownNow();
            workers.shutdownNow();
        }
    }

    @Test
    public void k12_tokenThatExpiresIsLookedUpAgainInTheMidstOfARelease() throws Exception {
        AtomicInteger left = new AtomicInteger(9);
        proxy.always(
                r -> r.token().equals("old") && left.getAndDecrement() <= 0,
                ProxyFault.answer(401, "Unauthorized", "Unauthorized"));
        AtomicInteger lookedUp = new AtomicInteger();
        try (KubernetesConnection old = KubernetesConnection.open(proxy.access("old"));
                KubernetesConnection fresh = KubernetesConnection.open(proxy.access("new"))) {
            cluster = new RenewingCluster(old.namespace(target.namespace()), () -> {
                lookedUp.incrementAndGet();
                return fresh.namespace(target.namespace());
            });

            released();

            assertThat(phase(), is(Phase.PROMOTED));
            assertThat(lookedUp.get(), is(1));
            assertThat(proxy.count(r -> r.token().equals("new")), is(greaterThanOrEqualTo(10L)));
        }
    }

    @Test
    public void k12_withoutCredentialsNothingIsUndoneBlindly() throws Exception {
        released();
        proxy.always(r -> lockedOut && !r.isWatch(), ProxyFault.answer(401, "Unauthorized", "Unauthorized"));
        timeout = Duration.ofSeconds(30);
        Session session = engine.session(cluster, APP, timeout);
        OperationRun run = engine.start(session, new CanaryDeploy(session, request("1.1-never-ready", true)));
        Awaitility.await()
                .until(() ->
                        target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isPresent());
        lockedOut = true;

        UserException stopped = assertThrows(UserException.class, () -> TestEngine.await(run));

        assertThat(
                stopped.getMessage(),
                allOf(
                        containsString("Needs credentials: "),
                        containsString("(401)"),
                        containsString("stays as it is")));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isPresent(), is(true));
        assertThat(replicas(), is(2));
        assertThat(phase(), is(Phase.CANARY_STARTING));
        assertThat(new Claim(target.cluster(), APP).look().holder(), is(2));
        lockedOut = false;
        timeout = LONG;
        rollback();
        assertRolledBack();
    }

    private volatile boolean lockedOut;

    @Test
    public void k12_wrongCredentialsFailAtOnce() {
        proxy.always(r -> true, ProxyFault.answer(401, "Unauthorized", "Unauthorized"));

        UserException refused = assertThrows(UserException.class, () -> deploy("1.0"));

        assertThat(refused.getMessage(), startsWith("Needs credentials: "));
        assertThat(proxy.requests().size(), is(1));
    }

    @Test
    public void k13_slowRolloutTellsEachChangeOnce() throws Exception {
        deploy("1.0-slow");

        List<String> told = engine.report.lines.stream()
                .filter(line -> line.startsWith("canary: ") && !line.contains("desired"))
                .toList();
        assertThat(told.stream().distinct().toList(), is(told));
        assertThat(proxy.count(r -> !r.isWatch()), is(lessThanOrEqualTo(60L)));
    }

    @Test
    public void k16_denialIsNotRepeatedAndWebhookThatDoesNotAnswerIs() throws Exception {
        released();
        Predicate<Request> canary = r -> r.isWrite() && r.path().contains("addressbook-canary");
        proxy.times(2, canary, ProxyFault.answer(500, "InternalError", "failed calling webhook \"policy\": timeout"));
        deploy("1.1");
        rollback();
        assertRolledBack();
        Predicate<Request> apply = r -> canary.test(r) && r.method().equals("PATCH");
        long before = proxy.count(apply);
        proxy.times(
                1,
                apply,
                ProxyFault.answer(403, "Forbidden", "admission webhook \"policy\" denied the request: no Fridays"));

        UserException denied = assertThrows(UserException.class, () -> deploy("1.2"));

        assertThat(denied.getMessage(), containsString("no Fridays"));
        assertThat(proxy.count(apply), is(before + 1));
        assertThat(replicas(), is(2));
        rollback();
        assertRolledBack();
    }

    @Test
    public void k24_stableThatWasMadeAnewMeanwhileIsNotWrittenBlindly() throws Exception {
        released();
        String before = stable().uid();
        proxy.times(
                1,
                r -> r.method().equals("PATCH") && r.path().contains("addressbook-stable"),
                ProxyFault.after(() -> TestCluster.insist(() -> {
                    KubeObject seen = stable();
                    target.cluster().delete(seen);
                    target.cluster()
                            .create(seen.with(null, "metadata", "resourceVersion")
                                    .with(null, "metadata", "uid")
                                    .with(null, "metadata", "managedFields")
                                    .with(null, "status"));
                })));

        try {
            deploy("1.1");
            promote();
            assertThat(phase(), is(Phase.PROMOTED));
        } catch (UserException e) {
            rollback();
        }

        assertThat(stable().uid(), is(not(before)));
        assertThat(replicas(), is(2));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isEmpty(), is(true));
    }

    @Test
    public void k26_testWhoseConnectionIsLostDoesNotPass() throws Exception {
        proxy.always(r -> r.path().contains("/exec?"), ProxyFault.doneBut(ProxyFault.cut()));

        UserException failure = assertThrows(UserException.class, () -> deploy("1.0"));

        assertThat(failure.getMessage(), containsString("not known how it ended"));
        assertThat(phase(), is(Phase.FAILED));
        assertThat(proxy.count(r -> r.path().contains("/exec?")), is(1L));
    }

    @Test
    public void k27_everythingIsCheckedBeforeTheFirstWrite() throws Exception {
        deploy("1.0");

        List<Request> sent = proxy.requests();
        int lastCheck = sent.lastIndexOf(sent.stream()
                .filter(r -> r.path().contains("dryRun=All"))
                .reduce((first, second) -> second)
                .orElseThrow());
        Request firstWrite = sent.stream()
                .filter(r -> r.isWrite() && !r.path().contains("authorization.k8s.io")) // a question, by POST
                .findFirst()
                .orElseThrow();
        assertThat(sent.indexOf(firstWrite) > lastCheck, is(true));
    }

    @Test
    public void k29_clockOfTheServerNeedNotBeOurs() throws Exception {
        for (Duration wrong : List.of(Duration.ofHours(5), Duration.ofHours(-5))) {
            Clock clock = Clock.offset(Clock.systemUTC(), wrong);
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
            try {
                ReleaseEngine skewed = new ReleaseEngine(timer, timer, clock);
                for (int i = 0; i < 2; i++) {
                    Session now = engine.session(cluster, APP, timeout);
                    Session session = new Session(
                            now.target(),
                            cluster,
                            now.actor(),
                            clock,
                            now.report(),
                            clock.instant().plus(timeout),
                            timeout,
                            now.wake(),
                            Runs.UNKNOWN);
                    Operation operation = i == 0
                            ? new CanaryDeploy(session, request("1." + wrong.toHours() + "5", true))
                            : new PromoteStable(session, new PromoteRequest(0, 2, Duration.ZERO, false, Force.NONE));
                    TestEngine.await(skewed.start(operation, session.report(), session.wake()));
                }
            } finally {
                timer.shutdownNow();
            }
            assertThat(wrong.toString(), phase(), is(Phase.PROMOTED));
        }
    }

    @Test
    public void k30_watchThatIsBehindDoesNotEndAPromotion() throws Exception {
        released();
        deploy("1.1");
        // the watches' first lists come, and nothing of what is written then
        proxy.always(Request::isWatch, ProxyFault.silence());
        proxy.cutAll();

        promote();

        KubeObject stable = stable();
        assertThat(stable.integer(0, "status", "updatedReplicas"), is(2));
        assertThat(stable.integer(0, "status", "availableReplicas"), is(2));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isEmpty(), is(true));
    }

    private void released() throws Exception {
        deploy("1.0");
        promote();
    }

    private Outcome deploy(String tag) throws Exception {
        Session session = engine.session(cluster, APP, timeout);
        return engine.run(session, new CanaryDeploy(session, request(tag, false)));
    }

    private static CanaryRequest request(String tag, boolean rollback) {
        return AskedCanary.ofTag(tag)
                .tests(List.of(new CommandTest(List.of("echo", "pong"), "", FastTime.of(Duration.ofSeconds(30)))))
                .rollbackOnFailure(rollback)
                .request();
    }

    private void promote() throws Exception {
        Session session = engine.session(cluster, APP, timeout);
        engine.run(session, new PromoteStable(session, new PromoteRequest(0, 2, Duration.ZERO, false, Force.NONE)));
    }

    private void rollback() throws Exception {
        Session session = engine.session(cluster, APP, timeout);
        engine.run(session, new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED));
    }

    private void assertRolledBack() {
        assertThat(phase(), is(Phase.ROLLED_BACK));
        assertThat(replicas(), is(2));
        assertThat(target.cluster().get(Kind.DEPLOYMENT, APP + "-canary").isEmpty(), is(true));
    }

    private Phase phase() {
        return new ReleaseStore(target.cluster(), APP).list().get(0).phase();
    }

    private KubeObject stable() {
        return target.cluster().get(Kind.DEPLOYMENT, APP + "-stable").orElseThrow();
    }

    private int replicas() {
        return stable().integer(0, "spec", "replicas");
    }
}
