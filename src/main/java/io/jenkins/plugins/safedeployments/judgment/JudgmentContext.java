package io.jenkins.plugins.safedeployments.judgment;

import com.google.common.util.concurrent.ListenableFuture;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The context of the {@code input} of a judgment. It is the first thing that {@code input} asks when it is answered, before it
 * records anything; so here each answer is judged, and only that which decides gets through. What is not let through is thrown.
 */
final class JudgmentContext extends StepContext {

    private static final long serialVersionUID = 1L;

    private final JudgmentExecution execution;

    JudgmentContext(JudgmentExecution execution) {
        this.execution = execution;
    }

    private StepContext real() {
        return execution.getContext();
    }

    @Override
    public <T> T get(Class<T> key) throws IOException, InterruptedException {
        InputCaller caller = InputCaller.find();
        if (caller != InputCaller.OTHER) {
            execution.judge(caller, key);
        }
        return real().get(key);
    }

    @Override
    public void onSuccess(Object ignored) {
        execution.inputEnded(null);
    }

    @Override
    public void onFailure(@NonNull Throwable cause) {
        execution.inputEnded(cause);
    }

    @Override
    public boolean isReady() {
        return real().isReady();
    }

    @Override
    public ListenableFuture<Void> saveState() {
        return real().saveState();
    }

    @Override
    @Deprecated
    public void setResult(Result result) {
        real().setResult(result);
    }

    @Override
    public BodyInvoker newBodyInvoker() {
        return real().newBodyInvoker();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JudgmentContext context && context.execution == execution;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(execution);
    }
}
