package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.Map;

/** What an operation tells while it works. Calls come from worker threads, one at a time. */
public interface Report {

    /**
     * One line for the build log, without a line end.
     *
     * @param topic what it is about, a word or two: {@code canary}, {@code stable}, {@code test}
     */
    void line(String topic, String text);

    /** A line of output of something that runs in a pod. */
    void output(String text);

    /**
     * The release that the operation is about: told when it has been taken up, before its workloads are touched, and each time
     * when it has entered another phase.
     *
     * @param acting whether this operation changes something; false if it has found that all was done before
     */
    default void release(Release release, boolean acting) {}

    /**
     * Keeps evidence with the build.
     *
     * @param folder where it belongs, a relative path such as {@code post-mortem/addressbook-3}
     * @param files texts by relative file name, whose parts are separated by {@code /}
     * @return the URL of the folder, ending in {@code /}; empty if it is not known
     * @throws RuntimeException if they cannot be kept
     */
    String keep(String folder, Map<String, String> files);
}
