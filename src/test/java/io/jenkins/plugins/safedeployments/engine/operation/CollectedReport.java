package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what an operation tells. */
public final class CollectedReport implements Report {

    public final List<String> lines = new CopyOnWriteArrayList<>();
    public final Map<String, String> files = new ConcurrentHashMap<>();

    /** Each release with its phase, when an operation told of it. */
    public final List<String> releases = new CopyOnWriteArrayList<>();

    @Override
    public void release(Release release, boolean acting) {
        releases.add(release.number() + " " + release.phase().text() + (acting ? "" : ", done before"));
    }

    @Override
    public void line(String topic, String text) {
        lines.add(topic + ": " + text);
    }

    @Override
    public void output(String text) {
        lines.add("| " + text);
    }

    @Override
    public String keep(String folder, Map<String, String> evidence) {
        evidence.forEach((name, text) -> files.put(folder + "/" + name, text));
        return "https://jenkins.example.com/job/shop/4/artifact/" + folder + "/";
    }

    /** All lines, for messages of failed assertions. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
