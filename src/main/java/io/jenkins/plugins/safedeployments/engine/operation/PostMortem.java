package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Collects what {@code kubectl get all -o wide}, {@code get events}, {@code describe deployment}, {@code logs} and {@code
 * logs --previous} would show of a canary, with the cause on top. Whatever cannot be had is left out and said so: nothing
 * here may keep a rollback from happening, or hold it up for long.
 */
final class PostMortem {

    private static final Duration BUDGET = Duration.ofSeconds(30);
    private static final int LOG_LINES = 2000;
    private static final int MAX_PODS = 10;

    private final Session session;
    private final Release release;
    private final String cause;
    private final Instant end;
    private final Map<String, String> files = new LinkedHashMap<>();
    private final StringBuilder missing = new StringBuilder();

    PostMortem(Session session, Release release, String cause) {
        this.session = session;
        this.release = release;
        this.cause = cause;
        this.end = session.now().plus(BUDGET);
    }

    /** Collects and keeps it; never throws because of what it meets. */
    void collect() {
        String canary = session.target().deployment(Track.CANARY);
        try {
            Observation observation =
                    Observation.of(session.cluster(), canary, release.plan().service());
            files.put("cause.txt", ""); // on top of the list; its text comes last
            EvidenceText text = new EvidenceText(session.now());
            put(
                    "get-all.txt",
                    () -> text.all(
                            session.cluster().list(Kind.POD),
                            session.cluster().list(Kind.SERVICE),
                            session.cluster().list(Kind.DEPLOYMENT),
                            session.cluster().list(Kind.REPLICA_SET)));
            put("events.txt", () -> text.events(session.cluster().list(Kind.EVENT)));
            put(
                    "describe-deployment-" + canary + ".txt",
                    () -> text.describe(
                            observation.deployment(),
                            observation.newPods(),
                            session.cluster().list(Kind.EVENT)));
            observation.newPods().stream().limit(MAX_PODS).forEach(this::logs);
            files.put("cause.txt", cause(observation));
            String where =
                    session.report().keep("post-mortem/" + session.target().app() + "-" + release.number(), files);
            session.report().line("post-mortem", files.size() + " files: " + where);
        } catch (RuntimeException e) {
            session.report().line("post-mortem", "not complete: " + e.getMessage());
        }
    }

    private void logs(KubeObject pod) {
        for (KubeObject container : pod.list("spec", "containers")) {
            String name = container.string("name");
            String file = "logs-" + pod.name() + "-" + name;
            put(file + ".txt", () -> session.cluster().log(pod.name(), name, false, LOG_LINES));
            if (restarted(pod, name)) {
                put(file + "-previous.txt", () -> session.cluster().log(pod.name(), name, true, LOG_LINES));
            }
        }
    }

    private static boolean restarted(KubeObject pod, String container) {
        return pod.list("status", "containerStatuses").stream()
                .anyMatch(status -> status.string("name").equals(container) && status.integer(0, "restartCount") > 0);
    }

    private void put(String file, Supplier<String> text) {
        if (session.now().isAfter(end)) {
            missing.append(file).append(": no time left\n");
            return;
        }
        try {
            files.put(file, text.get());
        } catch (ClusterException e) {
            missing.append(file).append(": ").append(e.getMessage()).append('\n');
        }
    }

    private String cause(Observation observation) {
        List<Problem> problems = Diagnosis.problems(observation);
        StringBuilder text = new StringBuilder(cause).append("\n\n");
        text.append("Release:   ").append(release.title()).append('\n');
        text.append("Target:    ").append(session.target()).append('\n');
        text.append("Made by:   ").append(release.origin().text()).append('\n');
        text.append("Collected: ")
                .append(session.now())
                .append(" by ")
                .append(session.actor().text())
                .append('\n');
        if (!problems.isEmpty()) {
            text.append("\nWhat is wrong at this moment:\n");
            problems.forEach(problem -> text.append("- ")
                    .append(problem.sentence())
                    .append(". ")
                    .append(problem.hint())
                    .append('\n'));
        }
        text.append("\nHistory:\n");
        release.history()
                .forEach(entry -> text.append("- ")
                        .append(entry.at())
                        .append("  ")
                        .append(entry.phase().text())
                        .append(": ")
                        .append(entry.text())
                        .append(" (")
                        .append(entry.by())
                        .append(")\n"));
        if (missing.length() > 0) {
            text.append("\nCould not be had:\n").append(missing);
        }
        return text.toString();
    }
}
