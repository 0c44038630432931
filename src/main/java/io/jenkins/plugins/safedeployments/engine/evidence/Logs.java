package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** The logs of containers: into the bundle what fits, and of each the last lines for the page. */
final class Logs {

    static final int MAX_BYTES = 1024 * 1024;
    private static final int MAX_LINES = 8000;
    private static final int FEW_LINES = 10;
    private static final int EXCERPT_LINES = 30;
    private static final int EXCERPT_LINE = 400;

    /**
     * The last lines of a container's log.
     *
     * @param file where there is more of it
     * @param previous of the run before the last restart
     */
    record Excerpt(String pod, String container, boolean previous, String file, String lines) {}

    private final Cluster cluster;
    private final Inquiry inquiry;
    private final Masking masking;
    private final Bundle bundle;
    private final List<Excerpt> excerpts = new ArrayList<>();
    private final List<String> notStarted = new ArrayList<>();

    Logs(Cluster cluster, Inquiry inquiry, Masking masking, Bundle bundle) {
        this.cluster = cluster;
        this.inquiry = inquiry;
        this.masking = masking;
        this.bundle = bundle;
    }

    List<Excerpt> excerpts() {
        return List.copyOf(excerpts);
    }

    /** Containers that have never run, so that there is no log of them. */
    List<String> notStarted() {
        return List.copyOf(notStarted);
    }

    void of(KubeObject pod) {
        for (String list : List.of("initContainer", "container")) {
            List<KubeObject> statuses = pod.list("status", list + "Statuses");
            for (KubeObject container : pod.list("spec", list + "s")) {
                String name = container.string("name");
                KubeObject status = statuses.stream()
                        .filter(s -> s.string("name").equals(name))
                        .findFirst()
                        .orElse(container.with(null, "name"));
                if (hasRun(status)) {
                    keep(pod.name(), name, false);
                    if (hasRestarted(status)) {
                        keep(pod.name(), name, true);
                    }
                } else {
                    notStarted.add("Container " + name + " of pod " + pod.name() + " has never run");
                }
            }
        }
    }

    private static boolean hasRun(KubeObject status) {
        return hasRestarted(status)
                || !status.map("state", "running").isEmpty()
                || !status.map("state", "terminated").isEmpty();
    }

    private static boolean hasRestarted(KubeObject status) {
        return status.integer(0, "restartCount") > 0
                || !status.map("lastState", "terminated").isEmpty();
    }

    private void keep(String pod, String container, boolean previous) {
        String file = "logs-" + pod + "-" + container + (previous ? "-previous" : "") + ".txt";
        if (bundle.isFull()) {
            bundle.cut(file + ": left out, since all together may have " + Bundle.megabytes(Bundle.MAX_BYTES));
            return;
        }
        String log = inquiry.ask(file, () -> log(file, pod, container, previous));
        if (log != null) {
            bundle.putEnd(file, log);
            excerpts.add(new Excerpt(pod, container, previous, file, excerpt(log)));
        }
    }

    /**
     * The end of a log. The API server's limit of bytes cuts the end of the lines that are asked for, and it is the end that
     * matters: so fewer lines are asked for until they fit. Secrets go before anything is cut, since of half a one nobody could
     * tell what it is.
     */
    private String log(String file, String pod, String container, boolean previous) {
        int lines = MAX_LINES;
        String log = cluster.log(pod, container, previous, lines);
        while (Bundle.bytes(log) >= MAX_BYTES - 3 && lines > FEW_LINES) { // 3: a character that was cut
            lines /= 4;
            log = cluster.log(pod, container, previous, lines);
        }
        if (lines < MAX_LINES || log.lines().count() >= MAX_LINES) {
            bundle.cut(file + ": the last " + lines + " lines, " + Bundle.megabytes(MAX_BYTES) + " at most");
        }
        return Bundle.shortened(masking.text(log), MAX_BYTES, true);
    }

    private static String excerpt(String log) {
        List<String> lines = log.lines().toList();
        StringBuilder text = new StringBuilder();
        lines.stream()
                .skip(Math.max(0, lines.size() - EXCERPT_LINES))
                .forEach(line -> text.append(
                                line.length() <= EXCERPT_LINE ? line : line.substring(0, EXCERPT_LINE) + "...")
                        .append('\n'));
        return text.toString();
    }
}
