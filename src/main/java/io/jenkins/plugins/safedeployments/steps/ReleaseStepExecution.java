package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
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
import io.jenkins.plugins.safedeployments.runtime.RunningReleases;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step that hands its work to the release engine and waits without a thread. What survives a restart is the step's
 * parameters, who acts and until when; where the release is, the cluster knows.
 */
final class ReleaseStepExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ReleaseStepExecution.class.getName());

    private static final Duration AFTER_RESTART = Duration.ofMinutes(2);

    /** The step's parameters. */
    private final ReleaseStep step;

    /** Unique for this execution in this run on this Jenkins, and the same after a restart; set when it starts. */
    private String actorId;

    /** When the step's own waiting ends, in milliseconds of the epoch; set when it starts. */
    private long deadline;

    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "made anew when the step is resumed")
    private transient volatile OperationRun operation;

    /** Why the step was told to stop; the first reason counts. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "who stopped it says so again")
    private transient volatile Throwable stopCause;

    /** Whether it was told to stop for the second time, so that somebody wants the cluster to be left as it is. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "who stopped it says so again")
    private transient volatile boolean left;

    ReleaseStepExecution(ReleaseStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        Run<?, ?> run = getContext().get(Run.class);
        FlowNode node = getContext().get(FlowNode.class);
        try {
            step.target();
            deadline = ReleaseRuntime.get()
                    .clock()
                    .instant()
                    .plus(step.timeoutDuration())
                    .toEpochMilli();
            step.check();
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
        actorId = RunningReleases.actorId(run, node.getId());
        ReleaseRuntime.get().execute(() -> launch(false));
        return false;
    }

    @Override
    public void onResume() {
        ReleaseRuntime.get().execute(() -> launch(true));
    }

    private void launch(boolean resumed) {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        DrivenOperations kept = DrivenOperations.get();
        ClusterLogin login = null;
        boolean started = false;
        try {
            Run<?, ?> run = getContext().get(Run.class);
            Target target = step.target();
            ClusterAccess access = access(target, run);
            BuildReport report = new BuildReport(target.app(), run, getContext().get(TaskListener.class), access);
            ClusterLogin in = new ClusterLogin(target.namespace(), access, () -> access(target, run), report::hide);
            login = in;
            Wake wake = new Wake();
            ReleaseRecorder recorder = new ReleaseRecorder(report, run, actorId, act(), target);
            Session session = new Session(
                    target,
                    in.cluster(),
                    actor(run),
                    runtime.clock(),
                    recorder,
                    deadline(resumed),
                    step.timeoutDuration(),
                    wake,
                    RunningReleases::isOver);
            warn(report, resumed);
            keep(session, run, resumed);
            OperationRun launched = in.engine().start(step.operation(session, getContext(), resumed), report, wake);
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
            if (stopCause != null) {
                launched.stop(text(stopCause)); // it came while this was being made
            }
        } catch (UserException e) {
            getContext().onFailure(new AbortException(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            getContext().onFailure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Jenkins goes down; the step is resumed when it is up again
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
    }

    private Act act() {
        return Act.ofStep(step.getDescriptor().getFunctionName());
    }

    private void record(ReleaseRecorder recorder, Throwable problem) {
        Throwable stop = stopCause;
        if (problem == null) {
            recorder.succeeded();
        } else {
            recorder.failed(
                    stop != null, stop == null ? Util.fixNull(cause(problem).getMessage()) : text(stop));
        }
    }

    private void warn(BuildReport report, boolean resumed) throws IOException, InterruptedException {
        String warning = DurabilityWarning.of(getContext().get(FlowExecution.class), step.ifOrphaned());
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
                getContext().get(TaskListener.class).getLogger().println("[" + target.app() + "] " + outcome.text());
                getContext().onSuccess(result(target, outcome));
            } else if (stopCause != null) {
                getContext().onFailure(stopCause);
            } else {
                getContext().onFailure(failure(problem));
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
        }
        return result;
    }

    @Override
    public void stop(@NonNull Throwable cause) {
        OperationRun running = operation;
        if (stopCause == null) {
            stopCause = cause;
        } else if (running != null) {
            left = true;
        }
        if (running != null) {
            running.stop(text(stopCause));
        }
        // else it is being made, and will be told when it is
    }

    private static String text(Throwable cause) {
        if (cause instanceof FlowInterruptedException interrupted) {
            StringBuilder text = new StringBuilder();
            for (CauseOfInterruption reason : interrupted.getCauses()) {
                text.append(text.length() == 0 ? "" : ", ").append(reason.getShortDescription());
            }
            if (text.length() > 0) {
                return text.toString();
            }
        }
        String message = Util.fixEmptyAndTrim(cause.getMessage());
        return "The step was stopped" + (message == null ? "" : " (" + message + ")");
    }

    @Override
    public String getStatus() {
        OperationRun running = operation;
        return running == null ? "starting" : running.status();
    }
}
