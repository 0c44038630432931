package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is to happen later happens when a test says so. */
final class ManualLater implements Later {

    private record Task(Duration delay, Runnable work) {}

    private final List<Task> tasks = new ArrayList<>();

    @Override
    public synchronized void in(Duration delay, Runnable work) {
        tasks.add(new Task(delay, work));
    }

    /** Whether something is to happen within a time. */
    synchronized boolean has(Duration atMost) {
        return tasks.stream().anyMatch(task -> task.delay().compareTo(atMost) <= 0);
    }

    /** Does the first thing that is to happen within a time, waiting until there is one. */
    void runNext(Duration atMost) {
        org.awaitility.Awaitility.await().until(() -> has(atMost));
        take(task -> task.delay().compareTo(atMost) <= 0, 1).forEach(Runnable::run);
    }

    /** Does all that is to happen after exactly this time. */
    void run(Duration exactly) {
        take(task -> task.delay().equals(exactly), Integer.MAX_VALUE).forEach(Runnable::run);
    }

    void runAll() {
        take(task -> true, Integer.MAX_VALUE).forEach(Runnable::run);
    }

    private synchronized List<Runnable> take(java.util.function.Predicate<Task> which, int limit) {
        List<Task> taken = tasks.stream().filter(which).limit(limit).toList();
        tasks.removeAll(taken);
        return taken.stream().map(Task::work).toList();
    }
}
