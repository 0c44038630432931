package io.jenkins.plugins.safedeployments.engine.rollout;

import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.pod;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.rollout.Problem.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class PodProblemsTest {

    private static final Map<String, ?> SCHEDULED = condition("PodScheduled", "True", "");
    private static final Map<String, ?> UNREADY = condition("Ready", "False", "ContainersNotReady");
    private static final Map<String, ?> RUNNING = Map.of("running", Map.of("startedAt", "2026-01-02T03:04:05Z"));

    @Test
    public void probeThatHasNotPassed_isNamedWithWhatItAsks() {
        assertWaiting(
                probed("readinessProbe", Map.of("httpGet", Map.of("path", "/health", "port", 8080))),
                "Pod a, container main runs, but its readiness probe (GET /health on port 8080) has not passed yet");
        assertWaiting(
                probed("readinessProbe", Map.of("tcpSocket", Map.of("port", "http"))),
                "Pod a, container main runs, but its readiness probe (TCP port http) has not passed yet");
        assertWaiting(
                probed("readinessProbe", Map.of("grpc", Map.of("port", 9090))),
                "Pod a, container main runs, but its readiness probe (gRPC port 9090) has not passed yet");
        assertWaiting(
                probed("readinessProbe", Map.of("exec", Map.of("command", List.of("cat", "/tmp/ready")))),
                "Pod a, container main runs, but its readiness probe (cat /tmp/ready) has not passed yet");
        assertWaiting(
                probed("startupProbe", Map.of("httpGet", Map.of("port", 8080))),
                "Pod a, container main runs, but its startup probe (GET / on port 8080) has not passed yet");
    }

    @Test
    public void probeThatHasNotPassed_isExplainedByAnEvent() {
        Problem problem = PodProblems.of(probed("readinessProbe", Map.of("grpc", Map.of("port", 9090))))
                .get(0);

        assertThat(problem.ask(), is(Ask.EVENT));
        assertThat(
                problem.detailed("Readiness probe failed: service\nis starting").sentence(),
                is("Pod a, container main runs, but its readiness probe (gRPC port 9090) has not passed yet:"
                        + " Readiness probe failed: service is starting"));
        assertThat(problem.detailed(""), is(problem));
    }

    @Test
    public void containersThatAreNotMade_mayWaitForAVolume() {
        assertWaiting(
                with(waiting("ContainerCreating"), SCHEDULED, UNREADY),
                "Pod a has a node, but its containers are not made yet");
    }

    @Test
    public void initContainerThatGoesOn_isNamed() {
        KubeObject pod = with(waiting("PodInitializing"), SCHEDULED, UNREADY)
                .with(
                        List.of(Map.of("name", "migrate", "ready", false, "restartCount", 0, "state", RUNNING)),
                        "status",
                        "initContainerStatuses");

        assertWaiting(pod, "Pod a: its init container migrate has not ended yet");
        KubeObject sidecar =
                pod.with(List.of(Map.of("name", "migrate", "restartPolicy", "Always")), "spec", "initContainers");
        assertThat(PodProblems.of(sidecar), is(empty()));
    }

    @Test
    public void initContainerThatCrashes_isNamed() {
        KubeObject pod = with(waiting("PodInitializing"), SCHEDULED, UNREADY)
                .with(
                        List.of(Map.of(
                                "name",
                                "migrate",
                                "ready",
                                false,
                                "restartCount",
                                3,
                                "state",
                                Map.of("waiting", Map.of("reason", "CrashLoopBackOff")),
                                "lastState",
                                Map.of("terminated", Map.of("exitCode", 127, "reason", "ContainerCannotRun")))),
                        "status",
                        "initContainerStatuses");

        Problem problem = one(pod);
        assertThat(
                problem.sentence(),
                is("Pod a, init container migrate: it keeps crashing (3 restarts, last exit code 127,"
                        + " ContainerCannotRun)"));
        assertThat(problem.hint(), containsString("command cannot be run"));
        assertThat(problem.ask(), is(Ask.LOG));
        assertThat(problem.patience(), is(Duration.ZERO));
    }

    @Test
    public void crashes_haveAHintForTheirExitCode() {
        assertThat(one(crashed(0)).hint(), containsString("must go on running"));
        assertThat(one(crashed(137)).hint(), containsString("liveness or startup probe"));
        assertThat(one(crashed(1)).hint(), containsString("last log lines"));
    }

    @Test
    public void containerThatCannotBeStarted_isNamed() {
        KubeObject pod = with(waiting("RunContainerError"), SCHEDULED, UNREADY);

        assertThat(one(pod).sentence(), is("Pod a, container main: it cannot be started (RunContainerError)"));
        assertThat(one(pod).patience(), is(Duration.ofSeconds(30)));
    }

    @Test
    public void registryThatAils_isGivenTime() {
        for (String message : List.of(
                "dial tcp: i/o timeout",
                "429 Too Many Requests: toomanyrequests: pull rate limit",
                "received unexpected HTTP status: 503 Service Unavailable")) {
            assertThat(message, one(pulling(message)).patience(), is(Duration.ofSeconds(60)));
        }
        assertThat(one(pulling("manifest unknown")).patience(), is(Duration.ofSeconds(10)));
    }

    @Test
    public void missingClaim_isNotTakenForMissingNodes() {
        KubeObject pod = with(
                pod("a", "new"),
                Map.of(
                        "type",
                        "PodScheduled",
                        "status",
                        "False",
                        "reason",
                        "Unschedulable",
                        "message",
                        "persistentvolumeclaim \"data\" not found"));

        assertThat(one(pod).hint(), containsString("Create the PersistentVolumeClaim"));
    }

    @Test
    public void podOnALostNode_isNamedAndNothingElseOfItIsBelieved() {
        KubeObject lost = with(
                        crashed(1),
                        SCHEDULED,
                        condition("ContainersReady", "True", ""),
                        condition("Ready", "False", ""))
                .with("node-7", "spec", "nodeName");

        Problem problem = one(lost);
        assertThat(problem.sentence(), is("Pod a is on node node-7, which no longer reports its state"));
        assertThat("Kubernetes moves it after 5 minutes", problem.patience(), is(Duration.ofMinutes(6)));
        assertThat(one(pod("a", "new").with("Unknown", "status", "phase")).sort(), is("node-lost"));
    }

    @Test
    public void podThatIsMovedAway_isNoProblem() {
        assertThat(
                PodProblems.of(with(crashed(1), condition("DisruptionTarget", "True", "EvictionByEvictionAPI"))),
                is(empty()));
        assertThat(PodProblems.of(crashed(1).with("Failed", "status", "phase")), is(empty()));
    }

    @Test
    public void readinessGate_isNamed() {
        KubeObject pod = with(
                        pod("a", "new"),
                        SCHEDULED,
                        condition("ContainersReady", "True", ""),
                        condition("Ready", "False", "ReadinessGatesNotReady"))
                .with(List.of(Map.of("conditionType", "example.com/lb")), "spec", "readinessGates");

        assertWaiting(pod, "Pod a waits for its readiness gate example.com/lb");
    }

    private static void assertWaiting(KubeObject pod, String sentence) {
        assertThat(one(pod).sentence(), is(sentence));
        assertThat(one(pod).patience(), is(Problem.UNTIL_DEADLINE));
    }

    private static Problem one(KubeObject pod) {
        List<Problem> problems = PodProblems.of(pod);
        assertThat(problems, hasSize(1));
        return problems.get(0);
    }

    private static KubeObject probed(String probe, Map<String, ?> how) {
        return with(pod("a", "new"), SCHEDULED, UNREADY)
                .with(List.of(Map.of("name", "main", probe, how)), "spec", "containers")
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "ready",
                                false,
                                "started",
                                probe.equals("readinessProbe"),
                                "restartCount",
                                0,
                                "state",
                                RUNNING)),
                        "status",
                        "containerStatuses");
    }

    private static KubeObject crashed(int exitCode) {
        return pod("a", "new")
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "ready",
                                false,
                                "restartCount",
                                4,
                                "state",
                                Map.of("waiting", Map.of("reason", "CrashLoopBackOff")),
                                "lastState",
                                Map.of("terminated", Map.of("exitCode", exitCode, "reason", "Error")))),
                        "status",
                        "containerStatuses");
    }

    private static KubeObject pulling(String message) {
        return waiting(Map.of("reason", "ErrImagePull", "message", message));
    }

    private static KubeObject waiting(String reason) {
        return waiting(Map.of("reason", reason));
    }

    private static KubeObject waiting(Map<String, ?> state) {
        return pod("a", "new")
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "image",
                                "shop:1",
                                "ready",
                                false,
                                "restartCount",
                                0,
                                "state",
                                Map.of("waiting", state))),
                        "status",
                        "containerStatuses");
    }

    @SafeVarargs
    private static KubeObject with(KubeObject pod, Map<String, ?>... conditions) {
        return pod.with(new ArrayList<>(List.of(conditions)), "status", "conditions");
    }

    private static Map<String, ?> condition(String type, String status, String reason) {
        return Map.of("type", type, "status", status, "reason", reason);
    }
}
