package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * Every fault at every request of a release: whatever happens, it ends promoted, rolled back, or failed with a reason and its
 * claim held, and at no moment with less capacity than it may take (reliability.md 2.5).
 */
public class CrashEnumerationTest {

    /** The same for each run, so that a red build stays red until it is mended; {@code -Dseed} tries others. */
    private static final long SEED = 20261121L;

    private static final Logger LOGGER = Logger.getLogger(OperationRun.class.getName());

    private static SimulatedCluster released;

    private record Scenario(String name, boolean first, Phase end, Consumer<CrashRun> steps) {

        /** Who supersedes a release goes on when somebody else has taken that back: there it is no late driver. */
        boolean has(Fault fault) {
            return fault != Fault.OVERTAKEN || !name.startsWith("superseded");
        }

        CrashRun run(Map<Integer, Fault> faults) {
            CrashRun run = new CrashRun(first ? null : released, faults);
            try {
                steps.accept(run);
                run.atRest();
            } catch (RuntimeException | AssertionError e) {
                java.io.StringWriter trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                run.check(false, "I3: " + trace.toString().lines().limit(12).toList());
            }
            return run;
        }
    }

    private static final List<Scenario> SCENARIOS = List.of(
            new Scenario("first release", true, Phase.PROMOTED, run -> {
                if (run.deploy("1.0", false, "true")) {
                    run.promote(3);
                }
            }),
            new Scenario("second release", false, Phase.PROMOTED, run -> {
                if (run.deploy("1.1", false, "true")) {
                    run.promote(null);
                }
            }),
            new Scenario("left in the traffic for a minute", false, Phase.PROMOTED, run -> {
                if (run.step("soak", SoakTest.soaking(Duration.ofMinutes(1), false))) {
                    run.promote(null);
                }
            }),
            new Scenario("failing test rolled back", false, Phase.ROLLED_BACK, run -> run.deploy("1.1", true, "false")),
            new Scenario("image never pulled", false, Phase.ROLLED_BACK, run -> {
                if (!run.deploy("1.1-pull-fail", false)) {
                    run.rollback("rollback");
                }
            }),
            new Scenario("rollback while promoting", false, Phase.ROLLED_BACK, run -> {
                if (run.deploy("1.1", false)) {
                    CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
                    run.pass(Duration.ofMillis(1500));
                    run.rollback("rollback");
                    run.end(promotion);
                }
            }),
            new Scenario("superseded by a newer build", false, Phase.PROMOTED, run -> {
                if (run.deploy("1.1", false)
                        && !run.isOvertaken()
                        && run.step("newer", CrashRun.deployment("1.2", false, OnBusy.SUPERSEDE, Force.NONE))
                        && !run.isOvertaken()) {
                    run.promote(null);
                }
            }),
            new Scenario("promoted and taken back", false, Phase.ROLLED_BACK, run -> {
                if (run.deploy("1.1", false) && run.promote(null) && !run.isOvertaken()) {
                    run.step("return", CrashRun.returning("1"));
                }
            }),
            new Scenario("migrated", false, Phase.PROMOTED, run -> {
                if (run.step("migrate", CrashRun.deployment("1.1", false, List.of(CrashRun.MIGRATION)))) {
                    run.promote(null);
                }
            }),
            new Scenario("promotion that fails rolled back", false, Phase.ROLLED_BACK, run -> {
                if (run.deploy("1.1", false)) {
                    run.cluster.turned.put("registry.example.com/addressbook:1.1", "crash");
                    run.step("promote", CrashRun.promotion(null, true, Force.NONE));
                }
            }),
            new Scenario("with a ConfigMap rolled back", false, Phase.ROLLED_BACK, run -> {
                if (run.step("deploy", CrashRun.deployment("1.1", "settings.yml", CrashRun.SETTINGS))
                        && !run.isOvertaken()) {
                    run.rollback("rollback");
                }
            }),
            new Scenario("with another ConfigMap rolled back", false, Phase.ROLLED_BACK, run -> {
                run.cluster.put(KubeObject.of(CrashRun.FORMER_SETTINGS));
                if (run.step("deploy", CrashRun.deployment("1.1", "settings.yml", CrashRun.SETTINGS))
                        && !run.isOvertaken()) {
                    run.rollback("rollback");
                }
            }),
            new Scenario("autoscaled", false, Phase.PROMOTED, run -> {
                run.cluster.put(AutoscaledSizeTest.AUTOSCALER);
                if (run.deploy("1.1", false)) {
                    run.promote(null);
                }
            }));

    @BeforeClass
    public static void releaseOnce() {
        LOGGER.setLevel(Level.OFF); // deaths are what this is about
        CrashRun run = SCENARIOS.get(0).run(Map.of());
        assertThat(run.report.toString(), run.broken, is(empty()));
        released = run.cluster;
    }

    @AfterClass
    public static void logAgain() {
        LOGGER.setLevel(null);
    }

    @Test
    public void everyFaultAtEveryRequest() {
        List<String> failures = new ArrayList<>();
        int runs = 0;
        // in the suite every fourth case, a different one for each fault; all of them with -Dcrashes=all
        int step = "all".equals(System.getProperty("crashes")) ? 1 : 4;
        for (Scenario scenario : SCENARIOS) {
            if (!scenario.name().matches(System.getProperty("scenario", ".*"))) {
                continue;
            }
            CrashRun plain = scenario.run(Map.of());
            failures.addAll(found(scenario, Map.of(), plain));
            int requests = plain.requests.size();
            assertThat(scenario.name(), plain.phase(), is(scenario.end()));
            System.out.println(scenario.name() + ": " + requests + " requests");
            IntStream.range(0, requests * Fault.values().length)
                    .filter(i -> i % step == 0)
                    .filter(i -> scenario.has(Fault.values()[i % Fault.values().length]))
                    .parallel()
                    .mapToObj(i -> Map.of(1 + i / Fault.values().length, Fault.values()[i % Fault.values().length]))
                    .map(faults -> found(scenario, faults, scenario.run(faults)))
                    .forEachOrdered(failures::addAll);
            runs += (requests * Fault.values().length + step - 1) / step;
        }
        System.out.println(runs + " runs");
        assertThat(String.join("\n", failures), failures.size(), is(0));
    }

    @Test
    public void twoFaultsAtRandom() {
        long seed = Long.getLong("seed", SEED);
        int runs = Integer.getInteger("pairs", 300);
        System.out.println("-Dseed=" + seed + " -Dpairs=" + runs);
        int[] requests = SCENARIOS.stream()
                .mapToInt(scenario -> scenario.run(Map.of()).requests.size())
                .toArray();
        List<String> failures = IntStream.range(0, runs)
                .parallel()
                .mapToObj(i -> {
                    Random random = new Random(seed * 31 + i);
                    int which = random.nextInt(SCENARIOS.size());
                    Map<Integer, Fault> faults = new LinkedHashMap<>();
                    for (int j = 0; j < 2; j++) {
                        Fault[] all = Fault.values();
                        faults.put(1 + random.nextInt(requests[which] + 10), all[random.nextInt(all.length)]);
                    }
                    if (!SCENARIOS.get(which).has(Fault.OVERTAKEN) && faults.containsValue(Fault.OVERTAKEN)) {
                        return List.<String>of();
                    }
                    if (faults.containsValue(Fault.OVERTAKEN)
                            && faults.values().stream()
                                    .anyMatch(fault -> fault.name().startsWith("FOREIGN"))) {
                        // what somebody edits by hand could not be told from what the overtaken driver does
                        return List.<String>of();
                    }
                    Scenario scenario = SCENARIOS.get(which);
                    return found(scenario, faults, scenario.run(faults));
                })
                .flatMap(List::stream)
                .toList();
        assertThat("seed " + seed + "\n" + String.join("\n", failures), failures.size(), is(0));
    }

    @Test
    public void phaseWhoseRecordMetAConflictIsRecordedAllTheSame() {
        CrashRun run = runWith("second release", Fault.CONFLICT, "update Secret safe-deployments-addressbook-v2", -1);

        assertThat(run.report.toString(), run.phase(), is(Phase.PROMOTED));
    }

    @Test
    public void rollbackThatTheDeploymentBeganGoesOnAfterARestart() {
        CrashRun run = runWith(
                "failing test rolled back", Fault.DEATH_AFTER, "update Secret safe-deployments-addressbook-v2", 0);

        assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void claimOfWhatIsPromotedIsGivenBackAfterARestart() {
        CrashRun run =
                runWith("second release", Fault.DEATH_AFTER, "update Secret safe-deployments-addressbook-v2", -1);

        assertThat(run.report.toString(), run.phase(), is(Phase.PROMOTED));
    }

    @Test
    public void whoIsOvertakenBeforeItsRecordDoesNotGoOn() {
        CrashRun run = runWith("second release", Fault.OVERTAKEN, "create Secret safe-deployments-addressbook-v2", 0);

        assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void whoIsOvertakenLeavesTheMinimumOfTheAutoscalerAsItIs() {
        Scenario autoscaled = scenario("autoscaled");
        List<String> requests = autoscaled.run(Map.of()).requests;
        int first = at(requests, "update Secret safe-deployments-addressbook-v2", 1);
        int last = at(requests, "merge HorizontalPodAutoscaler load", 0);

        for (int overtaken = first + 1; overtaken <= last; overtaken++) {
            CrashRun run = autoscaled.run(Map.of(overtaken, Fault.OVERTAKEN));

            assertThat(run.report.toString(), run.broken, is(empty()));
            assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
        }
    }

    @Test
    public void canaryMadeAfterItWasRolledBackIsTakenAwayAgain() {
        CrashRun run = runWith("second release", Fault.OVERTAKEN, "apply Deployment addressbook-canary", 0);

        assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void canaryMadeTooLateIsTakenAwayAlthoughItsStatusChangesMeanwhile() {
        Scenario second = scenario("second release");
        int made = at(second.run(Map.of()), "apply Deployment addressbook-canary", 0);

        // the claim is looked at, then the canary, which changes before it is deleted
        CrashRun run = second.run(Map.of(made, Fault.OVERTAKEN, made + 3, Fault.CONFLICT));

        assertThat(run.report.toString(), run.broken, is(empty()));
        assertThat(run.requests.get(made + 2), is("delete Deployment addressbook-canary"));
    }

    @Test
    public void canaryMadeTooLateIsTakenAwayAfterARestart() {
        Scenario second = scenario("second release");
        int made = at(second.run(Map.of()), "apply Deployment addressbook-canary", 0);

        CrashRun run = second.run(Map.of(made - 1, Fault.OVERTAKEN, made, Fault.DEATH_BEFORE_ANSWER));

        assertThat(run.report.toString(), run.broken, is(empty()));
        assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void whatCameWithAReleaseTooLateIsTakenAwayAfterARestart() {
        CrashRun run = new CrashRun(released, Map.of());
        CrashRun.Running late = run.hold("late", CrashRun.deployment("1.1", "settings.yml", CrashRun.SETTINGS));
        run.after("apply ConfigMap settings", () -> {
            KubeObject settings = run.cluster.get(Kind.CONFIG_MAP, "settings").orElseThrow();
            run.rollback("bob");
            run.cluster.put(settings); // the request was under way until now
            late.die();
        });
        run.go(late);

        boolean ready = run.end(late);

        assertThat(run.report.toString(), ready, is(false));
        assertThat(
                run.report.toString(),
                run.cluster.get(Kind.CONFIG_MAP, "settings").isEmpty(),
                is(true));
        assertThat(run.phase(), is(Phase.ROLLED_BACK));
    }

    @Test
    public void whatCameWithAReleaseTooLateStaysForALaterRelease() {
        CrashRun run = new CrashRun(released, Map.of());
        CrashRun.Running late = run.hold("late", CrashRun.deployment("1.1", "settings.yml", CrashRun.SETTINGS));
        run.after("apply ConfigMap settings", () -> {
            run.rollback("bob");
            run.step("next", CrashRun.deployment("1.2", "settings.yml", CrashRun.SETTINGS));
        });
        run.go(late);

        boolean ready = run.end(late);

        assertThat(run.report.toString(), ready, is(false));
        assertThat(run.cluster.get(Kind.CONFIG_MAP, "settings").isPresent(), is(true));
        assertThat(run.report.toString(), containsString("Release 3 has begun since"));
        assertThat(run.phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void whoIsOvertakenAfterARestartBeforeItsRecordDoesNotBeginAnew() {
        Scenario second = scenario("second release");
        int record = at(second.run(Map.of()), "create Secret safe-deployments-addressbook-v2", 0);
        CrashRun died = second.run(Map.of(record, Fault.DEATH_BEFORE));
        int claim = record + at(rest(died, record), "update Lease safe-deployments-addressbook", 0);

        for (int overtaken = record + 1; overtaken < claim; overtaken++) {
            CrashRun run = second.run(Map.of(record, Fault.DEATH_BEFORE, overtaken, Fault.OVERTAKEN));

            assertThat(run.report.toString(), run.broken, is(empty()));
            assertThat(run.report.toString(), run.phase(), is(Phase.ROLLED_BACK));
        }
    }

    @Test
    public void canaryStaysIfStableLosesAPodBeforeItCanBeRemoved() {
        Scenario failing = scenario("failing test rolled back");
        CrashRun plain = failing.run(Map.of());
        int looked = at(plain, "get Deployment addressbook-stable", -1);
        int removed = at(plain, "delete Deployment addressbook-canary", 0);

        for (int refused = looked + 1; refused <= removed; refused++) {
            CrashRun run = failing.run(Map.of(looked, Fault.STABLE_POD_LOST, refused, Fault.UNAVAILABLE));

            assertThat(run.report.toString(), run.broken, is(empty()));
            assertThat(run.phase(), is(Phase.ROLLED_BACK));
        }
    }

    @Test
    public void stableGivesNothingUpForACanaryThatWasLostInItsTests() {
        CrashRun run = runWith("second release", Fault.CANARY_POD_LOST, "exec addressbook-canary", 0);

        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void promotionResumedAfterARollbackDoesNotPromoteTheNextRelease() {
        Scenario second = scenario("second release");
        int death = at(second.run(Map.of()), "update Secret safe-deployments-addressbook-v2", 1);
        CrashRun run = new CrashRun(released, Map.of(death, Fault.DEATH_AFTER));
        run.deploy("1.1", false, "true");
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
        run.pass(Duration.ofSeconds(2));
        run.rollback("bob");
        run.deploy("1.2", false);

        boolean promoted = run.end(promotion);

        assertThat(run.report.toString(), promoted, is(false));
        assertThat(run.phase(), is(Phase.CANARY_READY));
    }

    @Test
    public void rollbackResumedAfterItsEndLeavesTheNextReleaseAlone() {
        CrashRun run = new CrashRun(released, Map.of());
        run.deploy("1.1-pull-fail", false);
        CrashRun.Running rollback = run.start("carol", CrashRun.taking());
        run.end(rollback);
        run.deploy("1.2", false);

        run.resume(rollback);

        assertThat(run.report.toString(), run.phase(), is(Phase.CANARY_READY));
    }

    private static Scenario scenario(String name) {
        return SCENARIOS.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    /** The number of a request of an undisturbed run: the nth that begins so, or the last one. */
    private static int at(CrashRun plain, String request, int nth) {
        return at(plain.requests, request, nth);
    }

    private static List<String> rest(CrashRun run, int from) {
        return run.requests.subList(from, run.requests.size());
    }

    private static int at(List<String> requests, String request, int nth) {
        List<Integer> found = IntStream.range(0, requests.size())
                .filter(i -> requests.get(i).startsWith(request))
                .mapToObj(i -> i + 1)
                .toList();
        return found.get(nth < 0 ? found.size() - 1 : nth);
    }

    private static CrashRun runWith(String name, Fault fault, String request, int nth) {
        Scenario scenario = scenario(name);
        CrashRun run = scenario.run(Map.of(at(scenario.run(Map.of()), request, nth), fault));
        assertThat(run.report.toString(), run.broken, is(empty()));
        return run;
    }

    private static List<String> found(Scenario scenario, Map<Integer, Fault> faults, CrashRun run) {
        return run.broken.isEmpty()
                ? List.of()
                : List.of(scenario.name() + " with " + faults + ": "
                        + run.broken.stream().distinct().limit(4).toList() + "\n" + run.report);
    }
}
