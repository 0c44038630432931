package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What waits for a judgment: a run, or an item in the queue that is none yet. Equal to another one of the same. */
interface Subject {

    @NonNull
    Job<?, ?> job();

    /** As programs read it, {@code shop/release#7}; unique in this Jenkins. */
    @NonNull
    String id();

    /** As people read it, {@code shop » release #7}. */
    @NonNull
    String name();

    /** Its page, below the root URL, with a slash at its end and none at its beginning. */
    @NonNull
    String url();

    /** The run, if there is one, and those that started it. */
    @NonNull
    List<Run<?, ?>> runs();

    /** Those who started it, or a run that started it. */
    @NonNull
    Set<String> starters();

    /** Those who asked for it, as far as that is known yet. May read the disk. */
    @NonNull
    Requesters requesters();

    /**
     * Puts a judgment in the place of that of its id which waits, or behind all others, and writes it to the disk.
     *
     * @throws IOException if it can't be written; then nothing has changed
     */
    void keep(Judgment judgment) throws IOException;

    /**
     * How it gets into a cluster.
     *
     * @param credentialsId those to use instead of the cluster's own; empty for these
     */
    @NonNull
    ClusterAccess access(ClusterConfiguration cluster, String credentialsId);

    /** Where those who are told of it find their credentials. */
    @NonNull
    GatePlace place();

    /** Somebody is about to vote: from now on until {@link #endVote} no one more asks for the same unnoticed. */
    default void beginVote() {}

    default void endVote() {}
}
