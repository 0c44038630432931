package io.jenkins.plugins.safedeployments.engine.operation;

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
     * Keeps the evidence of a post-mortem.
     *
     * @param folder where it belongs, a relative path such as {@code post-mortem/addressbook-3}
     * @param files texts by relative file name
     * @return where it is to be found, for people
     */
    String keep(String folder, Map<String, String> files);
}
