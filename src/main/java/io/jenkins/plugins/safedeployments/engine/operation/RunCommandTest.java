package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.Execution;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * Runs a command in a pod, and waits for its exit code without holding a thread. A command whose connection is lost is not
 * started again; a migration not even if it is only likely that it was not started.
 */
final class RunCommandTest extends RunCheck {

    private final CommandTest test;
    private final Migration migration;
    private Execution execution;
    private OutputLimit output;
    private Instant begun;

    RunCommandTest(ReleaseState state, CommandTest test) {
        super(state, test);
        this.test = test;
        this.migration = new Migration(state, test.name());
    }

    @Override
    boolean isSettled() {
        return test.migration() && migration.isDone();
    }

    @Override
    Next lookAt(KubeObject pod) {
        if (execution == null) {
            begin(pod);
        }
        Instant end = begun.plus(test.timeout());
        if (!execution.exitCode().isDone()) {
            if (state.session.now().isBefore(end)) {
                return Next.waitUntil(end);
            }
            close();
            throw new UserException("The test '" + test.name() + "' in pod " + pod.name() + " did not end within "
                    + ReleaseState.seconds(test.timeout())
                    + (test.migration() ? ": it may still be running there." : "."));
        }
        int code = exitCode(pod);
        if (test.migration()) {
            migration.ended(code);
        }
        close();
        if (code != 0) {
            throw new UserException(
                    "The test '" + test.name() + "' failed in pod " + pod.name() + " with exit code " + code + ".");
        }
        return Next.DONE;
    }

    private void begin(KubeObject pod) {
        String container = container(pod);
        if (test.migration()) {
            migration.begin();
        }
        state.say("test", "'" + test.name() + "' in pod " + pod.name() + ", container " + container);
        begun = state.session.now();
        output = new OutputLimit(state.session.report());
        execution = started(pod, container);
        state.closeAtTheEnd(execution::close);
        execution
                .exitCode()
                .whenComplete((code, problem) -> state.session.wake().run());
    }

    private Execution started(KubeObject pod, String container) {
        try {
            return state.session.cluster().exec(pod.name(), container, test.command(), output::line);
        } catch (ClusterException e) {
            if (!test.migration()) {
                throw e;
            }
            if (e.reason() == Reason.UNAVAILABLE) {
                throw unknown(pod, e.getMessage(), e);
            }
            migration.notStarted();
            throw e;
        }
    }

    private void close() {
        execution.close();
        execution = null;
        output.end();
    }

    private String container(KubeObject inPod) {
        List<String> names = inPod.list("spec", "containers").stream()
                .map(c -> c.string("name"))
                .toList();
        if (test.container().isEmpty()) {
            return names.get(0);
        }
        if (!names.contains(test.container())) {
            throw new UserException("The test '" + test.name() + "' is for the container '" + test.container()
                    + "', but the pod has " + String.join(", ", names) + ".");
        }
        return test.container();
    }

    private int exitCode(KubeObject pod) {
        try {
            return execution.exitCode().join();
        } catch (CompletionException | CancellationException e) {
            close();
            throw unknown(
                    pod, e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }

    private UserException unknown(KubeObject pod, String why, RuntimeException cause) {
        return new UserException(
                "The connection to the test '" + test.name() + "' in pod " + pod.name()
                        + " was lost, so it is not known how it ended: " + why,
                cause);
    }
}
