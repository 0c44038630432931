package io.jenkins.plugins.safedeployments.engine.rollout;

import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.deployment;
import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.pod;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.Test;

public class DiagnosisTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final String WHERE = "Pod a, container main: ";

    private final Diagnosis diagnosis = new Diagnosis();

    @Test
    public void problems_imageThatIsNotThere_isNamed() {
        for (String reason : List.of("ErrImagePull", "ImagePullBackOff")) {
            assertProblem(
                    waiting(reason, "not found"),
                    WHERE + "the image shop:1 cannot be pulled (" + reason + ": not found)",
                    10);
        }
    }

    @Test
    public void problems_imageThatCannotBe_isCertainAtOnce() {
        for (String reason : List.of("InvalidImageName", "ErrImageNeverPull")) {
            assertProblem(waiting(reason, ""), WHERE + "the image shop:1 cannot be used (" + reason + ")", 0);
        }
    }

    @Test
    public void problems_missingSecret_isNamed() {
        for (String reason : List.of("CreateContainerConfigError", "CreateContainerError")) {
            assertProblem(
                    waiting(reason, "secret \"db\" not found"),
                    WHERE + "it cannot be created (" + reason + ": secret \"db\" not found)",
                    30);
        }
    }

    @Test
    public void problems_crashLoop_isCertainFromTheThirdRestart() {
        Map<String, Object> failed = Map.of("terminated", Map.of("exitCode", 7, "reason", "Error"));

        assertProblem(crashing(3, false, failed), WHERE + "it keeps crashing (3 restarts, last exit code 7)", 0);
        assertThat(Diagnosis.problems(observation(crashing(2, false, failed))), is(empty()));
    }

    @Test
    public void problems_outOfMemory_saysSo() {
        Map<String, Object> killed = Map.of("terminated", Map.of("exitCode", 137, "reason", "OOMKilled"));

        Problem problem = assertProblem(
                crashing(5, false, killed), WHERE + "it keeps crashing (5 restarts, last exit code 137, OOMKilled)", 0);
        assertThat(problem.hint(), containsString("raise the limit"));
    }

    @Test
    public void problems_crashedButReadyAgain_isNone() {
        Map<String, Object> failed = Map.of("terminated", Map.of("exitCode", 7, "reason", "Error"));

        assertThat(Diagnosis.problems(observation(crashing(4, true, failed))), is(empty()));
    }

    /** A pod of stable may have been restarted now and then in months, and miss a readiness probe while stable is a pod short. */
    @Test
    public void problems_crashedLongAgoAndNotReadyAtThisMoment_isNone() {
        KubeObject status = crashing(4, true, Map.of("terminated", Map.of("exitCode", 137, "reason", "OOMKilled")))
                .list("status", "containerStatuses")
                .get(0)
                .with(false, "ready");
        KubeObject pod = pod("a", "new").with(List.of(status.toMap()), "status", "containerStatuses");

        assertThat(Diagnosis.problems(observation(pod)), is(empty()));
    }

    @Test
    public void problems_initContainer_isLookedAtToo() {
        KubeObject pod = pod("a", "new")
                .with(List.of(status("migrate", "ImagePullBackOff", "")), "status", "initContainerStatuses")
                .with(List.of(status("main", "PodInitializing", "")), "status", "containerStatuses");

        assertProblem(pod, "Pod a, init container migrate: the image shop:1 cannot be pulled (ImagePullBackOff)", 10);
    }

    @Test
    public void problems_unschedulable_isNamed() {
        KubeObject pod = pod("a", "new")
                .with(
                        List.of(Map.of(
                                "type", "PodScheduled",
                                "status", "False",
                                "reason", "Unschedulable",
                                "message", "0/3 nodes are available:\n 3 Insufficient cpu.")),
                        "status",
                        "conditions");

        assertProblem(pod, "Pod a finds no node: 0/3 nodes are available: 3 Insufficient cpu.", 120);
    }

    @Test
    public void problems_containerThatIsJustStarting_isNone() {
        assertThat(Diagnosis.problems(observation(waiting("ContainerCreating", ""))), is(empty()));
        assertThat(Diagnosis.problems(observation(pod("a", "new"))), is(empty()));
    }

    @Test
    public void problems_quota_isNamed() {
        Problem problem = assertProblem(
                condition(Map.of(
                        "type", "ReplicaFailure",
                        "status", "True",
                        "reason", "FailedCreate",
                        "message", "pods \"x\" is forbidden: exceeded quota: small")),
                "No pod of Deployment shop can be created: pods \"x\" is forbidden: exceeded quota: small",
                5);

        assertThat(problem.hint(), is("Raise the ResourceQuota, or ask for less."));
    }

    @Test
    public void problems_quotaThatWasFreed_isNone() {
        assertThat(Diagnosis.problems(condition(Map.of("type", "ReplicaFailure", "status", "False"))), is(empty()));
    }

    @Test
    public void problems_progressDeadline_isCertainWhenItCantBeTheRolloutBefore() {
        assertProblem(
                condition(Map.of("type", "Progressing", "status", "False", "reason", "ProgressDeadlineExceeded")),
                "Deployment shop made no progress for its progressDeadlineSeconds (600 s)",
                15);
    }

    @Test
    public void problems_paused_isCertainAtOnce() {
        KubeObject paused = deployment(1, 0, 0, 0).with(true, "spec", "paused");

        assertProblem(Cast.observation(paused, List.of(), Set.of()), "Deployment shop is paused", 0);
        KubeObject rolling = deployment(2, 1, 1, 2).with(true, "spec", "paused");
        assertProblem(withReplicaSet(rolling), "Deployment shop is paused", 0);
    }

    /** It is resized all the same. */
    @Test
    public void problems_pausedWhenAllPodsAreNew_isNone() {
        KubeObject paused = deployment(3, 2, 2, 2).with(true, "spec", "paused");

        assertThat(Diagnosis.problems(withReplicaSet(paused)), is(empty()));
    }

    private static Observation withReplicaSet(KubeObject deployment) {
        return new Observation(deployment, Cast.replicaSet("shop-1", "1", deployment.uid()), List.of(), Set.of(), 0);
    }

    @Test
    public void problems_longMessage_isCut() {
        List<Problem> problems = Diagnosis.problems(observation(waiting("ErrImagePull", "long ".repeat(10_000))));

        assertThat(problems.get(0).sentence().length(), lessThan(500));
    }

    @Test
    public void problems_noDeployment_isNone() {
        assertThat(Diagnosis.problems(Cast.observation(null, List.of(), Set.of())), is(empty()));
    }

    @Test
    public void certain_onlyAfterTheProblemsPatience() {
        Observation failing = observation(waiting("ErrImagePull", ""));

        assertThat(diagnosis.certain(failing, START), is(Optional.empty()));
        assertThat(diagnosis.next(), is(Optional.of(START.plusSeconds(10))));
        assertThat(diagnosis.certain(failing, START.plusMillis(9_999)), is(Optional.empty()));
        assertThat(diagnosis.certain(failing, START.plusSeconds(10)).isPresent(), is(true));
    }

    @Test
    public void certain_reasonsThatTakeTurns_areOneProblem() {
        diagnosis.certain(observation(waiting("ErrImagePull", "")), START);
        diagnosis.certain(observation(waiting("ImagePullBackOff", "")), START.plusSeconds(5));

        Optional<Problem> certain = diagnosis.certain(observation(waiting("ErrImagePull", "")), START.plusSeconds(10));

        assertThat(certain.isPresent(), is(true));
    }

    @Test
    public void certain_problemThatWentAway_beginsAnew() {
        Observation failing = observation(waiting("ErrImagePull", ""));
        diagnosis.certain(failing, START);
        diagnosis.certain(observation(waiting("ContainerCreating", "")), START.plusSeconds(9));

        assertThat(diagnosis.certain(failing, START.plusSeconds(10)), is(Optional.empty()));
        assertThat(diagnosis.certain(failing, START.plusSeconds(20)).isPresent(), is(true));
    }

    @Test
    public void certain_nothingWrong_isEmpty() {
        Observation fine = observation(pod("a", "new"));

        assertThat(diagnosis.certain(fine, START), is(Optional.empty()));
        assertThat(diagnosis.next(), is(Optional.empty()));
    }

    @Test
    public void certain_pullThatIsBackedOff_stillSaysWhy() {
        diagnosis.certain(observation(waiting("ErrImagePull", "manifest unknown")), START);

        Optional<Problem> certain = diagnosis.certain(
                observation(waiting("ImagePullBackOff", "Back-off pulling image \"shop:1\"")), START.plusSeconds(10));

        assertThat(
                certain.orElseThrow().sentence(),
                is(WHERE + "the image shop:1 cannot be pulled (ErrImagePull: manifest unknown)"));
    }

    @Test
    public void certain_registryThatAils_isGivenTimeThroughBackOff() {
        diagnosis.certain(observation(waiting("ErrImagePull", "dial tcp: i/o timeout")), START);
        Observation backedOff = observation(waiting("ImagePullBackOff", "Back-off pulling image \"shop:1\""));

        assertThat(diagnosis.certain(backedOff, START.plusSeconds(59)), is(Optional.empty()));
        assertThat(diagnosis.certain(backedOff, START.plusSeconds(60)).isPresent(), is(true));
    }

    @Test
    public void certain_podThatFlaps_isNamedAndAtLastCertain() {
        KubeObject pod = pod("a", "new");
        Optional<Problem> certain = Optional.empty();
        for (int i = 1; i <= 5; i++) {
            assertThat(certain, is(Optional.empty()));
            diagnosis.certain(observation(Cast.ready(pod, "True")), START.plusSeconds(2 * i));
            certain = diagnosis.certain(observation(Cast.ready(pod, "False")), START.plusSeconds(2 * i + 1));
            if (i == 2) {
                assertThat(
                        diagnosis.likeliest(observation(pod)).orElseThrow().sentence(),
                        is("Pod a was ready and then not any more, 2 times"));
            }
        }

        assertThat(certain.orElseThrow().sentence(), is("Pod a was ready and then not any more, 5 times"));
    }

    @Test
    public void certain_podThatWasReadyInBetween_keepsItsCrashes() {
        Map<String, Object> failed = Map.of("terminated", Map.of("exitCode", 7, "reason", "Error"));
        assertThat(diagnosis.certain(observation(crashing(2, false, failed)), START), is(Optional.empty()));
        assertThat(diagnosis.certain(observation(crashing(2, true, failed)), START), is(Optional.empty()));

        assertThat(
                diagnosis
                        .certain(observation(crashing(3, false, failed)), START)
                        .isPresent(),
                is(true));
    }

    @Test
    public void notable_whatLastsAWhile_isToldOnceForEachSort() {
        Observation waiting =
                Cast.observation(deployment(2, 2, 0, 2), List.of(unschedulable("a"), unschedulable("b")), Set.of());
        diagnosis.certain(waiting, START);

        assertThat(diagnosis.notable(START.plusSeconds(14)), is(Optional.empty()));
        assertThat(diagnosis.next(), is(Optional.of(START.plusSeconds(15))));
        assertThat(diagnosis.notable(START.plusSeconds(15)).isPresent(), is(true));
        assertThat(diagnosis.notable(START.plusSeconds(16)), is(Optional.empty()));
        assertThat(diagnosis.next(), is(Optional.of(START.plusSeconds(120))));
    }

    @Test
    public void problems_oldReplicaSetsRefusal_isNone() {
        KubeObject refused = deployment(1, 1, 0, 1)
                .with(
                        List.of(Map.of("type", "ReplicaFailure", "status", "True", "message", "exceeded quota")),
                        "status",
                        "conditions");
        KubeObject fine = Cast.replicaSet("new", "7", "shop-uid");

        assertThat(Diagnosis.problems(new Observation(refused, fine, List.of(), Set.of(), 0)), is(empty()));
    }

    @Test
    public void problems_podThatCannotBeRemoved_isNotCalledCreated() {
        Problem problem = assertProblem(
                condition(Map.of(
                        "type", "ReplicaFailure", "status", "True", "reason", "FailedDelete", "message", "denied")),
                "No pod of Deployment shop can be removed: denied",
                0);

        assertThat(problem.sort(), is("refused-other"));
    }

    @Test
    public void problems_progressDeadline_namesTheLikeliestCause() {
        KubeObject stuck = deployment(1, 1, 0, 1)
                .with(
                        List.of(Map.of("type", "Progressing", "status", "False", "reason", "ProgressDeadlineExceeded")),
                        "status",
                        "conditions");

        Observation observation = Cast.observation(stuck, List.of(unschedulable("a")), Set.of());
        assertThat(diagnosis.certain(observation, START), is(Optional.empty()));
        Optional<Problem> certain = diagnosis.certain(observation, START.plusSeconds(15));

        assertThat(
                certain.orElseThrow().sentence(),
                is("Deployment shop made no progress for its progressDeadlineSeconds (600 s): Pod a finds no node: no"
                        + " cpu"));
        assertThat(certain.orElseThrow().hint(), containsString("add nodes"));
    }

    @Test
    public void problems_replicaSetThatCannotBeMade_isCertain() {
        assertProblem(
                condition(Map.of(
                        "type", "Progressing",
                        "status", "False",
                        "reason", "ReplicaSetCreateError",
                        "message", "replicasets.apps \"x\" is forbidden: exceeded quota")),
                "The ReplicaSet of Deployment shop cannot be created: replicasets.apps \"x\" is forbidden: exceeded"
                        + " quota",
                0);
    }

    @Test
    public void problems_podsGivenUpByTheirNodes_areCountedUnlessTheNodeWentDown() {
        List<KubeObject> evicted = List.of(givenUp("a", "Evicted"), givenUp("b", "Evicted"), givenUp("c", "Evicted"));
        List<KubeObject> shutDown =
                List.of(givenUp("a", "NodeShutdown"), givenUp("b", "Terminated"), givenUp("c", "NodeShutdown"));

        List<Problem> problems = Diagnosis.problems(Cast.observation(deployment(1, 1, 0, 1), evicted, Set.of()));
        assertThat(problems, hasSize(1));
        assertThat(
                problems.get(0).sentence(),
                is("3 pods of Deployment shop were given up by their nodes, the last one c (Evicted: low on memory)"));
        assertThat(Diagnosis.problems(Cast.observation(deployment(1, 1, 0, 1), shutDown, Set.of())), is(empty()));
    }

    @Test
    public void problems_scaledToNothing_isNamed() {
        assertProblem(
                Cast.observation(deployment(0, 0, 0, 0), List.of(), Set.of()),
                "Deployment shop has been scaled to 0, so nothing of it can serve",
                30);
    }

    private static KubeObject givenUp(String name, String reason) {
        return pod(name, "new")
                .with("Failed", "status", "phase")
                .with(reason, "status", "reason")
                .with("low on memory", "status", "message");
    }

    private static KubeObject unschedulable(String name) {
        return pod(name, "new")
                .with(
                        List.of(Map.of(
                                "type", "PodScheduled",
                                "status", "False",
                                "reason", "Unschedulable",
                                "message", "no cpu")),
                        "status",
                        "conditions");
    }

    private static Problem assertProblem(KubeObject pod, String sentence, int patience) {
        return assertProblem(observation(pod), sentence, patience);
    }

    private static Problem assertProblem(Observation observation, String sentence, int patience) {
        List<Problem> problems = Diagnosis.problems(observation);
        assertThat(problems, hasSize(1));
        assertThat(problems.get(0).sentence(), is(sentence));
        assertThat(problems.get(0).patience(), is(Duration.ofSeconds(patience)));
        return problems.get(0);
    }

    private static Observation observation(KubeObject pod) {
        return Cast.observation(deployment(1, 1, 0, 1), List.of(pod), Set.of());
    }

    private static Observation condition(Map<String, ?> condition) {
        return Cast.observation(
                deployment(1, 0, 0, 0).with(List.of(condition), "status", "conditions"), List.of(), Set.of());
    }

    private static KubeObject waiting(String reason, String message) {
        return pod("a", "new").with(List.of(status("main", reason, message)), "status", "containerStatuses");
    }

    private static KubeObject crashing(int restarts, boolean ready, Map<String, ?> lastState) {
        return pod("a", "new")
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "image",
                                "shop:1",
                                "ready",
                                ready,
                                "restartCount",
                                restarts,
                                "state",
                                ready
                                        ? Map.of("running", Map.of())
                                        : Map.of("waiting", Map.of("reason", "CrashLoopBackOff")),
                                "lastState",
                                lastState)),
                        "status",
                        "containerStatuses");
    }

    private static Map<String, ?> status(String container, String reason, String message) {
        return Map.of(
                "name",
                container,
                "image",
                "shop:1",
                "ready",
                false,
                "restartCount",
                0,
                "state",
                Map.of("waiting", Map.of("reason", reason, "message", message)));
    }
}
