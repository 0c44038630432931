package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import io.jenkins.plugins.safedeployments.engine.operation.Outcome;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.Wake;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.BuildReport;
import io.jenkins.plugins.safedeployments.runtime.ClusterLogin;
import io.jenkins.plugins.safedeployments.runtime.DrivenOperation;
import io.jenkins.plugins.safedeployments.runtime.DrivenOperations;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRecorder;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.runtime.RunningReleases;
import io.jenkins.plugins.safedeployments.windows.Skips;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Hands what a step or a build step was asked for to the release engine, and tells its caller how it ended. It holds no
 * thread meanwhile; where the release is, the cluster knows.
 */
@Restricted(NoExternalUse.class)
public final class ReleaseDriver {

    private static final Logger LOGGER = Logger.getLogger(ReleaseDriver.class.getName());
    private static final Duration AFTER_RESTART = Duration.ofMinutes(2);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(5);

    /** Who has it driven. What it is asked for, it is asked on a thread that may wait. */
    public interface Caller {

        @NonNull
        Run<?, ?> run() throws IOException, InterruptedException;

        @NonNull
        TaskListener listener() throws IOException, InterruptedException;

        /** Null where there is none. */
        @CheckForNull
        FilePath workspace() throws IOException, InterruptedException;

        /** Values of the environment that are masked in the log, by the names of their variables. */
        @NonNull
        Map<String, String> maskedVariables() throws IOException, InterruptedException;

        /** The run's way through its Pipeline; null if it has none, and does not go on after a restart of Jenkins. */
        @CheckForNull
        FlowExecution flow() throws IOException, InterruptedException;

        /** It ended well. Nothing is called after it. */
        void succeeded(Map<String, Object> result);

        /** It failed; {@code AbortException} says to a person what is wrong. Nothing is called after it. */
        void failed(Throwable problem);
    }

    private final ReleaseStep step;
    private final Caller caller;
    private volatile OperationRun operation;

    /** Set when it starts. */
    private String actorId;

    private long deadline;

    /** Until when the way into the cluster may be missing after a restart, in milliseconds of the epoch. */
    private long patience;

    /** Why the way into the cluster is missing; empty if it is not. */
    private volatile String missing = "";

    /** Why it was told to stop; the first reason counts. */
    private volatile String stopReason;

    /** Whether it was told to stop for the second time, so that somebody wants the cluster to be left as it is. */
    private volatile boolean left;

    /** One that has not started; it may be told to stop before it does. */
    public ReleaseDriver(ReleaseStep step, Caller caller) {
        this.step = step;
        this.caller = caller;
    }

    /**
     * To be called when a run comes to the step: remembers that, whatever becomes of it, and checks the parameters.
     *
     * @throws AbortException if one is missing or no good
     */
    public static void arrive(ReleaseStep step, Run<?, ?> run) throws AbortException {
        try {
            ReleasesAction.arrived(run, act(step), step.target());
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        begin(step);
    }

    /**
     * Checks the parameters, and starts the time that the step has.
     *
     * @return when the step's own waiting ends, in milliseconds of the epoch
     * @throws AbortException if a parameter is missing or no good
     */
    public static long begin(ReleaseStep step) throws AbortException {
        try {
            step.target();
            Instant end = ReleaseRuntime.get().clock().instant().plus(step.timeoutDuration());
            step.check();
            return end.toEpochMilli();
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
    }

    /**
     * Starts it on a thread of the plugin's own.
     *
     * @param actor unique for this execution of the step in its run on this Jenkins, and the same after a restart
     * @param end as {@link #begin} gave it, which may have been before a restart
     * @param resumed whether it may have been begun before a restart, by the same actor
     */
    public void start(String actor, long end, boolean resumed) {
        actorId = actor;
        deadline = end;
        patience = deadline(resumed).toEpochMilli();
        ReleaseRuntime.get().execute(() -> launch(resumed));
    }

    private void launch(boolean resumed) {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        DrivenOperations kept = DrivenOperations.get();
        ClusterLogin login = null;
        boolean reached = false;
        boolean started = false;
        Throwable refusal = null;
        try {
            Run<?, ?> run = caller.run();
            Target target = target(resumed);
            ClusterAccess access = access(target, run);
            reached = true;
            missing = "";
            BuildReport report = new BuildReport(target.app(), run, caller.listener(), access);
            ClusterLogin in = new ClusterLogin(target.namespace(), access, () -> access(target, run), report::hide);
            login = in;
            Wake wake = new Wake();
            ReleaseRecorder recorder = new ReleaseRecorder(report, run, actorId, act(step), target);
            Session session = new Session(
                    target,
                    in.cluster(),
                    actor(run),
                    runtime.clock(),
                    recorder,
                    deadline(resumed),
                    step.timeoutDuration(),
                    wake,
                    RunningReleases::isOver,
                    Skips.told(run));
            warn(report, resumed);
            begins(run, report, resumed);
            keep(session, run, resumed);
            OperationRun launched = in.engine().start(step.operation(session, caller, resumed), report, wake);
            started = true;
            operation = launched;
            RunningReleases.get().add(launched, run);
            launched.result().whenComplete((outcome, problem) -> {
                in.close();
                if (!runtime.isTerminated()) {
                    if (problem == null || left || cause(problem) instanceof FencedException) {
                        kept.end(actorId);
                    } else {
                        kept.leave(actorId); // it may have been kept from ending what it began
                    }
                    record(recorder, problem);
                    finish(target, outcome, problem);
                }
            });
            if (stopReason != null) {
                launched.stop(stopReason); // it came while this was being made
            }
        } catch (UserException e) {
            if (!resumed || reached || !awaitsWayIn(e.getMessage())) {
                refusal = new AbortException(e.getMessage());
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    e,
                    () -> "could not start " + step.getDescriptor().getFunctionName());
            refusal = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Jenkins goes down; a step is resumed when it is up again
        } finally {
            if (login != null && !started) {
                login.close();
            }
            if (!started && resumed) {
                kept.leave(actorId);
            } else if (!started) {
                kept.end(actorId);
            }
        }
        if (refusal != null) {
            caller.failed(refusal); // not before it is left to who ends what nobody goes on with
        }
    }

    /** That of before a restart, also if there are other clusters by now and the step names none. */
    private Target target(boolean resumed) {
        Target before = resumed ? DrivenOperations.get().target(actorId) : null;
        if (before == null || !Util.fixNull(step.getCluster()).isEmpty()) {
            return step.target();
        }
        String cluster =
                SafeDeploymentsConfiguration.get().cluster(before.cluster()).getName();
        return new Target(cluster, Util.fixNull(step.getNamespace()), step.getApp());
    }

    /**
     * After a restart the cluster or its credentials may be there a little later; and who has removed them may put them back.
     * Nothing can be seen or undone without them meanwhile.
     *
     * @return whether it is tried again, so that this is not the end
     */
    private boolean awaitsWayIn(String why) {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        if (stopReason != null || runtime.isTerminated() || runtime.clock().millis() >= patience) {
            return false;
        }
        if (!why.equals(missing)) {
            missing = why;
            say(
                    "waiting",
                    why + " Trying again until "
                            + Instant.ofEpochMilli(patience).truncatedTo(ChronoUnit.SECONDS));
        }
        Timer.get()
                .schedule(() -> runtime.execute(() -> launch(true)), BEFORE_NEXT_TRY.toMillis(), TimeUnit.MILLISECONDS);
        return true;
    }

    private void say(String topic, String text) {
        try {
            caller.listener().getLogger().printf(Locale.ROOT, "[%s] %-12s %s%n", step.getApp(), topic, text);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Once more after a restart, since it may have come just before. */
    private void begins(Run<?, ?> run, BuildReport report, boolean resumed) {
        try {
            step.begins(run);
        } catch (UserException e) {
            if (!resumed) {
                throw e;
            }
            report.line("warning", e.getMessage());
        }
    }

    private static Act act(ReleaseStep step) {
        return Act.ofStep(step.getDescriptor().getFunctionName());
    }

    private void record(ReleaseRecorder recorder, Throwable problem) {
        String stop = stopReason;
        if (problem == null) {
            recorder.succeeded();
        } else {
            recorder.failed(
                    stop != null, stop == null ? Util.fixNull(cause(problem).getMessage()) : stop);
        }
    }

    private void warn(BuildReport report, boolean resumed) throws IOException, InterruptedException {
        String warning = DurabilityWarning.of(caller.flow(), step.ifOrphaned());
        if (!resumed && !warning.isEmpty()) {
            report.line("warning", warning);
        }
    }

    /** For the time when the run may be gone. */
    private void keep(Session session, Run<?, ?> run, boolean resumed) {
        if (step.ifOrphaned() != IfOrphaned.NOTHING) {
            String credentials = Util.fixNull(step.getCredentialsId());
            DrivenOperations.get().begin(new DrivenOperation(session, run, credentials, step.ifOrphaned()), resumed);
        }
    }

    /** By what the configuration and the credentials say at this moment. */
    private ClusterAccess access(Target target, Run<?, ?> run) {
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster(target.cluster());
        return ClusterCredentials.access(cluster, Util.fixNull(step.getCredentialsId()), run);
    }

    /** A Jenkins that was down past the deadline gets some time to see what has become of the pods meanwhile. */
    private Instant deadline(boolean resumed) {
        Instant end = Instant.ofEpochMilli(deadline);
        Instant least = ReleaseRuntime.get().clock().instant().plus(AFTER_RESTART);
        return resumed && end.isBefore(least) ? least : end;
    }

    private Actor actor(Run<?, ?> run) {
        Cause.UserIdCause user = run.getCause(Cause.UserIdCause.class);
        String root = Jenkins.get().getRootUrl();
        return new Actor(
                actorId,
                run.getFullDisplayName(),
                root == null ? "" : root + run.getUrl(),
                user == null ? "" : Util.fixNull(user.getUserId()),
                run.getParent().getFullName(),
                run.getNumber());
    }

    private void finish(Target target, Outcome outcome, Throwable problem) {
        try {
            if (problem == null) {
                caller.listener().getLogger().println("[" + target.app() + "] " + outcome.text());
                caller.succeeded(result(target, outcome));
            } else {
                caller.failed(failure(problem));
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }

    private static Throwable failure(Throwable thrown) {
        Throwable problem = cause(thrown);
        return problem instanceof UserException || problem instanceof FencedException
                ? new AbortException(problem.getMessage())
                : problem;
    }

    /** A plain map, so that scripts can read it and it survives with them. */
    private static Map<String, Object> result(Target target, Outcome outcome) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("app", target.app());
        result.put("cluster", target.cluster());
        result.put("namespace", target.namespace());
        result.put("text", outcome.text());
        Release release = outcome.release();
        result.put("changed", release != null);
        if (release != null) {
            result.put("release", release.number());
            result.put("phase", release.phase().name());
            result.put("image", release.plan().image());
            result.put("cause", release.cause());
            result.put("serviceAddress", outcome.serviceAddress());
        }
        return result;
    }

    /**
     * Asks it to end: safely at the first call, by the step's own policy; at the second at once, leaving the cluster as it is.
     *
     * @param reason in one sentence, such as {@code Aborted by alice}; the first one counts
     */
    public void stop(String reason) {
        OperationRun running = operation;
        if (stopReason == null) {
            stopReason = reason;
        } else if (running != null) {
            left = true;
        }
        if (running != null) {
            running.stop(stopReason);
        }
        // else it is being made, and will be told when it is
    }

    /** What it is waiting for or doing; answers at once. */
    @NonNull
    public String status() {
        OperationRun running = operation;
        String why = missing;
        return running == null ? why.isEmpty() ? "starting" : "waiting: " + why : running.status();
    }
}
