package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FastTime;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy.Request;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ProxyFault;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * One release after the other in one namespace of a real API server, each with its faults, and the invariants of {@link
 * CrashRun} as far as they can be seen from outside. A driver has a connection and a token of its own; when it dies the proxy
 * lets nothing of it through any more, and another follows for the same actor, as a Jenkins step is resumed.
 */
final class FaultRuns implements AutoCloseable {

    private static final String APP = "addressbook";
    private static final int STABLE = 3;

    /** For a step, which needs some seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** The same by the engine's clock. */
    private static final Duration TIMEOUT = FastTime.of(LIMIT);

    private static final Duration AT_MOST = LIMIT.plus(LIMIT).plusSeconds(120);

    /** How a release is meant to go. */
    enum Scenario {
        PROMOTED,
        ROLLED_BACK
    }

    private final Clock clock = new FastTime();
    private final ScheduledExecutorService timer = FastTime.timer();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final FaultProxy proxy;
    private final Cluster direct;
    private final Cluster.View watch;
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ApiFault> faults = new ConcurrentHashMap<>();
    private final AtomicInteger drivers = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<String> broken = new CopyOnWriteArrayList<>();
    private CollectedReport report = new CollectedReport();
    private volatile CompletableFuture<Void> death = new CompletableFuture<>();
    private volatile int served;
    private int releases;

    /** @param direct the same namespace without a proxy */
    FaultRuns(ClusterAccess real, Cluster direct) throws IOException {
        this.proxy = new FaultProxy(real);
        this.direct = direct;
        this.watch = direct.watch(this::look);
        proxy.always(r -> dead.contains(r.token()), ProxyFault.cut());
        proxy.always(this::isStruck, exchange -> strike(exchange.request()).befall(exchange));
    }

    /** Makes the stable version that all the releases begin with. */
    void begin() {
        run(Scenario.PROMOTED, Map.of());
        served = STABLE;
    }

    /** What the last release told. */
    String told() {
        return report.toString();
    }

    /** How many requests the last release took. */
    int requests() {
        return requests.get();
    }

    /**
     * One release with faults at the requests of these numbers.
     *
     * @return what was wrong, and what was told; empty if nothing was wrong
     */
    List<String> run(Scenario scenario, Map<Integer, ApiFault> at) {
        report = new CollectedReport();
        broken.clear();
        requests.set(0);
        faults.clear();
        faults.putAll(at);
        String tag = "1." + ++releases;
        boolean ready = step("deploy " + tag, (session, resumed) -> new CanaryDeploy(session, request(tag, resumed)));
        if (ready && scenario == Scenario.PROMOTED) {
            step(
                    "promote " + tag,
                    (session, resumed) -> new PromoteStable(
                            session, new PromoteRequest(0, STABLE, Duration.ZERO, false, Force.NONE)));
        }
        if (scenario == Scenario.ROLLED_BACK) {
            step(
                    "roll back " + tag,
                    (session, resumed) ->
                            new RollbackCanary(session, RollbackRequest.undo("", true), Approval.NOT_NEEDED));
        }
        faults.clear();
        rest(ready, scenario, at.isEmpty());
        if (broken.isEmpty()) {
            return List.of();
        }
        List<String> told = new CopyOnWriteArrayList<>(broken);
        told.add(told());
        return told;
    }

    private static CanaryRequest request(String tag, boolean resumed) {
        return AskedCanary.ofTag(tag)
                .tests(List.of(new CommandTest(List.of("echo", "pong"), "", FastTime.of(Duration.ofSeconds(20)))))
                .resumed(resumed)
                .request();
    }

    private boolean isStruck(Request request) {
        int number = requests.incrementAndGet();
        ApiFault fault = faults.get(number);
        if (fault == null) {
            return false;
        }
        faults.remove(number);
        if (!fault.meets(request)) {
            faults.putIfAbsent(number + 1, fault);
            return false;
        }
        report.lines.add("!! " + fault + " at request " + number + ": " + request);
        struck.put(request.number(), fault);
        return true;
    }

    private final Map<Integer, ApiFault> struck = new ConcurrentHashMap<>();

    private ProxyFault strike(Request request) {
        ApiFault fault = struck.remove(request.number());
        CompletableFuture<Void> its = death; // an answer that takes long, as a watch does, must not end the next driver
        return exchange -> {
            if (fault == ApiFault.DEATH_BEFORE) {
                dead.add(request.token());
            }
            try {
                fault.fault().befall(exchange);
            } finally {
                if (fault.isDeath()) {
                    dead.add(request.token());
                    its.complete(null);
                }
            }
        };
    }

    /** Runs a step to its end, over deaths; answers whether it succeeded. */
    private boolean step(String name, BiFunction<Session, Boolean, Operation> operation) {
        Actor actor = new Actor(name + " " + drivers.get(), "shop/release #" + releases, "", "alice");
        Instant deadline = clock.instant().plus(TIMEOUT);
        for (boolean resumed = false; ; resumed = true) {
            death = new CompletableFuture<>();
            String token = "driver-" + drivers.incrementAndGet();
            try (KubernetesConnection connection = FastTime.open(proxy.access(token))) {
                Target target = new Target("test", direct.namespace(), APP);
                Session session = new Session(
                        target,
                        connection.namespace(direct.namespace()),
                        actor,
                        clock,
                        report,
                        deadline,
                        TIMEOUT,
                        new Wake(),
                        Runs.UNKNOWN);
                OperationRun run = new ReleaseEngine(timer, workers, clock)
                        .start(operation.apply(session, resumed), report, session.wake());
                CompletableFuture.anyOf(run.result().handle((o, e) -> null), death)
                        .get(AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
                if (!dead.contains(token)) {
                    return succeeded(name, run);
                }
                run.stop("dead");
                run.stop("dead");
            } catch (TimeoutException e) {
                broken.add("I9: " + name + " did not end");
                return false;
            } catch (Exception e) {
                broken.add("I3: " + name + " ended with " + e);
                return false;
            }
        }
    }

    private boolean succeeded(String name, OperationRun run) {
        Throwable problem = run.result().handle((outcome, e) -> e).join();
        if (problem != null) {
            report.lines.add("!! " + name + " failed: " + problem.getMessage());
            if (!(problem instanceof UserException || problem instanceof FencedException)) {
                broken.add("I3: " + name + " ended with " + problem);
            }
        }
        return problem == null;
    }

    /** What holds at every moment. */
    private void look() {
        if (served == 0 || !watch.isComplete()) {
            return;
        }
        long ready = watch.list(Kind.ENDPOINT_SLICE).stream()
                .filter(slice ->
                        (APP + "-lb").equals(slice.map("metadata", "labels").get(Kind.SERVICE_OF_SLICE)))
                .flatMap(slice -> slice.list("endpoints").stream())
                .filter(endpoint -> !Boolean.FALSE.equals(endpoint.get("conditions", "ready")))
                .map(endpoint -> endpoint.string("targetRef", "name"))
                .distinct()
                .count();
        check(ready >= served, "I1: only " + ready + " pods serve");
        List<KubeObject> deployments = watch.list(Kind.DEPLOYMENT);
        check(deployments.size() <= 2, "I2: more than one canary");
        deployments.forEach(d -> check(d.integer(1, "spec", "replicas") > 0, "I1: " + d.name() + " was scaled to 0"));
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            broken.add(what + " (request " + requests + ")");
        }
    }

    /** What holds at the end: promoted, rolled back, or claimed with a reason; and what was left can be rolled back. */
    private void rest(boolean ready, Scenario scenario, boolean undisturbed) {
        Release last = new ReleaseStore(direct, APP).list().stream().findFirst().orElse(null);
        if (last == null) {
            check(false, "I3: there is no record");
            return;
        }
        boolean held = new Claim(direct, APP).look().holder() == last.number();
        Phase meant = scenario == Scenario.PROMOTED ? Phase.PROMOTED : Phase.ROLLED_BACK;
        check(!undisturbed || ready && last.phase() == meant, "undisturbed, it ended " + last.phase());
        switch (last.phase()) {
            case PROMOTED, ROLLED_BACK -> check(!held, "I3: " + last.title() + " is over and holds the claim");
            case FAILED -> check(held && !last.cause().isEmpty(), "I3: failed without claim or reason");
            default ->
                check(
                        held
                                && (last.phase() == Phase.CANARY_READY
                                        || report.toString().contains("Needs credentials")),
                        "I3: " + last.title() + " is left " + last.phase());
        }
        if (!last.phase().isFinal()) {
            check(
                    step(
                            "clean up",
                            (session, resumed) ->
                                    new RollbackCanary(session, RollbackRequest.undo("", false), Approval.NOT_NEEDED)),
                    "what was left could not be rolled back");
        }
        Map<String, KubeObject> deployments = new LinkedHashMap<>();
        direct.list(Kind.DEPLOYMENT).forEach(d -> deployments.put(d.name(), d));
        check(deployments.keySet().equals(Set.of(APP + "-stable")), "I3: left are " + deployments.keySet());
        KubeObject stable = deployments.get(APP + "-stable");
        if (stable != null) {
            String image =
                    stable.list("spec", "template", "spec", "containers").get(0).string("image");
            check(
                    image.equals(last.plan().image()) == (last.phase() == Phase.PROMOTED),
                    "I3: " + last.phase() + ", and stable has " + image);
            check(stable.integer(0, "spec", "replicas") == STABLE, "I6: stable is not of its former size");
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
        proxy.close();
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
