package io.jenkins.plugins.safedeployments.engine.rollout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * Something that keeps a rollout from getting done.
 *
 * @param key its sort and, after a slash, where it is; stays the same while it is the same problem
 * @param sentence what is wrong, with the pod's and the container's names, without a full stop
 * @param hint what people do about it
 * @param patience for how long it may yet pass by itself; zero if it is certain at once
 * @param pod the pod that can tell more, or an empty string
 * @param container the container that can tell more, or an empty string
 * @param ask what can tell more
 */
public record Problem(
        String key, String sentence, String hint, Duration patience, String pod, String container, Ask ask) {

    /** The patience with what only the deadline of the wait can decide. */
    public static final Duration UNTIL_DEADLINE = Duration.ofDays(36_500);

    /** Where the cluster says more about a problem than its objects' status does. */
    public enum Ask {
        NOTHING,
        /** The last event of the pod that is a warning. */
        EVENT,
        /** The last log lines of the container's last run but one: of the one that crashed. */
        LOG
    }

    Problem(String key, String sentence, String hint, Duration patience) {
        this(key, sentence, hint, patience, "", "", Ask.NOTHING);
    }

    @NonNull
    Problem asking(Ask what, String podName, String containerName) {
        return new Problem(key, sentence, hint, patience, podName, containerName, what);
    }

    /** The same problem with what else is known about it, such as the message of an event. */
    @NonNull
    public Problem detailed(String detail) {
        String text = Messages.shortened(detail);
        return text.isEmpty() || sentence.contains(text)
                ? this
                : new Problem(key, sentence + ": " + text, hint, patience, pod, container, ask);
    }

    /** What sort of problem it is, wherever it is. */
    @NonNull
    public String sort() {
        int slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    /** What is wrong and what to do, as two sentences. */
    @NonNull
    public String text() {
        return sentence + (sentence.endsWith(".") ? " " : ". ") + hint;
    }
}
