package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.Execution;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Runs one test in a ready pod of the canary's new template, and waits for its exit code without holding a thread. */
final class RunCommandTest implements Move {

    private static final int MAX_LINES = 1000;

    private final ReleaseState state;
    private final CommandTest test;
    private Execution execution;
    private String pod;
    private Instant begun;
    private int lines;

    RunCommandTest(ReleaseState state, CommandTest test) {
        this.state = state;
        this.test = test;
    }

    @Override
    public Next look() {
        if (execution == null) {
            begin();
        }
        Instant end = begun.plus(test.timeout());
        if (!execution.exitCode().isDone()) {
            if (state.session.now().isBefore(end)) {
                return Next.waitUntil(end);
            }
            execution.close();
            throw new UserException("The test '" + test + "' in pod " + pod + " did not end within "
                    + ReleaseState.seconds(test.timeout()) + ".");
        }
        int code = exitCode();
        execution.close();
        if (code != 0) {
            throw new UserException("The test '" + test + "' failed in pod " + pod + " with exit code " + code + ".");
        }
        state.say(
                "test",
                "'" + test + "' passed (" + ReleaseState.seconds(Duration.between(begun, state.session.now())) + ")");
        return Next.DONE;
    }

    private void begin() {
        state.status("testing the canary: " + test);
        List<KubeObject> ready = Observation.of(
                        state.session.cluster(), state.session.target().deployment(Track.CANARY), "")
                .readyPods();
        if (ready.isEmpty()) {
            throw new UserException(
                    "The test '" + test + "' found no ready pod of the canary: it was ready and is no longer.");
        }
        pod = ready.get(0).name();
        String container = container(ready.get(0));
        state.say("test", "'" + test + "' in pod " + pod + ", container " + container);
        begun = state.session.now();
        execution = state.session.cluster().exec(pod, container, test.command(), this::output);
        execution
                .exitCode()
                .whenComplete((code, problem) -> state.session.wake().run());
    }

    private String container(KubeObject inPod) {
        List<String> names = inPod.list("spec", "containers").stream()
                .map(c -> c.string("name"))
                .toList();
        if (test.container().isEmpty()) {
            return names.get(0);
        }
        if (!names.contains(test.container())) {
            throw new UserException("The test '" + test + "' is for the container '" + test.container()
                    + "', but the pod has " + String.join(", ", names) + ".");
        }
        return test.container();
    }

    private void output(String line) {
        if (lines++ < MAX_LINES) {
            state.session.report().output(line);
        } else if (lines == MAX_LINES + 1) {
            state.session.report().output("(more than " + MAX_LINES + " lines: the rest is not shown)");
        }
    }

    private int exitCode() {
        try {
            return execution.exitCode().join();
        } catch (CompletionException | CancellationException e) {
            throw new UserException(
                    "The connection to the test '" + test + "' in pod " + pod
                            + " was lost, so it is not known how it ended: "
                            + (e.getCause() == null
                                    ? e.getMessage()
                                    : e.getCause().getMessage()),
                    e);
        }
    }
}
