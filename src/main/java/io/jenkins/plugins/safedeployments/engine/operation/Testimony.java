package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What events and logs add to a problem. It is asked once a problem is to be told, and whatever it cannot get is left out. */
final class Testimony {

    private static final Logger LOGGER = Logger.getLogger(Testimony.class.getName());
    private static final int LINES = 5;

    /** As long as a line of a command's output. */
    private static final int MAX_LINE = 8 * 1024;

    private final Cluster cluster;
    private final Report report;

    Testimony(Cluster cluster, Report report) {
        this.cluster = cluster;
        this.report = report;
    }

    /** The problem with the message of the event that explains it; a crashed container's last words go to the report. */
    @NonNull
    Problem hear(Problem problem) {
        try {
            switch (problem.ask()) {
                case EVENT -> {
                    return problem.detailed(lastWarning(problem.pod()));
                }
                case LOG -> lastLines(problem);
                default -> {
                    return problem;
                }
            }
        } catch (ClusterException e) {
            LOGGER.log(Level.FINE, "no more is known of a failed rollout", e);
        }
        return problem;
    }

    private String lastWarning(String pod) {
        return cluster.list(Kind.EVENT).stream()
                .filter(event -> event.string("type").equals("Warning"))
                .filter(event -> event.string("involvedObject", "kind").equals(Kind.POD.kind())
                        && event.string("involvedObject", "name").equals(pod))
                .max(Comparator.comparing(Testimony::time))
                .map(event -> event.string("message"))
                .orElse("");
    }

    private static String time(KubeObject event) {
        for (String[] field : new String[][] {{"lastTimestamp"}, {"series", "lastObservedTime"}, {"eventTime"}}) {
            String time = event.string(field);
            if (!time.isEmpty()) {
                return time;
            }
        }
        return "";
    }

    /** A line is shown as a whole or not at all: whoever masks secrets in the report would not know half of one. */
    private void lastLines(Problem problem) {
        String log = cluster.log(problem.pod(), problem.container(), true, LINES);
        List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
        for (String line : lines.subList(Math.max(0, lines.size() - LINES), lines.size())) {
            report.output(
                    line.length() <= MAX_LINE ? line : "(a line of " + line.length() + " characters is not shown)");
        }
    }
}
