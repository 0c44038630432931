package io.jenkins.plugins.safedeployments.engine.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The threads of this process, but for those that lie idle in a pool and end by themselves after a minute, and the HTTP
 * client's one or two for time-outs, which come and go.
 */
final class BusyThreads {

    private BusyThreads() {}

    /** How many there are of each name, in which {@code *} stands for numbers. */
    static Map<String, Integer> byName() {
        Map<String, Integer> names = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (!isIdle(stack) && !thread.getName().matches("OkHttp TaskRunner|Okio Watchdog")) {
                names.merge(
                        thread.getName().replaceAll("[0-9]+", "*").replaceAll("https?://\\S+", "..."), 1, Integer::sum);
            }
        });
        return names;
    }

    static int count(Map<String, Integer> byName) {
        return byName.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Cached pools hand work over by such a queue; whoever waits at it has none. */
    private static boolean isIdle(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().equals("java.util.concurrent.SynchronousQueue")
                        || frame.getClassName().equals("java.util.concurrent.ForkJoinPool")
                                && frame.getMethodName().equals("awaitWork"));
    }
}
