package io.jenkins.plugins.safedeployments.engine.operation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Passes the output of a command on up to a limit, and its last lines when it has ended, since these are what says why it
 * failed.
 */
final class OutputLimit {

    static final int MAX_LINES = 1000;
    static final int MAX_CHARS = 256 * 1024;
    static final int LAST_LINES = 20;

    private final Report report;
    private final Deque<String> last = new ArrayDeque<>();
    private int lines;
    private int chars;
    private int held;

    OutputLimit(Report report) {
        this.report = report;
    }

    /** A line as it comes, on whichever thread. */
    synchronized void line(String text) {
        if (held == 0 && lines < MAX_LINES && chars + text.length() <= MAX_CHARS) {
            lines++;
            chars += text.length();
            report.output(text);
            return;
        }
        if (held++ == 0) {
            report.output("(more than " + lines + " lines: of the rest the last " + LAST_LINES + " follow at the end)");
        }
        last.add(text);
        if (last.size() > LAST_LINES) {
            last.remove();
        }
    }

    /** Says how much is missing, and shows what was kept of the end. */
    synchronized void end() {
        if (held > last.size()) {
            report.output("(" + (held - last.size()) + " lines are not shown)");
        }
        last.forEach(report::output);
        last.clear();
        held = 0;
    }
}
