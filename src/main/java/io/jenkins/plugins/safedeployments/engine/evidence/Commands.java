package io.jenkins.plugins.safedeployments.engine.evidence;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.regex.Pattern;

/** Commands for a terminal, ready to paste. */
final class Commands {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/:=-]+");

    private Commands() {}

    /** How to go on looking at a Deployment and one of its pods. */
    static String of(String namespace, String deployment, List<KubeObject> pods) {
        String kubectl = "kubectl -n " + quoted(namespace) + " ";
        StringBuilder text = new StringBuilder();
        text.append(kubectl).append("get all -o wide\n");
        text.append(kubectl).append("get events --sort-by=.lastTimestamp\n");
        text.append(kubectl)
                .append("describe deployment ")
                .append(quoted(deployment))
                .append('\n');
        pods.stream().findFirst().ifPresent(pod -> ofPod(kubectl, pod, text));
        return text.toString();
    }

    private static void ofPod(String kubectl, KubeObject pod, StringBuilder text) {
        String name = quoted(pod.name());
        text.append(kubectl).append("describe pod ").append(name).append('\n');
        List<KubeObject> containers = pod.list("spec", "containers");
        for (KubeObject container : containers) {
            String option = containers.size() == 1 ? "" : " -c " + quoted(container.string("name"));
            text.append(kubectl).append("logs ").append(name).append(option).append('\n');
            text.append(kubectl)
                    .append("logs --previous ")
                    .append(name)
                    .append(option)
                    .append('\n');
            text.append(kubectl).append("exec -it ").append(name).append(option).append(" -- sh\n");
        }
        containers.stream()
                .flatMap(container -> container.list("ports").stream())
                .map(port -> port.string("containerPort"))
                .filter(port -> !port.isEmpty())
                .findFirst()
                .ifPresent(port -> text.append(kubectl)
                        .append("port-forward ")
                        .append(name)
                        .append(" 8080:")
                        .append(quoted(port))
                        .append('\n'));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
