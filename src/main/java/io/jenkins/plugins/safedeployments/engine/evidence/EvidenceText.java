package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.ServiceAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes lists of objects down as {@code kubectl get -o wide} and {@code kubectl get events} show them. */
final class EvidenceText {

    private final Instant now;

    EvidenceText(Instant now) {
        this.now = now;
    }

    /** {@code kubectl get all -o wide}: a table for each kind that there is anything of. */
    String all(
            List<KubeObject> pods,
            List<KubeObject> services,
            List<KubeObject> deployments,
            List<KubeObject> replicaSets,
            List<KubeObject> autoscalers) {
        String tables = java.util.stream.Stream.of(
                        pods(pods),
                        services(services),
                        deployments(deployments),
                        replicaSets(replicaSets),
                        autoscalers(autoscalers))
                .filter(table -> !table.isEmpty())
                .map(TextTable::toString)
                .collect(Collectors.joining("\n"));
        return tables.isEmpty() ? "No resources found.\n" : tables;
    }

    private TextTable pods(List<KubeObject> pods) {
        TextTable table = new TextTable(
                "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES");
        pods.forEach(pod -> table.row(
                "pod/" + pod.name(),
                Shown.readyContainers(pod),
                Shown.status(pod),
                Integer.toString(Shown.restarts(pod)),
                age(pod),
                Shown.orNone(pod.string("status", "podIP")),
                Shown.orNone(pod.string("spec", "nodeName")),
                Shown.orNone(pod.string("status", "nominatedNodeName")),
                readinessGates(pod)));
        return table;
    }

    private static String readinessGates(KubeObject pod) {
        List<KubeObject> gates = pod.list("spec", "readinessGates");
        long met = gates.stream()
                .map(gate -> pod.condition(gate.string("conditionType")))
                .filter(condition ->
                        condition != null && condition.string("status").equals("True"))
                .count();
        return gates.isEmpty() ? Shown.NONE : met + "/" + gates.size();
    }

    private TextTable services(List<KubeObject> services) {
        TextTable table = new TextTable("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR");
        services.forEach(service -> table.row(
                "service/" + service.name(),
                service.string("spec", "type"),
                Shown.orNone(service.string("spec", "clusterIP")),
                externalIp(service),
                servicePorts(service),
                age(service),
                Shown.map(service.map("spec", "selector"))));
        return table;
    }

    static String externalIp(KubeObject service) {
        List<String> addresses = new ArrayList<>(ServiceAddress.externalHosts(service));
        String type = service.string("spec", "type");
        if (type.equals("ExternalName")) {
            addresses.add(service.string("spec", "externalName"));
        }
        return addresses.isEmpty()
                ? (type.equals("LoadBalancer") ? "<pending>" : Shown.NONE)
                : String.join(",", addresses);
    }

    private static String servicePorts(KubeObject service) {
        return Shown.orNone(service.list("spec", "ports").stream()
                .map(port -> {
                    int node = port.integer(0, "nodePort");
                    return port.string("port") + (node == 0 ? "" : ":" + node) + "/" + protocol(port);
                })
                .collect(Collectors.joining(",")));
    }

    static String protocol(KubeObject port) {
        return port.string("protocol").isEmpty() ? "TCP" : port.string("protocol");
    }

    private TextTable deployments(List<KubeObject> deployments) {
        TextTable table =
                new TextTable("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR");
        deployments.forEach(deployment -> table.row(
                "deployment.apps/" + deployment.name(),
                deployment.integer(0, "status", "readyReplicas") + "/" + deployment.integer(1, "spec", "replicas"),
                number(deployment, "status", "updatedReplicas"),
                number(deployment, "status", "availableReplicas"),
                age(deployment),
                ofContainers(deployment, "name"),
                ofContainers(deployment, "image"),
                Shown.selector(deployment, "spec", "selector")));
        return table;
    }

    private TextTable replicaSets(List<KubeObject> sets) {
        TextTable table =
                new TextTable("NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR");
        sets.forEach(set -> table.row(
                "replicaset.apps/" + set.name(),
                number(set, "spec", "replicas"),
                number(set, "status", "replicas"),
                number(set, "status", "readyReplicas"),
                age(set),
                ofContainers(set, "name"),
                ofContainers(set, "image"),
                Shown.selector(set, "spec", "selector")));
        return table;
    }

    private TextTable autoscalers(List<KubeObject> autoscalers) {
        TextTable table = new TextTable("NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE");
        autoscalers.forEach(scaler -> {
            int current = scaler.integer(-1, "status", "currentCPUUtilizationPercentage");
            int wanted = scaler.integer(-1, "spec", "targetCPUUtilizationPercentage");
            table.row(
                    "horizontalpodautoscaler.autoscaling/" + scaler.name(),
                    scaler.string("spec", "scaleTargetRef", "kind") + "/"
                            + scaler.string("spec", "scaleTargetRef", "name"),
                    (current < 0 ? Shown.UNKNOWN : current + "%") + "/" + (wanted < 0 ? "<auto>" : wanted + "%"),
                    Integer.toString(scaler.integer(1, "spec", "minReplicas")),
                    number(scaler, "spec", "maxReplicas"),
                    number(scaler, "status", "currentReplicas"),
                    age(scaler));
        });
        return table;
    }

    private static String number(KubeObject object, String... path) {
        return Integer.toString(object.integer(0, path));
    }

    private static String ofContainers(KubeObject workload, String field) {
        return Shown.orNone(workload.list("spec", "template", "spec", "containers").stream()
                .map(container -> container.string(field))
                .collect(Collectors.joining(",")));
    }

    String events(List<KubeObject> events) {
        return eventTable(events.stream()
                        .sorted(Comparator.comparing(EvidenceText::eventTime))
                        .toList())
                .toString();
    }

    TextTable eventTable(List<KubeObject> events) {
        TextTable table = new TextTable("LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE");
        events.forEach(event -> table.row(
                Shown.age(eventTime(event), now),
                event.string("type"),
                event.string("reason"),
                event.string("involvedObject", "kind").toLowerCase(Locale.ROOT) + "/"
                        + event.string("involvedObject", "name"),
                Integer.toString(event.integer(1, "count")),
                event.string("message").strip().replaceAll("\\s+", " ")));
        return table;
    }

    /** When it happened last, as the API server wrote it. */
    static String eventTime(KubeObject event) {
        Map<String, Object> series = event.map("series");
        String last = event.string("lastTimestamp");
        if (last.isEmpty() && series.get("lastObservedTime") instanceof String observed) {
            return observed;
        }
        return last.isEmpty() ? event.string("eventTime") : last;
    }

    private String age(KubeObject object) {
        return Shown.age(object.string("metadata", "creationTimestamp"), now);
    }
}
