package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One run of a scenario with its faults, and the invariants that are looked at after each change of the cluster (reliability.md
 * 2.5). All requests of all drivers are counted from 1; a fault belongs to the request of its number. A driver that dies is
 * followed by another for the same actor, as a Jenkins step is resumed.
 */
final class CrashRun {

    static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** Beyond its time a step may take as much again to take back what it did, and collect evidence before. */
    private static final Duration AT_MOST_AFTER = TIMEOUT.plusSeconds(60);

    private static final Target TARGET = new Target("test", "shop", "addressbook");
    private static final String STABLE = TARGET.deployment(Track.STABLE);
    private static final String CANARY = TARGET.deployment(Track.CANARY);
    private static final Map<String, String> MANIFESTS = TestEngine.example("addressbook");
    private static final String FOREIGN = "somebody/was-here";

    /** What may be run once. */
    static final CommandTest MIGRATION =
            new CommandTest(List.of("migrate"), "", CanaryCheck.Pods.ONE, Duration.ofSeconds(30), true);

    /** What a release may bring. */
    static final String SETTINGS = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
            data:
              greeting: hello
            """;

    /** What may have been there instead. */
    static final Map<String, Object> FORMER_SETTINGS = Map.of(
            "apiVersion",
            "v1",
            "kind",
            "ConfigMap",
            "metadata",
            Map.of("name", "settings"),
            "data",
            Map.of("greeting", "good day"));

    final SimulatedTime time;
    final SimulatedCluster cluster;
    final CollectedReport report = new CollectedReport();
    final List<String> requests = new ArrayList<>();
    final List<String> broken = new ArrayList<>();

    /** Until then the name of the API server's host is known to nobody; watches that are there go on. */
    Instant unreachable = Instant.MIN;

    /** How much the clock of the drivers is ahead of the time that passes. */
    Duration ahead = Duration.ZERO;

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return time.instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return time.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    };

    private final Map<Integer, Fault> faults;
    private final int servedBefore;
    private boolean watched = true;
    private Map<String, Object> before;
    private Integer original;
    private int lost;
    private Instant lastLoss = Instant.MIN;
    private int sizeOfStable;
    private Integer scaledBySomebody;
    private boolean annotated;
    private int actors;
    private boolean overtaken;
    private Running present;
    private Instant over;

    /** What somebody else does at a request that begins so, once: right before it, or before its answer comes. */
    private record Happening(String request, boolean after, Runnable what) {}

    private Happening happening;

    /** @param state the cluster to begin with; null for an empty one */
    CrashRun(SimulatedCluster state, Map<Integer, Fault> faults) {
        this.time = new SimulatedTime(state == null ? SimulatedTime.BEGIN : state.now());
        this.cluster = state == null ? new SimulatedCluster(time) : new SimulatedCluster(time, state);
        this.actors = new Claim(cluster, TARGET.app()).look().build();
        this.faults = new LinkedHashMap<>(faults);
        this.servedBefore = cluster.serving(STABLE).size();
        this.sizeOfStable = stableSize();
        cluster.observe(this::look);
    }

    /** The fault of the next request; those that do not come from the way to the cluster happen here. */
    Fault next(FaultyCluster by, String request, boolean write) {
        if (!watched) {
            return null;
        }
        requests.add(request);
        happen(request, false);
        Fault fault = faults.remove(requests.size());
        if (fault != null) {
            report.lines.add("!! " + fault + " at request " + requests.size() + ": " + request);
            befall(fault);
        }
        return fault;
    }

    /** Lets the next request meet a fault. */
    void meets(Fault fault) {
        faults.put(requests.size() + 1, fault);
    }

    /** Lets somebody do something right before the next request that begins so. */
    void before(String request, Runnable what) {
        happening = new Happening(request, false, what);
    }

    /** The same, when that request has been done, and its answer has not come. */
    void after(String request, Runnable what) {
        happening = new Happening(request, true, what);
    }

    private void happen(String request, boolean after) {
        Happening due = happening;
        if (due != null && due.after() == after && request.startsWith(due.request())) {
            happening = null;
            Running held = present;
            report.lines.add("!! somebody is quicker at request " + requests.size() + ": " + request);
            due.what().run();
            present = held;
        }
    }

    private void befall(Fault fault) {
        switch (fault) {
            case FOREIGN_ANNOTATION -> {
                annotated = cluster.get(Kind.DEPLOYMENT, STABLE).isPresent();
                cluster.edit(Kind.DEPLOYMENT, STABLE, "yes", "metadata", "annotations", FOREIGN);
            }
            case FOREIGN_REPLICAS -> {
                cluster.get(Kind.DEPLOYMENT, STABLE).ifPresent(stable -> scaledBySomebody = 5);
                cluster.edit(Kind.DEPLOYMENT, STABLE, 5, "spec", "replicas");
            }
            case STABLE_POD_LOST -> lose(STABLE);
            case CANARY_POD_LOST -> lose(CANARY);
            case OVERTAKEN -> overtake();
            default -> {
                // it happens on the way
            }
        }
        if (overtaken && (fault == Fault.FOREIGN_ANNOTATION || fault == Fault.FOREIGN_REPLICAS)) {
            before = workloads(); // what somebody else did is not the late driver's doing
        }
    }

    private void lose(String deployment) {
        cluster.serving(deployment).stream().findFirst().ifPresent(pod -> {
            lost++;
            lastLoss = time.instant();
            cluster.remove(pod);
        });
    }

    /** While one driver is held up in the midst of a request, another takes the release back, and ends. */
    private void overtake() {
        Claim.State claim = new Claim(cluster, TARGET.app()).look();
        // who has not begun yet is kept from nothing, since the target is free when the other has ended; nor is
        // anybody by a release that is over, whose claim a dead driver has not given back
        boolean held =
                claim.holder() != 0 && !isOver(claim.holder()) && (!present.begins || claim.isActedOnBy(present.actor));
        boolean counted = watched;
        Running driver = present;
        watched = false;
        step("bob", acknowledging());
        watched = counted;
        present = driver;
        if (held) {
            overtaken = true;
            before = workloads();
        }
    }

    private boolean isOver(int release) {
        return new ReleaseStore(cluster, TARGET.app())
                .get(release)
                .map(found -> found.phase().isFinal())
                .orElse(false);
    }

    /** Whether somebody else has ended the release; what is done after that is no late driver's doing. */
    boolean isOvertaken() {
        return overtaken;
    }

    /** Looks at what a request has taken away. */
    void done(String verb, String object) {
        happen(verb + " " + object, true);
        // what is lost at this very moment, nobody can know yet
        boolean unknowable = time.instant().isBefore(lastLoss.plusMillis(20));
        int size = stableSize();
        if (verb.equals("delete") && object.equals("Deployment " + CANARY)) {
            check(
                    unknowable || serving(STABLE) >= servedBefore,
                    "I1: the canary was removed while " + serving(STABLE) + " pods of stable served");
        }
        if (size < sizeOfStable && size < servedBefore) {
            check(unknowable || serving(CANARY) > 0, "I1: stable was shrunk while no canary served");
        }
        sizeOfStable = size;
    }

    private int stableSize() {
        return cluster.get(Kind.DEPLOYMENT, STABLE)
                .map(stable -> stable.integer(1, "spec", "replicas"))
                .orElse(0);
    }

    private int serving(String deployment) {
        return cluster.serving(deployment).size();
    }

    /** The invariants that hold at every moment. */
    private void look() {
        int ready = serving(STABLE) + serving(CANARY);
        check(ready >= servedBefore - servedBefore / 4 - lost, "I1: only " + ready + " pods serve");
        cluster.get(Kind.DEPLOYMENT, STABLE)
                .ifPresent(stable -> check(stable.integer(1, "spec", "replicas") > 0, "I1: stable was scaled to 0"));
        check(
                cluster.all(Kind.DEPLOYMENT).stream()
                                .filter(d -> !d.name().equals(STABLE))
                                .count()
                        <= 1,
                "I2: more than one canary");
    }

    void check(boolean holds, String what) {
        if (!holds) {
            broken.add(what + " (request " + requests.size() + ")");
        }
    }

    /** Runs a step of a pipeline to its end, over deaths; answers whether it succeeded. */
    boolean step(String actor, BiFunction<Session, Boolean, Operation> operation) {
        return end(start(actor, operation));
    }

    /** A step that runs: its present driver, and how to make the next. */
    final class Running {
        private final Actor actor;
        private final Instant deadline = time.instant().plus(TIMEOUT);
        private final BiFunction<Session, Boolean, Operation> operation;
        private Driver driver;
        private boolean begins;

        Running(String name, BiFunction<Session, Boolean, Operation> operation) {
            int build = ++actors;
            this.actor =
                    new Actor(name + " " + time.instant(), "shop/release #" + build, "", name, "shop/release", build);
            this.operation = operation;
        }

        private void drive(boolean resumed) {
            FaultyCluster way = new FaultyCluster(cluster, CrashRun.this);
            Session session =
                    new Session(TARGET, way, actor, clock, report, deadline, TIMEOUT, new Wake(), Runs.UNKNOWN);
            Function<Session, Operation> maker = s -> {
                Operation made = operation.apply(s, resumed);
                begins = made instanceof CanaryDeploy;
                return made;
            };
            present = this;
            driver = new Driver(time, way, session, maker);
        }

        /** Its run is gone at this moment. */
        void die() {
            driver.cluster.kill();
        }

        private boolean isOver() {
            while (driver.isOver() && driver.cluster.isDead()) {
                drive(true);
            }
            return driver.isOver();
        }
    }

    Running start(String actor, BiFunction<Session, Boolean, Operation> operation) {
        Running step = hold(actor, operation);
        go(step);
        return step;
    }

    /** A step of a build that is older than all that follow, but comes to nothing until {@link #go}. */
    Running hold(String actor, BiFunction<Session, Boolean, Operation> operation) {
        return new Running(actor, operation);
    }

    void go(Running step) {
        step.drive(false);
    }

    /**
     * A step whose run is gone if its driver dies, so that nobody resumes it and its controller ends what it has begun.
     *
     * @param takeBack what {@link EndOrphan} is told
     */
    void abandon(BiFunction<Session, Boolean, Operation> operation, boolean takeBack) {
        Running step = start("abandoned", operation);
        time.runUntil(step.driver::isOver, step.deadline.plus(AT_MOST_AFTER));
        endOrphan(step, takeBack);
    }

    /** @return whether it ended well */
    boolean endOrphan(Running step, boolean takeBack) {
        return step(
                "controller",
                (session, resumed) ->
                        new EndOrphan(session, step.actor.id(), takeBack, "The run is over without having ended it."));
    }

    void stop(Running step, String cause) {
        step.driver.stop(cause);
    }

    /** Like {@link #end}, for a step that has waited for others. */
    boolean endLater(Running step) {
        time.runUntil(step::isOver, time.instant().plus(TIMEOUT).plus(AT_MOST_AFTER));
        Throwable problem = step.driver.problem();
        if (problem != null) {
            report.lines.add("!! " + step.actor.id() + " failed: " + problem.getMessage());
        }
        return problem == null;
    }

    boolean end(Running step) {
        return end(step, Duration.ZERO);
    }

    /** @param longer than its time, for what does not count */
    boolean end(Running step, Duration longer) {
        time.runUntil(step::isOver, step.deadline.plus(AT_MOST_AFTER).plus(longer));
        Throwable problem = step.driver.problem();
        if (problem == null) {
            repeat(step);
        } else {
            report.lines.add("!! " + step.actor.id() + " failed: " + problem.getMessage());
            check(
                    problem instanceof UserException || problem instanceof FencedException,
                    "I3: it ended with " + problem);
        }
        over = time.instant();
        return problem == null;
    }

    /** I5: done by the same actor again, what is done changes nothing. */
    private void repeat(Running step) {
        if (overtaken) {
            return;
        }
        boolean counted = watched;
        watched = false;
        Object done = workloads();
        step.drive(true);
        time.runUntil(step.driver::isOver, time.instant().plus(AT_MOST_AFTER));
        check(done.equals(workloads()), "I5: a repetition by " + step.actor.id() + " changed something");
        check(step.driver.problem() == null, "I5: a repetition failed: " + step.driver.problem());
        watched = counted;
    }

    /** Where the last release is. */
    Phase phase() {
        return new ReleaseStore(cluster, TARGET.app()).list().get(0).phase();
    }

    Phase phase(int number) {
        return new ReleaseStore(cluster, TARGET.app()).get(number).orElseThrow().phase();
    }

    String cause(int number) {
        return new ReleaseStore(cluster, TARGET.app()).get(number).orElseThrow().cause();
    }

    String stableImage() {
        return KubeObject.of(cluster.get(Kind.DEPLOYMENT, STABLE).orElseThrow().map("spec", "template"))
                .list("spec", "containers")
                .get(0)
                .string("image");
    }

    Instant now() {
        return time.instant();
    }

    void pass(Duration duration) {
        time.pass(duration);
    }

    boolean deploy(String image, boolean rollbackOnFailure, String... test) {
        return step("deploy " + image, deployment(image, rollbackOnFailure, test));
    }

    static BiFunction<Session, Boolean, Operation> deployment(String image, boolean rollback, String... test) {
        return deployment(image, rollback, OnBusy.FAIL, Force.NONE, test);
    }

    static BiFunction<Session, Boolean, Operation> deployment(
            String image, boolean rollback, OnBusy onBusy, Force force, String... test) {
        List<CommandTest> tests =
                test.length == 0 ? List.of() : List.of(new CommandTest(List.of(test), "", Duration.ofSeconds(30)));
        return deployment(image, rollback, onBusy, force, tests);
    }

    static BiFunction<Session, Boolean, Operation> deployment(String image, boolean rollback, List<CommandTest> tests) {
        return deployment(image, rollback, OnBusy.FAIL, Force.NONE, tests);
    }

    private static BiFunction<Session, Boolean, Operation> deployment(
            String image, boolean rollback, OnBusy onBusy, Force force, List<CommandTest> tests) {
        return (session, resumed) -> new CanaryDeploy(
                session,
                AskedCanary.ofTag(image)
                        .files(MANIFESTS)
                        .tests(tests)
                        .rollbackOnFailure(rollback)
                        .onBusy(onBusy)
                        .force(force)
                        .resumed(resumed)
                        .request());
    }

    /** With another file of manifests. */
    static BiFunction<Session, Boolean, Operation> deployment(String image, String file, String text) {
        Map<String, String> files = new LinkedHashMap<>(MANIFESTS);
        files.put(file, text);
        return (session, resumed) -> new CanaryDeploy(
                session, AskedCanary.ofTag(image).files(files).resumed(resumed).request());
    }

    boolean promote(Integer replicas) {
        return step("promote", promotion(replicas));
    }

    static BiFunction<Session, Boolean, Operation> promotion(Integer replicas) {
        return promotion(replicas, false, Force.NONE);
    }

    static BiFunction<Session, Boolean, Operation> promotion(Integer replicas, boolean rollback, Force force) {
        return (session, resumed) ->
                new PromoteStable(session, new PromoteRequest(0, replicas, Duration.ZERO, rollback, force));
    }

    boolean rollback(String actor) {
        return step(actor, taking());
    }

    static BiFunction<Session, Boolean, Operation> returning(String to) {
        return (session, resumed) -> new RollbackCanary(
                session,
                new RollbackRequest(to, "too many errors", false, false, false, Force.NONE),
                Approval.NOT_NEEDED);
    }

    static BiFunction<Session, Boolean, Operation> taking() {
        return (session, resumed) -> new RollbackCanary(session, RollbackRequest.undo("", true), Approval.NOT_NEEDED);
    }

    /** Runs a step that ended once more, as Jenkins does if it died before it knew of the end. */
    void resume(Running step) {
        repeat(step);
    }

    /** Also what was migrated is taken back. */
    private static BiFunction<Session, Boolean, Operation> acknowledging() {
        return (session, resumed) -> new RollbackCanary(
                session, new RollbackRequest("", "", true, true, false, Force.NONE), Approval.NOT_NEEDED);
    }

    /** The invariants of the end, when everything has come to rest. */
    void atRest() {
        time.pass(Duration.ofSeconds(10));
        if (overtaken) {
            Map<String, Object> after = workloads();
            after.entrySet().removeAll(before.entrySet());
            check(
                    before.equals(workloads()),
                    "I4: changed after it was overtaken: " + before.keySet() + " to " + after);
        }
        Claim.State claim = new Claim(cluster, TARGET.app()).look();
        List<Release> releases = new ReleaseStore(cluster, TARGET.app()).list();
        for (Release release : releases) {
            boolean held = claim.holder() == release.number();
            switch (release.phase()) {
                case PROMOTED, ROLLED_BACK -> check(!held, "I3: " + release.title() + " is over and holds the claim");
                case FAILED ->
                    check(held && !release.cause().isEmpty(), "I3: " + release.title() + " failed, claim " + claim);
                case CANARY_READY -> check(held, "I3: " + release.title() + " is ready and has no claim");
                default ->
                    check(
                            false,
                            "I3: " + release.title() + " is left "
                                    + release.phase().text());
            }
        }
        check(
                claim.holder() == 0 || releases.stream().anyMatch(r -> r.number() == claim.holder()),
                "I3: the claim is held by a release without a record");
        releases.stream().findFirst().ifPresent(this::agrees);
        releases.stream().findFirst().ifPresent(this::leavesNothing);
        long migrations =
                cluster.started.stream().filter(MIGRATION.name()::equals).count();
        check(migrations <= 1, "I9: the migration was started " + migrations + " times");
        if (annotated) {
            check(
                    cluster.get(Kind.DEPLOYMENT, STABLE)
                            .map(s -> "yes".equals(s.annotation(FOREIGN)))
                            .orElse(servedBefore == 0),
                    "I8: somebody's annotation is gone");
        }
        if (scaledBySomebody != null && servedBefore > 0) {
            int now = cluster.get(Kind.DEPLOYMENT, STABLE)
                    .map(s -> s.integer(1, "spec", "replicas"))
                    .orElse(0);
            check(
                    now == scaledBySomebody || report.toString().contains("from " + scaledBySomebody + " to "),
                    "I8: somebody's replicas were overwritten without a word");
        }
    }

    /** The cluster is as the last release's record says. */
    private void agrees(Release release) {
        KubeObject stable = cluster.get(Kind.DEPLOYMENT, STABLE).orElse(null);
        KubeObject canary = cluster.get(Kind.DEPLOYMENT, CANARY).orElse(null);
        String image = release.plan().image();
        String inStable = stable == null
                ? ""
                : KubeObject.of(stable.map("spec", "template"))
                        .list("spec", "containers")
                        .get(0)
                        .string("image");
        if (release.phase() == Phase.PROMOTED) {
            check(inStable.equals(image) && canary == null, "I3: promoted, but stable has " + inStable);
        } else if (release.phase() == Phase.ROLLED_BACK) {
            check(
                    !inStable.equals(image) && canary == null,
                    "I3: rolled back, but stable has " + inStable + (canary == null ? "" : " and there is a canary"));
            check(
                    servedBefore == 0
                            || scaledBySomebody != null
                            || stable.integer(1, "spec", "replicas") == servedBefore,
                    "I3: rolled back, but stable is not of its former size");
        }
        boolean first = release.number() == 1; // there was nothing to be so many of
        if (servedBefore > 0
                && !first
                && scaledBySomebody == null
                && release.plan().canaryReplicas() > 0) {
            check(release.plan().originalReplicas() == servedBefore, "I6: the original size was overwritten");
        }
    }

    /** What comes with the Deployments is as it was, too. */
    private void leavesNothing(Release release) {
        if (!release.phase().isFinal()) {
            return;
        }
        check(
                release.phase() == Phase.PROMOTED
                        || cluster.get(Kind.CONFIG_MAP, "settings")
                                .map(now -> now.get("data").equals(FORMER_SETTINGS.get("data")))
                                .orElse(true),
                "I3: rolled back, but what it had brought is there");
        cluster.all(Kind.AUTOSCALER)
                .forEach(autoscaler -> check(
                        autoscaler.integer(0, "spec", "minReplicas") == 1
                                && autoscaler.annotation(Names.MIN_REPLICAS) == null,
                        "I3: the autoscaler's minimum stays raised"));
    }

    /** Specs of the Deployments, and the releases with their phases. */
    private Map<String, Object> workloads() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (KubeObject deployment : cluster.all(Kind.DEPLOYMENT)) {
            all.put(deployment.name(), deployment.map("spec"));
            all.put(
                    deployment.name() + " annotations",
                    new java.util.TreeMap<>(deployment.map("metadata", "annotations")));
        }
        new ReleaseStore(cluster, TARGET.app()).list().forEach(r -> all.put(r.title(), r.phase()));
        return all;
    }
}
