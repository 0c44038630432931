package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** A run dies at any of its requests and does not come back: what its controller makes of the release that it leaves. */
public class EndOrphanTest {

    private static final Logger LOGGER = Logger.getLogger(OperationRun.class.getName());

    private static SimulatedCluster released;

    @BeforeClass
    public static void releaseOnce() {
        LOGGER.setLevel(Level.OFF); // deaths are what this is about
        CrashRun run = new CrashRun(null, Map.of());
        run.deploy("1.0", false);
        run.promote(3);
        released = run.cluster;
    }

    @AfterClass
    public static void logAgain() {
        LOGGER.setLevel(null);
    }

    @Test
    public void deadCanaryDeployIsTakenBackWhereverItDied() {
        Map<Phase, Integer> ends = atEachDeath(run -> run.abandon(CrashRun.deployment("1.1", true, "true"), true));

        assertThat(ends.keySet().toString(), is("[CANARY_READY, PROMOTED, ROLLED_BACK]"));
    }

    @Test
    public void deadCanaryDeployThatKeepsIsRecordedAsFailed() {
        Map<Phase, Integer> ends = atEachDeath(run -> run.abandon(CrashRun.deployment("1.1", false, "true"), false));

        // rolled back: it had died before it had a record, so there was nothing to keep
        assertThat(ends.keySet().toString(), is("[CANARY_READY, PROMOTED, ROLLED_BACK, FAILED]"));
    }

    @Test
    public void deadPromotionIsTakenBackWhereverItDied() {
        Map<Phase, Integer> ends = atEachDeath(run -> {
            if (run.deploy("1.1", true)) {
                run.abandon(CrashRun.promotion(null), true);
            }
        });

        assertThat(ends.keySet().toString(), is("[CANARY_READY, PROMOTED, ROLLED_BACK]"));
    }

    @Test
    public void deadPromotionThatKeepsIsRecordedAsFailed() {
        Map<Phase, Integer> ends = atEachDeath(run -> {
            if (run.deploy("1.1", true)) {
                run.abandon(CrashRun.promotion(null), false);
            }
        });

        assertThat(ends.keySet().toString(), is("[CANARY_READY, PROMOTED, FAILED]"));
    }

    @Test
    public void deadRollbackIsGoneOnWith() {
        Map<Phase, Integer> ends = atEachDeath(run -> {
            if (run.deploy("1.1", true)) {
                run.abandon(CrashRun.taking(), false);
            }
        });

        assertThat(ends.keySet().toString(), is("[CANARY_READY, ROLLED_BACK]"));
    }

    @Test
    public void deadReturnIsGoneOnWith() {
        Map<Phase, Integer> ends = atEachDeath(run -> {
            if (run.deploy("1.1", true) && run.promote(null)) {
                run.abandon(CrashRun.returning("1"), false);
            }
        });

        assertThat(ends.keySet().toString(), is("[PROMOTED, ROLLED_BACK]"));
    }

    /** The controller dies as well while it takes the release back, or a person does so in the midst of it. */
    @Test
    public void endingSurvivesFaultsOfItsOwn() {
        Consumer<CrashRun> steps = run -> run.abandon(CrashRun.deployment("1.1", true, "true"), true);
        int death = request(steps, "apply Deployment addressbook-canary");
        int requests = run(steps, Map.of(death, Fault.DEATH_AFTER)).requests.size();
        List<String> broken = new ArrayList<>();
        for (int at = death + 1; at <= requests; at++) {
            for (Fault fault : new Fault[] {
                Fault.DEATH_BEFORE, Fault.DEATH_AFTER, Fault.OVERTAKEN, Fault.CONFLICT, Fault.STABLE_POD_LOST
            }) {
                CrashRun run = run(steps, Map.of(death, Fault.DEATH_AFTER, at, fault));
                run.broken.forEach(text -> broken.add(text + "\n" + run.report));
            }
        }

        assertThat(broken, is(empty()));
    }

    @Test
    public void whatSomebodyElseActsOnIsLeftToThem() {
        CrashRun run = new CrashRun(released, Map.of());
        CrashRun.Running dead = run.start("dead", CrashRun.deployment("1.1-pull-hang", true));
        run.pass(Duration.ofSeconds(2));
        dead.die();
        run.rollback("bob");
        run.deploy("1.2", true);

        run.endOrphan(dead, true);

        assertThat(run.phase(), is(Phase.CANARY_READY));
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    @Test
    public void historySaysWhoEndedItAndWhy() {
        Consumer<CrashRun> steps = run -> run.abandon(CrashRun.deployment("1.1", true, "true"), true);
        CrashRun run = run(steps, Map.of(request(steps, "exec addressbook-canary"), Fault.DEATH_BEFORE));

        assertThat(run.phase(), is(Phase.ROLLED_BACK));
        assertThat(run.cause(2), containsString("The run is over without having ended it."));
    }

    private static CrashRun run(Consumer<CrashRun> steps, Map<Integer, Fault> faults) {
        CrashRun run = new CrashRun(released, faults);
        steps.accept(run);
        run.atRest();
        return run;
    }

    private static int request(Consumer<CrashRun> steps, String request) {
        List<String> requests = run(steps, Map.of()).requests;
        for (int i = 0; i < requests.size(); i++) {
            if (requests.get(i).startsWith(request)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(request + " is none of " + requests);
    }

    /** How often each phase was the last, over a death before and after each request; all invariants held. */
    private static Map<Phase, Integer> atEachDeath(Consumer<CrashRun> steps) {
        int requests = run(steps, Map.of()).requests.size();
        Map<Phase, Integer> ends = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        for (int at = 1; at <= requests; at++) {
            for (Fault death : new Fault[] {Fault.DEATH_BEFORE, Fault.DEATH_AFTER}) {
                CrashRun run = run(steps, Map.of(at, death));
                run.broken.forEach(text -> broken.add(death + ": " + text + "\n" + run.report));
                ends.merge(run.phase(), 1, Integer::sum);
            }
        }
        assertThat(String.join("\n", broken), broken, is(empty()));
        return ends;
    }
}
