package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The engine's one way to a cluster: one namespace of it, asked with one set of credentials.
 *
 * <p>Each call is one request (and its repetitions, where they can do no harm), bounded in time, and blocks its thread;
 * none is made by a thread that must not wait. Nothing here overwrites blindly: {@link #update}, {@link #merge} and
 * {@link #delete} are refused by the API server when the object changed since it was read.
 */
public interface Cluster extends ClusterReader {

    /** The field manager of all that the plugin writes. */
    String FIELD_MANAGER = "safe-deployments";

    /** The namespace of all objects that a call does not say otherwise of. */
    @NonNull
    String namespace();

    /** Whether objects of a kind live in a namespace. {@code UserException} if the cluster has no such kind. */
    boolean isNamespaced(Kind kind);

    /**
     * Whether the credentials allow something in the namespace. What is allowed is remembered for some minutes.
     *
     * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch} or {@code delete}
     * @param subresource such as {@code exec}; empty for the objects themselves
     */
    boolean isAllowed(String verb, Kind kind, String subresource);

    /** Like {@link #list(Kind)}, restricted on the server to those with the label. */
    @NonNull
    List<KubeObject> list(Kind kind, String label, String value);

    /** Creates; {@link ClusterException.Reason#ALREADY_EXISTS} if there is one of that name. */
    @NonNull
    KubeObject create(KubeObject object);

    /** Replaces the object whose {@code metadata.resourceVersion} it carries. */
    @NonNull
    KubeObject update(KubeObject object);

    /**
     * Server-side apply as {@link #FIELD_MANAGER}. If the object carries {@code uid} and {@code resourceVersion}
     * they are preconditions.
     *
     * @param dryRun the API server checks everything, admission included, and stores nothing
     * @param force takes fields over from other field managers
     */
    @NonNull
    KubeObject apply(KubeObject object, boolean dryRun, boolean force);

    /** A JSON merge patch of {@code seen}, refused if it changed since. */
    @NonNull
    KubeObject merge(KubeObject seen, KubeObject patch);

    /** Deletes {@code seen} with what it owns, if there is one of its name still; refused if it is another one, or changed since. */
    void delete(KubeObject seen);

    /**
     * The text of a container's log, its last lines at most.
     *
     * @param previous of the run before the last restart
     * @param maxLines how many lines of the end
     */
    @NonNull
    String log(String pod, String container, boolean previous, int maxLines);

    /**
     * Starts a command in a container, as {@code kubectl exec} does.
     *
     * @param command program and arguments; no shell is added
     * @param lines is given each line of output as it comes, standard output and error alike
     */
    @NonNull
    Execution exec(String pod, String container, List<String> command, Consumer<String> lines);

    /**
     * Asks a pod by HTTP GET, through the API server's proxy. Returns at once; redirections are not followed.
     *
     * @param scheme {@code http} or {@code https}
     * @param path absolute, with query, encoded as in a URL
     * @param timeout after which there will be no answer
     * @return completes with what the pod answered, or what the API server answered because the pod could not be reached;
     *     exceptionally with a {@link ClusterException} if the API server refused or did not answer
     */
    @NonNull
    CompletableFuture<HttpAnswer> http(String pod, String scheme, int port, String path, Duration timeout);

    /**
     * Watches Deployments, ReplicaSets, Pods, EndpointSlices and Leases of the namespace. All watchers of one namespace share one set
     * of watches.
     *
     * @param changed is called, on some thread and without detail, after anything changed; it must return at once
     */
    @NonNull
    View watch(Runnable changed);

    /** What the watches have brought. Close it when no longer waiting. */
    interface View extends ClusterReader, AutoCloseable {

        /**
         * Whether the lists have arrived and the watches go on: before, nothing can be concluded from what is absent.
         */
        boolean isComplete();

        @Override
        void close();
    }

    /**
     * What a pod answered.
     *
     * @param body its beginning
     * @param cut whether there was more of it
     */
    record HttpAnswer(int status, String body, boolean cut) {}

    /** A command that runs in a container. */
    interface Execution extends AutoCloseable {

        /** Completes with the exit code, or exceptionally if the connection was lost and the outcome is not known. */
        @NonNull
        CompletableFuture<Integer> exitCode();

        /** Closes the connection, whether or not the command has ended. */
        @Override
        void close();
    }
}
