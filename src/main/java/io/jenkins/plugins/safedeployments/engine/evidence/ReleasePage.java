package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.rollout.Diagnosis;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What the page of a release says, from the cause at its top to the gaps at its end. */
final class ReleasePage {

    private static final int MAX_WARNINGS = 20;
    private static final int MAX_EXCERPTS = 30;

    private final Target target;
    private final Release release;
    private final Look look;
    private final Instant now;
    private final String cause;
    private final Observation canary;
    private final Observation stable;
    private final List<Problem> problems;
    private final Page page;

    /** @param cause empty if nothing has failed */
    ReleasePage(Target target, Release release, Look look, Instant now, String cause) {
        this.target = target;
        this.release = release;
        this.look = look;
        this.now = now;
        this.cause = cause;
        String service = release.plan().service();
        this.canary = Observation.of(look, target.deployment(Track.CANARY), service);
        this.stable = Observation.of(look, target.deployment(Track.STABLE), service);
        this.problems = new ArrayList<>(Diagnosis.problems(canary));
        this.problems.addAll(Diagnosis.problems(stable));
        this.page = new Page(
                look.mask()::text,
                (cause.isEmpty() ? "State of the canary: " : "Post-mortem: ") + target.app() + ", release "
                        + release.number());
    }

    String html() {
        return page.html();
    }

    String text() {
        return page.text();
    }

    /** The cause and what else fits on a screen, for who has only a terminal. */
    String brief(String collector, List<String> missing, List<String> cut) {
        StringBuilder text = new StringBuilder(cause.isEmpty() ? "State of the canary" : cause).append("\n\n");
        facts(collector)
                .forEach((name, value) -> text.append(String.format(Locale.ROOT, "%-13s%s%n", name + ":", value)));
        section(
                text,
                "What is wrong at this moment",
                problems.stream().map(ReleasePage::sentence).toList());
        section(
                text,
                "History",
                release.history().stream()
                        .map(entry -> Shown.moment(entry.at()) + "  "
                                + entry.phase().text() + ": " + entry.text() + " (" + entry.by() + ")")
                        .toList());
        section(text, "Could not be had", missing);
        section(text, "Was cut", cut);
        return look.mask().text(text.toString());
    }

    private static void section(StringBuilder text, String heading, List<String> items) {
        if (!items.isEmpty()) {
            text.append('\n').append(heading).append(":\n");
            items.forEach(item -> text.append("- ").append(item).append('\n'));
        }
    }

    private static String sentence(Problem problem) {
        return problem.sentence() + (problem.sentence().endsWith(".") ? " " : ". ") + problem.hint();
    }

    /** From the cause to what the cluster warns of. */
    void write(String collector, Logs logs) {
        if (!cause.isEmpty()) {
            cause();
        }
        page.facts(facts(collector));
        page.heading("The two tracks");
        page.table(tracks());
        page.heading("Before the release, and now");
        page.table(BeforeAndNow.of(release.plan(), canary, stable));
        TextTable pods = pods();
        if (!pods.isEmpty()) {
            page.heading("Their pods");
            page.table(pods);
        }
        page.heading("What is wrong at this moment");
        if (problems.isEmpty()) {
            page.paragraph("Nothing that the Deployments or their pods would show.");
        } else {
            page.list(problems.stream().map(ReleasePage::sentence).toList());
        }
        warnings();
        logs(logs);
        page.heading("To look further");
        page.paragraph(
                cause.isEmpty()
                        ? "Ready to paste into a terminal:"
                        : "Ready to paste into a terminal, for as long as the pods are there (onFailure: 'keep' leaves"
                                + " them):");
        boolean any = canary.deployment() != null;
        Track track = any ? Track.CANARY : Track.STABLE;
        page.code(Commands.of(target.namespace(), target.deployment(track), look.pods(track)));
        history();
    }

    /** The sentence by itself, and what to do about it below, if it is of a problem that is still there. */
    private void cause() {
        for (Problem problem : problems) {
            if (cause.startsWith(problem.sentence()) && cause.endsWith(problem.hint())) {
                page.strong(problem.sentence() + (problem.sentence().endsWith(".") ? "" : "."));
                page.paragraph(problem.hint());
                return;
            }
        }
        page.strong(cause);
    }

    private Map<String, String> facts(String collector) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Release", release.number() + ", " + release.phase().text());
        facts.put("Image", release.plan().image());
        facts.put("Application", target.app());
        facts.put("Namespace", target.namespace());
        if (!target.cluster().isEmpty()) {
            facts.put("Cluster", target.cluster());
        }
        facts.put("Made by", release.origin().text());
        if (!release.origin().url().isEmpty()) {
            facts.put("Its run", release.origin().url());
        }
        if (!release.history().isEmpty()) {
            facts.put("Begun", Shown.moment(release.history().get(0).at()));
        }
        facts.put("Collected", Shown.moment(now.toString()) + " by " + collector);
        return facts;
    }

    private TextTable tracks() {
        TextTable table = new TextTable("", "canary", "stable");
        row(table, "Deployment", d -> d.name());
        row(table, "Release", d -> orNone(d.annotation(Names.RELEASE)));
        row(table, "Image", d -> images(d));
        table.row("Image as its pods report it", digests(Track.CANARY), digests(Track.STABLE));
        row(table, "Desired", d -> Integer.toString(d.integer(1, "spec", "replicas")));
        row(table, "Updated", d -> status(d, "updatedReplicas"));
        row(table, "Ready", d -> status(d, "readyReplicas"));
        row(table, "Available", d -> status(d, "availableReplicas"));
        if (!release.plan().service().isEmpty()) {
            table.row(
                    "In Service " + release.plan().service(),
                    Integer.toString(canary.servingPods().size()),
                    Integer.toString(stable.servingPods().size()));
        }
        table.row("Restarts", restarts(Track.CANARY), restarts(Track.STABLE));
        row(table, "Age", d -> Shown.age(d.string("metadata", "creationTimestamp"), now));
        return table;
    }

    private void row(TextTable table, String name, Function<KubeObject, String> value) {
        table.row(name, cell(canary.deployment(), value), cell(stable.deployment(), value));
    }

    static String cell(@CheckForNull KubeObject deployment, Function<KubeObject, String> value) {
        return deployment == null ? BeforeAndNow.ABSENT : value.apply(deployment);
    }

    private static String orNone(@CheckForNull String text) {
        return text == null ? Shown.NONE : text;
    }

    static String images(KubeObject deployment) {
        return String.join(
                ", ",
                deployment.list("spec", "template", "spec", "containers").stream()
                        .map(container -> container.string("image"))
                        .toList());
    }

    private static String status(KubeObject deployment, String field) {
        return Integer.toString(deployment.integer(0, "status", field));
    }

    private String digests(Track track) {
        Set<String> digests = new LinkedHashSet<>();
        look.pods(track).forEach(pod -> digests.add(digests(pod, digest -> digest)));
        digests.remove(Shown.NONE);
        return digests.isEmpty() ? Shown.NONE : String.join(", ", digests);
    }

    private static String digests(KubeObject pod, UnaryOperator<String> form) {
        List<String> digests = pod.list("status", "containerStatuses").stream()
                .map(Shown::digest)
                .filter(digest -> !digest.isEmpty())
                .map(form)
                .distinct()
                .toList();
        return digests.isEmpty() ? Shown.NONE : String.join(", ", digests);
    }

    private String restarts(Track track) {
        return Integer.toString(
                look.pods(track).stream().mapToInt(Shown::restarts).sum());
    }

    private TextTable pods() {
        TextTable table = new TextTable("Pod", "Track", "Ready", "Status", "Restarts", "Node", "Age", "Image digest");
        for (Track track : List.of(Track.CANARY, Track.STABLE)) {
            look.pods(track)
                    .forEach(pod -> table.row(
                            pod.name(),
                            track.label(),
                            Shown.readyContainers(pod),
                            Shown.status(pod),
                            Integer.toString(Shown.restarts(pod)),
                            Shown.orNone(pod.string("spec", "nodeName")),
                            Shown.age(pod.string("metadata", "creationTimestamp"), now),
                            digests(pod, Shown::shortened)));
        }
        return table;
    }

    private void warnings() {
        List<KubeObject> warnings = look.warnings();
        page.heading("Warnings of the cluster");
        if (warnings.isEmpty()) {
            page.paragraph("None about the two tracks.");
            return;
        }
        page.table(new EvidenceText(now)
                .eventTable(warnings.stream().limit(MAX_WARNINGS).toList()));
        if (warnings.size() > MAX_WARNINGS) {
            page.paragraph("The latest " + MAX_WARNINGS + " of " + warnings.size() + "; all are in events.txt.");
        }
    }

    private void logs(Logs logs) {
        page.heading("Last lines of the logs");
        if (logs.excerpts().isEmpty()) {
            page.paragraph("There are none.");
        }
        String canaryName = target.deployment(Track.CANARY) + "-";
        logs.excerpts().stream()
                .limit(MAX_EXCERPTS)
                .forEach(excerpt -> page.details(
                        "Pod " + excerpt.pod() + ", container " + excerpt.container()
                                + (excerpt.previous() ? ", before its last restart" : ""),
                        excerpt.pod().startsWith(canaryName),
                        excerpt.lines().isEmpty() ? "(empty)" : excerpt.lines()));
        if (!logs.notStarted().isEmpty()) {
            page.list(logs.notStarted());
        }
    }

    private void history() {
        page.heading("History");
        TextTable table = new TextTable("When", "Phase", "What", "By");
        release.history()
                .forEach(entry -> table.row(
                        Shown.moment(entry.at()),
                        entry.phase().text(),
                        entry.text(),
                        entry.by() + (entry.user().isEmpty() ? "" : " (" + entry.user() + ")")));
        page.table(table);
    }

    /** The files beside the page, and what is not in them. */
    void end(Map<String, Integer> sizes, List<String> missing, List<String> cut) {
        page.heading("Files");
        Map<String, String> files = new LinkedHashMap<>();
        files.put("post-mortem.txt", "this page as text");
        files.put("cause.txt", "the same in short");
        Map<String, Integer> objects = new LinkedHashMap<>();
        sizes.forEach((file, bytes) -> {
            if (file.startsWith("yaml/")) {
                objects.put(file.substring("yaml/".length()), bytes);
            } else {
                files.put(file, size(bytes));
            }
        });
        if (!objects.isEmpty()) {
            // not one by one: what the browser does not show but download, a sandboxed page may not lead to
            files.put("yaml/", "the objects, without secrets: " + String.join(", ", objects.keySet()));
        }
        page.files(files);
        gaps("Could not be had", missing);
        gaps("Was cut", cut);
    }

    private void gaps(String heading, List<String> gaps) {
        if (!gaps.isEmpty()) {
            page.heading(heading);
            page.list(gaps);
        }
    }

    private static String size(int bytes) {
        return bytes < 1024 ? "(" + bytes + " bytes)" : "(" + (bytes + 512) / 1024 + " KiB)";
    }
}
