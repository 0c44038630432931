package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What an operation tells of its release: from when it takes it up, and no release but its own. */
public class ToldReleasesTest {

    private final CrashRun run = new CrashRun(null, Map.of());

    @Test
    public void deployAndPromote_eachPhaseIsToldOnce() {
        run.deploy("1.0", false);
        run.promote(3);

        assertThat(
                run.report.toString(),
                actedOn(),
                contains("1 canary starting", "1 canary ready", "1 canary ready", "1 promoting", "1 promoted"));
    }

    @Test
    public void busy_theOtherReleaseIsNotTold() {
        run.deploy("1.0", false);
        run.report.releases.clear();

        run.deploy("1.1", false);

        assertThat(run.report.toString(), actedOn(), empty());
    }

    @Test
    public void supersede_theOtherReleaseIsNotTold() {
        run.deploy("1.0", false);
        run.report.releases.clear();

        run.step("second", CrashRun.deployment("1.1", false, OnBusy.SUPERSEDE, Force.NONE));

        assertThat(run.report.toString(), actedOn(), contains("2 canary starting", "2 canary ready"));
    }

    /** Each operation is run once more after its end, which tells that all was done before. */
    private List<String> actedOn() {
        return run.report.releases.stream()
                .filter(told -> !told.endsWith(", done before"))
                .toList();
    }
}
