package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import org.junit.Test;

public class OutputLimitTest {

    private final CollectedReport report = new CollectedReport();
    private final OutputLimit output = new OutputLimit(report);

    @Test
    public void line_belowTheLimits_isPassedOn() {
        output.line("a");
        output.line("b");
        output.end();

        assertThat(report.lines, contains("| a", "| b"));
    }

    @Test
    public void line_moreThanTheLimit_endIsShownWithWhatIsMissing() {
        int all = OutputLimit.MAX_LINES + 100;
        for (int i = 1; i <= all; i++) {
            output.line("line " + i);
        }
        output.end();

        assertThat(report.lines.get(OutputLimit.MAX_LINES - 1), is("| line 1000"));
        assertThat(
                report.lines.get(OutputLimit.MAX_LINES),
                is("| (more than 1000 lines: of the rest the last 20 follow at the end)"));
        assertThat(report.lines.get(OutputLimit.MAX_LINES + 1), is("| (80 lines are not shown)"));
        assertThat(report.lines.get(OutputLimit.MAX_LINES + 2), is("| line 1081"));
        assertThat(report.lines.get(report.lines.size() - 1), is("| line " + all));
    }

    @Test
    public void line_fewButLong_areLimitedAsWell() {
        String line = "x".repeat(8 * 1024);
        for (int i = 0; i < 1000; i++) {
            output.line(line);
        }
        output.end();

        assertThat(
                report.lines.stream().filter(l -> l.endsWith(line)).count(),
                is((long) OutputLimit.MAX_CHARS / line.length() + OutputLimit.LAST_LINES));
    }

    @Test
    public void end_withoutMore_saysNothing() {
        for (int i = 0; i < OutputLimit.MAX_LINES + 1; i++) {
            output.line("x");
        }
        output.end();
        output.end();

        assertThat(report.lines.size(), is(OutputLimit.MAX_LINES + 2));
    }
}
