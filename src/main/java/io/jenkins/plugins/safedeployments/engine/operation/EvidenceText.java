package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes objects down as {@code kubectl} shows them. Values of environment variables are left out: they may be secret. */
final class EvidenceText {

    private final Instant now;

    EvidenceText(Instant now) {
        this.now = now;
    }

    String all(List<KubeObject> pods, List<KubeObject> services, List<KubeObject> deployments, List<KubeObject> sets) {
        List<List<String>> podRows = rows("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE");
        for (KubeObject pod : pods) {
            podRows.add(List.of(
                    "pod/" + pod.name(),
                    readyContainers(pod) + "/" + pod.list("spec", "containers").size(),
                    podStatus(pod),
                    Integer.toString(restarts(pod)),
                    age(pod.string("metadata", "creationTimestamp")),
                    orNone(pod.string("status", "podIP")),
                    orNone(pod.string("spec", "nodeName"))));
        }
        List<List<String>> serviceRows = rows("NAME", "TYPE", "CLUSTER-IP", "SELECTOR", "AGE");
        for (KubeObject service : services) {
            serviceRows.add(List.of(
                    "service/" + service.name(),
                    service.string("spec", "type"),
                    orNone(service.string("spec", "clusterIP")),
                    service.map("spec", "selector").toString(),
                    age(service.string("metadata", "creationTimestamp"))));
        }
        List<List<String>> deploymentRows = rows("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "IMAGES");
        deployments.forEach(d -> deploymentRows.add(List.of(
                "deployment.apps/" + d.name(),
                d.integer(0, "status", "readyReplicas") + "/" + d.integer(1, "spec", "replicas"),
                Integer.toString(d.integer(0, "status", "updatedReplicas")),
                Integer.toString(d.integer(0, "status", "availableReplicas")),
                age(d.string("metadata", "creationTimestamp")),
                images(d))));
        List<List<String>> setRows = rows("NAME", "DESIRED", "CURRENT", "READY", "AGE", "IMAGES");
        sets.forEach(s -> setRows.add(List.of(
                "replicaset.apps/" + s.name(),
                Integer.toString(s.integer(0, "spec", "replicas")),
                Integer.toString(s.integer(0, "status", "replicas")),
                Integer.toString(s.integer(0, "status", "readyReplicas")),
                age(s.string("metadata", "creationTimestamp")),
                images(s))));
        return table(podRows) + "\n" + table(serviceRows) + "\n" + table(deploymentRows) + "\n" + table(setRows);
    }

    String events(List<KubeObject> events) {
        List<KubeObject> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparing(EvidenceText::eventTime));
        List<List<String>> rows = rows("LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE");
        sorted.forEach(event -> rows.add(List.of(
                age(eventTime(event)),
                event.string("type"),
                event.string("reason"),
                event.string("involvedObject", "kind").toLowerCase(java.util.Locale.ROOT) + "/"
                        + event.string("involvedObject", "name"),
                Integer.toString(event.integer(1, "count")),
                event.string("message").strip().replaceAll("\\s+", " "))));
        return table(rows);
    }

    String describe(@CheckForNull KubeObject deployment, List<KubeObject> pods, List<KubeObject> events) {
        if (deployment == null) {
            return "There is no such Deployment.\n";
        }
        StringBuilder text = new StringBuilder();
        head(text, deployment);
        field(
                text,
                "Selector",
                deployment.map("spec", "selector", "matchLabels").toString());
        field(
                text,
                "Replicas",
                deployment.integer(1, "spec", "replicas") + " desired, "
                        + deployment.integer(0, "status", "updatedReplicas") + " updated, "
                        + deployment.integer(0, "status", "replicas") + " total, "
                        + deployment.integer(0, "status", "availableReplicas") + " available, "
                        + deployment.integer(0, "status", "unavailableReplicas") + " unavailable");
        field(text, "Strategy", deployment.map("spec", "strategy").toString());
        field(
                text,
                "Generation",
                deployment.generation() + ", seen by the controller: "
                        + deployment.integer(0, "status", "observedGeneration"));
        conditions(text, deployment);
        containers(text, deployment.list("spec", "template", "spec", "containers"), List.of());
        Set<String> uids = new HashSet<>(Set.of(deployment.uid()));
        for (KubeObject pod : pods) {
            uids.add(pod.uid());
            text.append('\n');
            head(text, pod);
            field(text, "Node", orNone(pod.string("spec", "nodeName")));
            field(text, "Status", podStatus(pod));
            conditions(text, pod);
            containers(text, pod.list("spec", "containers"), pod.list("status", "containerStatuses"));
        }
        List<KubeObject> ours = events.stream()
                .filter(event -> uids.contains(event.string("involvedObject", "uid")))
                .toList();
        return text.append("\nEvents of these:\n").append(events(ours)).toString();
    }

    private void head(StringBuilder text, KubeObject object) {
        field(text, object.kind().kind(), object.name());
        field(text, "Namespace", object.namespace());
        field(text, "Created", object.string("metadata", "creationTimestamp"));
        field(text, "Labels", object.map("metadata", "labels").toString());
    }

    private static void conditions(StringBuilder text, KubeObject object) {
        List<List<String>> rows = rows("  CONDITION", "STATUS", "REASON", "MESSAGE");
        object.list("status", "conditions")
                .forEach(c -> rows.add(List.of(
                        "  " + c.string("type"), c.string("status"), orNone(c.string("reason")), c.string("message"))));
        text.append(table(rows));
    }

    private static void containers(StringBuilder text, List<KubeObject> containers, List<KubeObject> statuses) {
        for (KubeObject container : containers) {
            String name = container.string("name");
            text.append("  Container ")
                    .append(name)
                    .append(": ")
                    .append(container.string("image"))
                    .append('\n');
            text.append("    Resources: ").append(container.map("resources")).append('\n');
            text.append("    Readiness: ")
                    .append(container.map("readinessProbe"))
                    .append('\n');
            statuses.stream()
                    .filter(status -> status.string("name").equals(name))
                    .forEach(status -> {
                        text.append("    State:     ")
                                .append(status.map("state"))
                                .append('\n');
                        text.append("    Last:      ")
                                .append(status.map("lastState"))
                                .append('\n');
                        text.append("    Restarts:  ")
                                .append(status.integer(0, "restartCount"))
                                .append('\n');
                        text.append("    Image id:  ")
                                .append(status.string("imageID"))
                                .append('\n');
                    });
        }
    }

    private static void field(StringBuilder text, String name, String value) {
        String label = name + ":";
        text.append(label)
                .append(" ".repeat(Math.max(1, 13 - label.length())))
                .append(value)
                .append('\n');
    }

    private static int readyContainers(KubeObject pod) {
        return (int) pod.list("status", "containerStatuses").stream()
                .filter(status -> Boolean.TRUE.equals(status.get("ready")))
                .count();
    }

    private static int restarts(KubeObject pod) {
        return pod.list("status", "containerStatuses").stream()
                .mapToInt(status -> status.integer(0, "restartCount"))
                .sum();
    }

    private static String podStatus(KubeObject pod) {
        if (!pod.string("metadata", "deletionTimestamp").isEmpty()) {
            return "Terminating";
        }
        for (KubeObject status : pod.list("status", "containerStatuses")) {
            String waiting = status.string("state", "waiting", "reason");
            String ended = status.string("state", "terminated", "reason");
            if (!waiting.isEmpty() || !ended.isEmpty()) {
                return waiting.isEmpty() ? ended : waiting;
            }
        }
        return pod.string("status", "phase");
    }

    private static String images(KubeObject workload) {
        return String.join(
                ",",
                workload.list("spec", "template", "spec", "containers").stream()
                        .map(container -> container.string("image"))
                        .toList());
    }

    private static String eventTime(KubeObject event) {
        String last = event.string("lastTimestamp");
        return last.isEmpty() ? event.string("eventTime") : last;
    }

    private String age(String timestamp) {
        try {
            Duration age = Duration.between(Instant.parse(timestamp), now);
            if (age.toDays() > 1) {
                return age.toDays() + "d";
            }
            return age.toMinutes() >= 2 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
        } catch (DateTimeParseException e) {
            return "<unknown>";
        }
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }

    private static List<List<String>> rows(String... header) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(header));
        return rows;
    }

    private static String table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 3));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
