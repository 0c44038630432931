package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How {@code kubectl} writes single values: ages, labels, the status of a pod. */
final class Shown {

    static final String NONE = "<none>";
    static final String UNKNOWN = "<unknown>";

    private Shown() {}

    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /** {@code app=shop,track=canary}. */
    static String map(Map<String, ?> map) {
        return map.isEmpty()
                ? NONE
                : map.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .sorted()
                        .collect(Collectors.joining(","));
    }

    /** A label selector, whose expressions are written as {@code tier in (a,b)}, {@code !legacy}. */
    static String selector(KubeObject object, String... path) {
        Set<String> terms = new TreeSet<>();
        map(object, path).map("matchLabels").forEach((key, value) -> terms.add(key + "=" + value));
        for (KubeObject expression : map(object, path).list("matchExpressions")) {
            String key = expression.string("key");
            String values = expression.get("values") instanceof List<?> list
                    ? list.stream().map(String::valueOf).sorted().collect(Collectors.joining(",", " (", ")"))
                    : "";
            terms.add(
                    switch (expression.string("operator")) {
                        case "In" -> key + " in" + values;
                        case "NotIn" -> key + " notin" + values;
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return terms.isEmpty() ? NONE : String.join(",", terms);
    }

    private static KubeObject map(KubeObject object, String... path) {
        return KubeObject.of(object.map(path));
    }

    /** Since when, in the two units that matter: {@code 65s}, {@code 3m5s}, {@code 5h}, {@code 2d3h}. */
    static String age(String timestamp, Instant now) {
        Duration age;
        try {
            age = Duration.between(Instant.parse(timestamp), now);
        } catch (DateTimeParseException e) {
            return UNKNOWN;
        }
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return minutes + "m" + rest(seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return hours + "h" + rest(minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        return hours / 24 + "d" + (hours < 192 ? rest(hours % 24, "h") : "");
    }

    private static String rest(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }

    static int restarts(KubeObject pod) {
        return pod.list("status", "containerStatuses").stream()
                .mapToInt(status -> status.integer(0, "restartCount"))
                .sum();
    }

    static String readyContainers(KubeObject pod) {
        long ready = pod.list("status", "containerStatuses").stream()
                .filter(Shown::isReady)
                .count();
        return ready + "/" + pod.list("spec", "containers").size();
    }

    private static boolean isReady(KubeObject status) {
        return Boolean.TRUE.equals(status.get("ready"));
    }

    /** What {@code kubectl get pod} has in its column STATUS. */
    static String status(KubeObject pod) {
        if (!pod.string("metadata", "deletionTimestamp").isEmpty()) {
            return pod.string("status", "reason").equals("NodeLost") ? "Unknown" : "Terminating";
        }
        String init = initStatus(pod);
        if (!init.isEmpty()) {
            return init;
        }
        String phase = pod.string("status", "phase");
        String reason = pod.string("status", "reason");
        String status = reason.isEmpty() ? phase : reason;
        boolean running = false;
        List<KubeObject> containers = pod.list("status", "containerStatuses");
        for (int i = containers.size() - 1; i >= 0; i--) { // the first of them has the last word
            String state = state(containers.get(i));
            status = state.isEmpty() ? status : state;
            running |= isReady(containers.get(i))
                    && !containers.get(i).map("state", "running").isEmpty();
        }
        return status.equals("Completed") && running ? "Running" : status;
    }

    private static String initStatus(KubeObject pod) {
        List<KubeObject> containers = pod.list("status", "initContainerStatuses");
        for (int i = 0; i < containers.size(); i++) {
            KubeObject ended = KubeObject.of(containers.get(i).map("state", "terminated"));
            boolean done = ended.integer(1, "exitCode") == 0;
            if (!done) {
                String state = state(containers.get(i));
                return "Init:"
                        + (state.isEmpty() || state.equals("PodInitializing")
                                ? i + "/" + pod.list("spec", "initContainers").size()
                                : state);
            }
        }
        return "";
    }

    private static String state(KubeObject status) {
        String waiting = status.string("state", "waiting", "reason");
        if (!waiting.isEmpty()) {
            return waiting;
        }
        Map<String, Object> ended = status.map("state", "terminated");
        if (ended.isEmpty()) {
            return "";
        }
        String reason = status.string("state", "terminated", "reason");
        int signal = status.integer(0, "state", "terminated", "signal");
        return !reason.isEmpty()
                ? reason
                : signal != 0 ? "Signal:" + signal : "ExitCode:" + status.string("state", "terminated", "exitCode");
    }

    /** The digest of the image that a container runs, as its node reports it; the whole id where it has none. */
    static String digest(KubeObject status) {
        String id = status.string("imageID");
        return id.substring(id.indexOf('@') + 1);
    }

    /** The beginning of a digest, which is enough to tell one from another. */
    static String shortened(String digest) {
        int colon = digest.indexOf(':');
        return colon < 0 || digest.length() <= colon + 13 ? digest : digest.substring(0, colon + 13);
    }

    /** A moment to the second. */
    static String moment(String time) {
        return time.replaceFirst("\\.[0-9]+Z$", "Z");
    }
}
