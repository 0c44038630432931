package io.jenkins.plugins.safedeployments.engine.rollout;

import io.jenkins.plugins.safedeployments.engine.model.InertText;

/** Makes the messages of Kubernetes fit into a sentence. */
final class Messages {

    private static final int MAX = 300;

    private Messages() {}

    static String shortened(String message) {
        return InertText.cut(message.strip().replaceAll("\\s+", " "), MAX);
    }

    /** {@code : the message}, or nothing if there is none. */
    static String said(String message) {
        String line = shortened(message);
        return line.isEmpty() ? "" : ": " + line;
    }

    static boolean hasAny(String message, String... parts) {
        String lower = message.toLowerCase(java.util.Locale.ROOT);
        for (String part : parts) {
            if (lower.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
