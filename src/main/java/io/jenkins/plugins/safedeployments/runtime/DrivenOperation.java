package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.Session;

/**
 * What a step of a run drives, as {@link DrivenOperations} keeps it on disk: as much as is needed to end it without the run,
 * and no secrets.
 */
public final class DrivenOperation {

    private final String actor;
    private final String run;
    private final String runName;
    private final String runUrl;
    private final String job;
    private final String cluster;
    private final String namespace;
    private final String app;
    private final String credentialsId;
    private final IfOrphaned ifOrphaned;
    private final long timeoutMillis;

    /** When the run and its job were called so, in milliseconds of the epoch; 0 in what was kept before that was. */
    private final long at;

    /** @param credentialsId those to use instead of the cluster's own; empty for these */
    public DrivenOperation(Session session, Run<?, ?> run, String credentialsId, IfOrphaned ifOrphaned) {
        this.actor = session.actor().id();
        this.run = run.getExternalizableId();
        this.runName = session.actor().run();
        this.runUrl = session.actor().url();
        this.job = run.getParent().getFullName();
        this.cluster = session.target().cluster();
        this.namespace = session.target().namespace();
        this.app = session.target().app();
        this.credentialsId = credentialsId;
        this.ifOrphaned = ifOrphaned;
        this.timeoutMillis = session.timeout().toMillis();
        this.at = session.clock().millis();
    }

    /** Id of the actor, which is a step. */
    @NonNull
    public String actor() {
        return actor;
    }

    /** The run that drives it; null if it is gone. */
    @CheckForNull
    Run<?, ?> run() {
        return RenamedJobs.run(run, at);
    }

    boolean isOf(Run<?, ?> other) {
        return (job() + "#" + other.getNumber()).equals(other.getExternalizableId())
                && run.endsWith("#" + other.getNumber());
    }

    /** For people: {@code shop/release #17}. */
    String runName() {
        return runName;
    }

    String runUrl() {
        return runUrl;
    }

    /** Full name of the run's job. */
    String job() {
        return RenamedJobs.now(job, at);
    }

    @NonNull
    Target target() {
        return new Target(cluster, namespace, app);
    }

    String credentialsId() {
        return credentialsId;
    }

    boolean takesBack() {
        return ifOrphaned == IfOrphaned.TAKE_BACK;
    }

    /** For how long the step was ready to wait for pods. */
    long timeoutMillis() {
        return timeoutMillis;
    }

    boolean isSameAs(DrivenOperation other) {
        return actor.equals(other.actor) && run.equals(other.run);
    }
}
