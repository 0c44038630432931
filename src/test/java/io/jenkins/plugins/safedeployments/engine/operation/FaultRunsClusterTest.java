package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.operation.FaultRuns.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.Rule;
import org.junit.Test;

/**
 * Releases to a real API server with faults on the way: at random, and a death of the controller at every request. Alone it
 * does a sample of each, for a minute at most; {@code -DfaultRuns=500} does that many at random, {@code -DfaultRuns=deaths}
 * all the deaths.
 */
public class FaultRunsClusterTest {

    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final String ASKED = System.getProperty("faultRuns", "");
    private static final int SAMPLE = 30;

    /** Fewer: that nothing is lost by a death at any request is also tried on the cluster in memory, and there at all of them. */
    private static final int DEATHS_SAMPLE = 10;

    /** A sample begins no run when its test has taken so long; a run takes some seconds. */
    private static final Duration SAMPLE_TIME = Duration.ofSeconds(50);

    /** A run that takes longer is told, for it may have waited in vain for something. */
    private static final Duration LONG = Duration.ofSeconds(30);

    @Rule
    public TestCluster first = new TestCluster();

    @Rule
    public TestCluster second = new TestCluster();

    private final AtomicInteger done = new AtomicInteger();

    private record Plan(String name, Scenario scenario, Map<Integer, ApiFault> faults) {}

    @Test
    public void faultsAtRandom() throws Exception {
        org.junit.Assume.assumeTrue(!ASKED.equals("deaths"));
        int runs = ASKED.isEmpty() ? SAMPLE : Integer.parseInt(ASKED);
        List<String> failures = all(requests -> {
            List<Plan> plans = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                plans.add(random(i, requests));
            }
            return plans;
        });

        System.out.println("-Dseed=" + SEED + ": " + done + " runs with faults at random");
        assertThat(String.join("\n", failures), failures.size(), is(0));
        assertThat(done.get(), is(greaterThan(0)));
    }

    private static Plan random(int number, int requests) {
        Random random = new Random(SEED * 31 + number);
        Scenario scenario = Scenario.values()[random.nextInt(2)];
        Map<Integer, ApiFault> faults = new LinkedHashMap<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            ApiFault[] all = ApiFault.values();
            faults.put(1 + random.nextInt(requests), all[random.nextInt(all.length)]);
        }
        return new Plan("run " + number, scenario, faults);
    }

    @Test
    public void deathAtEveryRequest() throws Exception {
        org.junit.Assume.assumeTrue(ASKED.isEmpty() || ASKED.equals("deaths"));
        List<String> failures = all(requests -> {
            List<Plan> plans = new ArrayList<>();
            for (Scenario scenario : Scenario.values()) {
                for (int at = 1; at <= requests; at++) {
                    for (ApiFault death : ApiFault.DEATHS) {
                        plans.add(new Plan("", scenario, Map.of(at, death)));
                    }
                }
            }
            if (ASKED.isEmpty()) {
                Collections.shuffle(plans, new Random(SEED));
                return plans.subList(0, DEATHS_SAMPLE);
            }
            return plans;
        });

        System.out.println("-Dseed=" + SEED + ": " + done + " runs with a death");
        assertThat(String.join("\n", failures), failures.size(), is(0));
        assertThat(done.get(), is(greaterThan(0)));
    }

    private interface Planner {
        /** @param requests how many an undisturbed release takes */
        List<Plan> plans(int requests);
    }

    /** Does the plans in both namespaces at the same time; answers what was wrong. */
    private List<String> all(Planner planner) throws Exception {
        Logger logger = Logger.getLogger(OperationRun.class.getName());
        logger.setLevel(Level.OFF); // the dead complain
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        Queue<Plan> plans = new ConcurrentLinkedQueue<>();
        Instant end = Instant.now().plus(SAMPLE_TIME);
        try (FaultRuns one = new FaultRuns(TestCluster.access(), first.cluster());
                FaultRuns other = new FaultRuns(TestCluster.access(), second.cluster())) {
            one.begin();
            other.begin();
            failures.addAll(one.run(Scenario.PROMOTED, Map.of()));
            plans.addAll(planner.plans(one.requests()));
            System.out.println(one.requests() + " requests, " + plans.size() + " plans");
            List<Future<?>> workers = new ArrayList<>();
            for (FaultRuns runs : List.of(one, other)) {
                workers.add(threads.submit(() -> {
                    do {
                        Plan plan = plans.poll();
                        if (plan == null) {
                            return;
                        }
                        Instant begun = Instant.now();
                        List<String> wrong = runs.run(plan.scenario(), plan.faults());
                        Duration took = Duration.between(begun, Instant.now());
                        if (took.compareTo(LONG) > 0) {
                            System.out.println(took.toSeconds() + " s took " + plan + ":\n" + runs.told());
                        }
                        done.incrementAndGet();
                        if (!wrong.isEmpty()) {
                            failures.add(plan + ": " + String.join("\n  ", wrong));
                        }
                    } while (failures.size() < 20
                            && (!ASKED.isEmpty() || Instant.now().isBefore(end)));
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            threads.shutdownNow();
            logger.setLevel(null);
        }
        return failures;
    }
}
