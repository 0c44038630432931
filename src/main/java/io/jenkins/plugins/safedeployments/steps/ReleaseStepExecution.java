package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.runtime.RunningReleases;
import io.jenkins.plugins.safedeployments.windows.HeldStepExecution;
import io.jenkins.plugins.safedeployments.windows.WindowPolicy;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step that has its work driven and waits without a thread. What survives a restart is the step's parameters, who acts and
 * until when; where the release is, the cluster knows.
 */
final class ReleaseStepExecution extends HeldStepExecution {

    private static final long serialVersionUID = 1L;

    /** The step's parameters. */
    private final ReleaseStep step;

    /** Unique for this execution in this run on this Jenkins, and the same after a restart; set when it starts. */
    private volatile String actorId;

    /** When the step's own waiting ends, in milliseconds of the epoch; set when it begins. */
    private long deadline;

    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "made anew when the step is resumed")
    private transient ReleaseDriver driver;

    /** Why the step was told to stop; the first reason counts. */
    @SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "who stopped it says so again")
    private transient volatile Throwable stopCause;

    ReleaseStepExecution(ReleaseStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        Run<?, ?> run = getContext().get(Run.class);
        ReleaseDriver.arrive(step, run); // which checks its parameters before it may have to wait
        actorId = RunningReleases.actorId(run, getContext().get(FlowNode.class).getId());
        String cluster = Util.fixNull(step.getCluster());
        if (step.obeysWindows()) {
            beginWhenOpen(step.getApp(), cluster);
        } else {
            WindowPolicy.sayExempt(run, getContext().get(TaskListener.class), step.getApp(), cluster);
            letBegin();
        }
        return false;
    }

    @Override
    protected void begin() {
        drive(false);
    }

    @Override
    public void onResume() {
        if (!waitsOn()) {
            drive(true);
        }
    }

    private void drive(boolean resumed) {
        try {
            if (deadline == 0) { // also if it waited, and Jenkins went down just when it began
                deadline = ReleaseDriver.begin(step);
            }
            driver().start(actorId, deadline, resumed);
        } catch (AbortException e) {
            getContext().onFailure(e);
        }
    }

    private synchronized ReleaseDriver driver() {
        if (driver == null) {
            driver = new ReleaseDriver(step, new InPipeline());
        }
        return driver;
    }

    @Override
    public void stop(@NonNull Throwable cause) {
        if (stopWaiting()) {
            getContext().onFailure(cause);
            return;
        }
        if (stopCause == null) {
            stopCause = cause;
        }
        driver().stop(text(stopCause));
    }

    private static String text(Throwable cause) {
        if (cause instanceof FlowInterruptedException interrupted) {
            String text = interrupted.getCauses().stream()
                    .map(CauseOfInterruption::getShortDescription)
                    .collect(Collectors.joining(", "));
            if (!text.isEmpty()) {
                return text;
            }
        }
        String message = Util.fixEmptyAndTrim(cause.getMessage());
        return "The step was stopped" + (message == null ? "" : " (" + message + ")");
    }

    @Override
    public String getStatus() {
        String waiting = waitingStatus();
        return waiting == null ? driver().status() : waiting;
    }

    /** The step, to what drives it. */
    private final class InPipeline implements ReleaseDriver.Caller {

        @NonNull
        @Override
        public Run<?, ?> run() throws IOException, InterruptedException {
            return getContext().get(Run.class);
        }

        /**
         * The step's; or else the run's, as when Jenkins was killed after Pipeline had saved the program and before it had
         * saved which step of it runs: then it takes the step for one that is over.
         */
        @NonNull
        @Override
        public TaskListener listener() throws IOException, InterruptedException {
            try {
                return getContext().get(TaskListener.class);
            } catch (IOException e) {
                FlowExecution flow = flow();
                if (flow == null) {
                    throw e;
                }
                return flow.getOwner().getListener();
            }
        }

        @Override
        public FilePath workspace() throws IOException, InterruptedException {
            return getContext().get(FilePath.class);
        }

        @NonNull
        @Override
        public Map<String, String> maskedVariables() throws IOException, InterruptedException {
            EnvironmentExpander expander = getContext().get(EnvironmentExpander.class);
            if (expander == null) {
                return Map.of();
            }
            EnvVars variables = new EnvVars();
            expander.expand(variables);
            variables.keySet().retainAll(expander.getSensitiveVariables());
            return variables;
        }

        @Override
        public FlowExecution flow() throws IOException, InterruptedException {
            return getContext().get(FlowExecution.class);
        }

        @Override
        public void succeeded(Map<String, Object> result) {
            getContext().onSuccess(result);
        }

        @Override
        public void failed(Throwable problem) {
            getContext().onFailure(stopCause == null ? problem : stopCause);
        }
    }
}
