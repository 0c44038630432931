package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem.Ask;
import java.time.Duration;
import org.junit.Test;

/** What is told of a crashed container's last words, on a simulated cluster. */
public class TestimonyTest {

    private static final Problem CRASH = new Problem(
            "crash/shop/main", "Container main crashes", "Look at its log.", Duration.ZERO, "shop", "main", Ask.LOG);

    private final SimulatedCluster cluster = new SimulatedCluster(new SimulatedTime(SimulatedTime.BEGIN));
    private final CollectedReport report = new CollectedReport();

    /** The report masks secrets, and would not find one that was cut. */
    @Test
    public void hear_longLineWithASecretInIt_isPassedOnAsAWhole() {
        String line = "x".repeat(190) + " token=0123456789abcdef " + "y".repeat(300);
        cluster.log = line + "\n\nthe end\n";

        new Testimony(cluster, report).hear(CRASH);

        assertThat(report.lines, contains("| " + line, "| the end"));
    }

    @Test
    public void hear_lineThatNobodyReads_isLeftOut() {
        cluster.log = "x".repeat(9000) + "\nthe end\n";

        new Testimony(cluster, report).hear(CRASH);

        assertThat(report.lines, contains("| (a line of 9000 characters is not shown)", "| the end"));
    }
}
