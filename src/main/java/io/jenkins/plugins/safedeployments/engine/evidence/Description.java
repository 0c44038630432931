package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes objects down as {@code kubectl describe} shows them; environment variables by name only. */
final class Description {

    private static final int LABEL = 13;

    private final Instant now;
    private final StringBuilder text = new StringBuilder();

    private Description(Instant now) {
        this.now = now;
    }

    /** A Deployment with pods of it and the events of them all. */
    static String deployment(
            Instant now, @CheckForNull KubeObject deployment, List<KubeObject> pods, List<KubeObject> events) {
        if (deployment == null) {
            return "There is no such Deployment.\n";
        }
        Description description = new Description(now);
        description.deployment(deployment);
        Set<String> uids = new HashSet<>(Set.of(deployment.uid()));
        pods.forEach(pod -> {
            uids.add(pod.uid());
            description.text.append('\n');
            description.pod(pod);
        });
        List<KubeObject> ours = events.stream()
                .filter(event -> uids.contains(event.string("involvedObject", "uid")))
                .toList();
        description.text.append("\nEvents of these:\n").append(new EvidenceText(now).events(ours));
        return description.text.toString();
    }

    /** A Service with the addresses behind it. */
    static String service(Instant now, KubeObject service, @CheckForNull KubeObject endpoints) {
        Description description = new Description(now);
        description.head(service);
        description.field("Type", service.string("spec", "type"));
        description.field("Selector", Shown.map(service.map("spec", "selector")));
        description.field("Cluster IP", Shown.orNone(service.string("spec", "clusterIP")));
        description.field("External IP", EvidenceText.externalIp(service));
        for (KubeObject port : service.list("spec", "ports")) {
            description.field(
                    "Port",
                    Shown.orNone(port.string("name")) + " " + port.string("port") + "/" + EvidenceText.protocol(port)
                            + " to " + port.string("targetPort"));
        }
        description.endpoints(endpoints == null ? List.of() : endpoints.list("subsets"));
        return description.text.toString();
    }

    private void endpoints(List<KubeObject> subsets) {
        for (String list : List.of("addresses", "notReadyAddresses")) {
            field(
                    list.equals("addresses") ? "Ready" : "Not ready",
                    Shown.orNone(subsets.stream()
                            .flatMap(subset -> subset.list(list).stream())
                            .map(address -> address.string("ip")
                                    + (address.string("targetRef", "name").isEmpty()
                                            ? ""
                                            : " (" + address.string("targetRef", "name") + ")"))
                            .collect(Collectors.joining(", "))));
        }
    }

    private void deployment(KubeObject deployment) {
        head(deployment);
        field("Selector", Shown.selector(deployment, "spec", "selector"));
        field(
                "Replicas",
                deployment.integer(1, "spec", "replicas") + " desired, "
                        + deployment.integer(0, "status", "updatedReplicas") + " updated, "
                        + deployment.integer(0, "status", "replicas") + " total, "
                        + deployment.integer(0, "status", "availableReplicas") + " available, "
                        + deployment.integer(0, "status", "unavailableReplicas") + " unavailable");
        String unavailable = deployment.string("spec", "strategy", "rollingUpdate", "maxUnavailable");
        String surge = deployment.string("spec", "strategy", "rollingUpdate", "maxSurge");
        field(
                "Strategy",
                deployment.string("spec", "strategy", "type")
                        + (unavailable.isEmpty() && surge.isEmpty()
                                ? ""
                                : ", " + unavailable + " max unavailable, " + surge + " max surge"));
        field(
                "Generation",
                deployment.generation() + ", seen by the controller: "
                        + deployment.integer(0, "status", "observedGeneration"));
        conditions(deployment);
        containers(KubeObject.of(deployment.map("spec", "template", "spec")), KubeObject.of(Map.of()));
    }

    private void pod(KubeObject pod) {
        head(pod);
        field("Node", Shown.orNone(pod.string("spec", "nodeName")));
        field("IP", Shown.orNone(pod.string("status", "podIP")));
        field("Status", Shown.status(pod) + said(pod.string("status", "message")));
        conditions(pod);
        containers(KubeObject.of(pod.map("spec")), KubeObject.of(pod.map("status")));
    }

    private void head(KubeObject object) {
        field(object.kind().kind(), object.name());
        field("Namespace", object.namespace());
        String created = object.string("metadata", "creationTimestamp");
        field("Created", created + " (" + Shown.age(created, now) + " ago)");
        field("Labels", Shown.map(object.map("metadata", "labels")));
    }

    private void conditions(KubeObject object) {
        TextTable table = new TextTable("  CONDITION", "STATUS", "REASON", "MESSAGE");
        object.list("status", "conditions")
                .forEach(c -> table.row(
                        "  " + c.string("type"),
                        c.string("status"),
                        Shown.orNone(c.string("reason")),
                        c.string("message").replaceAll("\\s+", " ")));
        if (!table.isEmpty()) {
            text.append(table);
        }
    }

    private void containers(KubeObject spec, KubeObject status) {
        spec.list("initContainers").forEach(c -> container("Init container", c, status.list("initContainerStatuses")));
        spec.list("containers").forEach(c -> container("Container", c, status.list("containerStatuses")));
    }

    private void container(String what, KubeObject container, List<KubeObject> statuses) {
        String name = container.string("name");
        text.append("  ").append(what).append(' ').append(name).append(": ");
        text.append(container.string("image")).append('\n');
        sub(
                "Ports",
                container.list("ports").stream()
                        .map(port -> port.string("containerPort") + "/" + EvidenceText.protocol(port))
                        .collect(Collectors.joining(",")));
        sub("Requests", shownIfAny(container.map("resources", "requests")));
        sub("Limits", shownIfAny(container.map("resources", "limits")));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            sub(
                    probe.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + probe.substring(1, probe.length() - 5),
                    probe(KubeObject.of(container.map(probe))));
        }
        sub(
                "Environment",
                container.list("env").stream().map(env -> env.string("name")).collect(Collectors.joining(", ")));
        statuses.stream().filter(s -> s.string("name").equals(name)).forEach(status -> {
            sub("State", state(KubeObject.of(status.map("state"))));
            sub("Last state", state(KubeObject.of(status.map("lastState"))));
            sub("Restarts", Integer.toString(status.integer(0, "restartCount")));
            sub("Image ID", status.string("imageID"));
        });
    }

    private static String shownIfAny(Map<String, ?> map) {
        return map.isEmpty() ? "" : Shown.map(map);
    }

    /** {@code http-get :http/ready delay=0s timeout=1s period=5s #success=1 #failure=3}; empty if there is none. */
    private static String probe(KubeObject probe) {
        String what;
        if (!probe.map("httpGet").isEmpty()) {
            String scheme = probe.string("httpGet", "scheme");
            what = (scheme.equals("HTTPS") ? "https-get " : "http-get ") + probe.string("httpGet", "host") + ":"
                    + probe.string("httpGet", "port") + probe.string("httpGet", "path");
        } else if (!probe.map("tcpSocket").isEmpty()) {
            what = "tcp-socket :" + probe.string("tcpSocket", "port");
        } else if (!probe.map("grpc").isEmpty()) {
            what = "grpc :" + probe.string("grpc", "port");
        } else if (probe.get("exec", "command") instanceof List<?> command) {
            what = "exec " + command.stream().map(String::valueOf).collect(Collectors.joining(" "));
        } else {
            return "";
        }
        return what + " delay=" + probe.integer(0, "initialDelaySeconds") + "s timeout="
                + probe.integer(1, "timeoutSeconds") + "s period=" + probe.integer(10, "periodSeconds") + "s #success="
                + probe.integer(1, "successThreshold") + " #failure=" + probe.integer(3, "failureThreshold");
    }

    private static String state(KubeObject state) {
        for (String kind : List.of("waiting", "running", "terminated")) {
            KubeObject is = KubeObject.of(state.map(kind));
            if (!state.map(kind).isEmpty()) {
                return kind
                        + said(is.string("reason"))
                        + (kind.equals("terminated") ? ", exit code " + is.string("exitCode") : "")
                        + said(is.string("message"))
                        + time(", since ", is.string("startedAt"))
                        + time(" until ", is.string("finishedAt"));
            }
        }
        return "";
    }

    private static String time(String word, String time) {
        return time.isEmpty() ? "" : word + time;
    }

    private static String said(String message) {
        return message.isEmpty() ? "" : ": " + message.strip().replaceAll("\\s+", " ");
    }

    private void sub(String name, String value) {
        if (!value.isEmpty()) {
            text.append("    ");
            field(name, value);
        }
    }

    private void field(String name, String value) {
        String label = name + ":";
        text.append(label)
                .append(" ".repeat(Math.max(1, LABEL - label.length())))
                .append(value)
                .append('\n');
    }
}
