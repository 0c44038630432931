package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.HttpAnswer;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks a pod by HTTP until it answers as expected, and waits for answers and between attempts without holding a thread. */
final class RunHttpTest extends RunCheck {

    private static final int SHOWN_LINES = 20;
    private static final int SHOWN_CHARS = 8 * 1024;

    /** Our own end of an attempt comes first, so that what ends a request is the attempt. */
    private static final Duration LONGER = Duration.ofSeconds(2);

    private final HttpTest test;
    private CompletableFuture<HttpAnswer> call;
    private HttpAnswer last;
    private Instant begun;
    private Instant next;
    private int attempts;

    RunHttpTest(ReleaseState state, HttpTest test) {
        super(state, test);
        this.test = test;
    }

    @Override
    Next lookAt(KubeObject pod) {
        Instant now = state.session.now();
        if (call == null) {
            if (next != null && now.isBefore(next)) {
                return Next.waitUntil(next);
            }
            begin(pod, now);
        }
        Instant end = begun.plus(test.timeout());
        if (!call.isDone() && now.isBefore(end)) {
            return Next.waitUntil(end);
        }
        String problem = problem();
        if (problem.isEmpty()) {
            attempts = 0;
            next = null;
            return Next.DONE;
        }
        return again(pod, problem);
    }

    private void begin(KubeObject pod, Instant now) {
        int port = port(pod);
        if (attempts == 0) {
            state.say("test", "'" + test.name() + "' of pod " + pod.name() + ", port " + port);
        }
        begun = now;
        last = null;
        call = state.session
                .cluster()
                .http(
                        pod.name(),
                        test.scheme(),
                        port,
                        test.path(),
                        test.timeout().plus(LONGER));
        CompletableFuture<HttpAnswer> asked = call;
        state.closeAtTheEnd(() -> asked.cancel(true));
        call.whenComplete((answer, problem) -> state.session.wake().run());
    }

    /** What is wrong with the attempt, which is over; empty if nothing is. */
    @NonNull
    private String problem() {
        CompletableFuture<HttpAnswer> asked = call;
        call = null;
        if (!asked.isDone()) {
            asked.cancel(true);
            return "no answer within " + ReleaseState.seconds(test.timeout());
        }
        try {
            last = asked.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClusterException refusal) {
                throw refusal; // by the API server, which says nothing about the pod
            }
            throw e;
        }
        if (!test.expects(last.status())) {
            return "status " + last.status() + ", expected " + test.status();
        }
        if (!last.body().contains(test.bodyContains())) {
            return "status " + last.status() + ", but the " + (last.cut() ? "beginning of the " : "")
                    + "body does not contain '" + test.bodyContains() + "'";
        }
        return "";
    }

    private Next again(KubeObject pod, String problem) {
        attempts++;
        if (attempts >= test.attempts()) {
            if (last != null) {
                show(last);
            }
            throw new UserException("The test '" + test.name() + "' failed in pod " + pod.name() + ": " + problem
                    + (attempts == 1 ? "" : " (" + attempts + " attempts)") + ".");
        }
        state.say(
                "test",
                problem + " (attempt " + attempts + " of " + test.attempts() + "); again in "
                        + ReleaseState.seconds(test.interval()));
        next = state.session.now().plus(test.interval());
        return Next.waitUntil(next);
    }

    /** A line is shown as a whole or not at all, as {@link Testimony} does. */
    private void show(HttpAnswer answer) {
        String body = answer.body();
        boolean inLine = answer.cut() || body.length() > SHOWN_CHARS;
        String shown = body.substring(0, Math.min(body.length(), SHOWN_CHARS));
        shown.substring(0, inLine ? shown.lastIndexOf('\n') + 1 : shown.length())
                .lines()
                .limit(SHOWN_LINES)
                .forEach(state.session.report()::output);
        if (inLine || shown.lines().count() > SHOWN_LINES) {
            state.session.report().output("(the answer is longer: the rest is not shown)");
        }
    }

    private int port(KubeObject pod) {
        if (test.port().matches("[0-9]+")) {
            return Integer.parseInt(test.port());
        }
        return pod.list("spec", "containers").stream()
                .flatMap(container -> container.list("ports").stream())
                .filter(port -> test.port().isEmpty() || test.port().equals(port.string("name")))
                .map(port -> port.integer(0, "containerPort"))
                .findFirst()
                .orElseThrow(() -> new UserException("The test '" + test.name() + "' "
                        + (test.port().isEmpty()
                                ? "has no 'port', and the pod's containers name none: give its number."
                                : "is for the port '" + test.port()
                                        + "', but no container of the pod has one of that name.")));
    }
}
