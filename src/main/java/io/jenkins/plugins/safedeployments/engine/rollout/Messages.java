package io.jenkins.plugins.safedeployments.engine.rollout;

/** Makes the messages of Kubernetes fit into a sentence. */
final class Messages {

    private static final int MAX = 300;

    private Messages() {}

    /** Cut between words: of half a secret nobody could tell that it is one, and mask it. */
    static String shortened(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX ? line : line.substring(0, Math.max(0, line.lastIndexOf(' ', MAX - 3))) + "...";
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
