package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;

/** Releases of the address book to a real API server. */
public class ReleaseClusterTest {

    private static final String APP = "addressbook";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    @Test
    public void firstReleaseBecomesStable() throws Exception {
        Outcome canary = deploy("1.0");

        assertThat(canary.release().phase(), is(Phase.CANARY_READY));
        assertThat(canary.release().number(), is(1));
        assertThat(size("canary"), is(1));
        assertThat(deployment("stable"), is(Optional.empty()));
        assertThat(engine.report.lines, hasItem(containsString("this is the first release")));
        assertThat(canary.serviceAddress(), is(""));
        assertThat(
                engine.report.lines,
                hasItem(
                        matchesPattern(
                                "service: addressbook-lb at [0-9.]+:80, inside the cluster; its external address is not known yet")));
        KubeObject service = target.cluster().get(Kind.SERVICE, APP + "-lb").orElseThrow();
        target.writeAs(
                "cloud-controller-manager",
                "PUT",
                "/api/v1/namespaces/NAMESPACE/services/addressbook-lb/status",
                service.with(List.of(Map.of("ip", "203.0.113.7")), "status", "loadBalancer", "ingress")
                        .toMap());

        Outcome promoted = promote(3);

        assertThat(promoted.serviceAddress(), is("203.0.113.7:80"));
        assertThat(engine.report.lines, hasItem("service: addressbook-lb at 203.0.113.7:80"));

        assertThat(promoted.release().phase(), is(Phase.PROMOTED));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.0"));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    @Test
    public void secondReleaseGoesThroughCanaryToStable() throws Exception {
        deploy("1.0");
        promote(3);

        deploy("1.1");

        assertThat(size("canary"), is(1));
        assertThat(size("stable"), is(2));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.0"));
        assertThat(
                engine.report.toString(),
                engine.report.lines,
                hasItems("| pong", "stable: resized from 3 to 2", "plan: 1 canary beside 2 of 3 stable"));

        promote(null);

        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(deployment("canary"), is(Optional.empty()));
        assertThat(new ReleaseStore(target.cluster(), APP).list().get(0).phase(), is(Phase.PROMOTED));
    }

    @Test
    public void imageThatCannotBePulledFailsWithinSecondsAndIsRolledBackWithEvidence() throws Exception {
        deploy("1.0");
        promote(3);
        Instant begun = Instant.now();

        UserException failure = assertThrows(UserException.class, () -> deploy("1.1-pull-fail"));

        assertThat(
                failure.getMessage(),
                containsString("the image registry.example.com/addressbook:1.1-pull-fail cannot be pulled"));
        assertThat(Duration.between(begun, Instant.now()), lessThan(Duration.ofSeconds(30)));
        assertThat(size("stable"), is(3));
        assertThat(size("canary"), is(1));

        Outcome rolledBack = rollback("");

        assertThat(rolledBack.release().phase(), is(Phase.ROLLED_BACK));
        assertThat(rolledBack.release().cause(), is(failure.getMessage()));
        assertThat(size("stable"), is(3));
        assertThat(deployment("canary"), is(Optional.empty()));
        String folder = "post-mortem/addressbook-2/";
        assertThat(engine.report.files.get(folder + "cause.txt"), startsWith(failure.getMessage()));
        assertThat(engine.report.files.get(folder + "get-all.txt"), containsString("pod/addressbook-canary-"));
        assertThat(engine.report.files.get(folder + "events.txt"), containsString("Failed"));
        assertThat(
                engine.report.files.get(folder + "describe-deployment-addressbook-canary.txt"),
                containsString("ImagePullBackOff"));
    }

    @Test
    public void crashingCanaryLeavesItsPreviousLogs() throws Exception {
        deploy("1.0");
        promote(2);

        UserException failure = assertThrows(UserException.class, () -> deploy("1.1-crash"));
        rollback("");

        assertThat(failure.getMessage(), containsString("it keeps crashing (3 restarts, last exit code 1)"));
        assertThat(
                engine.report.files.keySet().stream()
                        .filter(f -> f.endsWith("-previous.txt"))
                        .count(),
                is(1L));
    }

    @Test
    public void failureIsRolledBackByItselfIfToldSo() throws Exception {
        deploy("1.0");
        promote(3);

        UserException failure =
                assertThrows(UserException.class, () -> run(request("1.1", true, List.of(command("false")), false)));

        assertThat(failure.getMessage(), containsString("'false' failed in pod addressbook-canary-"));
        assertThat(failure.getMessage(), containsString("exit code 1"));
        assertThat(deployment("canary"), is(Optional.empty()));
        assertThat(size("stable"), is(3));
        assertThat(rollback("").text(), startsWith("Nothing to roll back: no release of addressbook"));
    }

    /** A Deployment that is paused rolls no more, but is resized; and it stays paused, since somebody wants it so. */
    @Test
    public void pausedStableGetsItsSizeBack() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        TestCluster.insist(
                () -> target.cluster().update(deployment("stable").orElseThrow().with(true, "spec", "paused")));

        assertThat(rollback("").release().phase(), is(Phase.ROLLED_BACK));

        assertThat(size("stable"), is(3));
        assertThat(deployment("stable").orElseThrow().get("spec", "paused"), is(true));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    @Test
    public void promotedReleaseRolledBackHalfwayReturnsToTheOneBefore() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        // there is room for the pods that are there, but not for one of the new version beside them
        KubeObject quota = target.cluster()
                .create(KubeObject.of(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "ResourceQuota",
                        "metadata",
                        Map.of("name", "full"),
                        "spec",
                        Map.of("hard", Map.of("pods", "3")))));

        UserException failure = assertThrows(UserException.class, () -> promote(null));
        assertThat(failure.getMessage(), containsString("No pod of Deployment addressbook-stable can be created"));
        assertThat(failure.getMessage(), containsString("Raise the ResourceQuota"));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(size("canary"), is(1));

        target.cluster().delete(target.cluster().get(quota.kind(), "full").orElseThrow());
        rollback("it was bad");

        assertThat(image("stable"), is("registry.example.com/addressbook:1.0"));
        assertThat(size("stable"), is(3));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    @Test
    public void autoscaledStableKeepsTheSizeThatItsAutoscalerGivesIt() throws Exception {
        deploy("1.0");
        promote(3);
        target.cluster()
                .create(KubeObject.of(Map.of(
                        "apiVersion",
                        "autoscaling/v1",
                        "kind",
                        "HorizontalPodAutoscaler",
                        "metadata",
                        Map.of("name", "scaler"),
                        "spec",
                        Map.of(
                                "minReplicas", 2,
                                "maxReplicas", 9,
                                "scaleTargetRef",
                                        Map.of(
                                                "apiVersion",
                                                "apps/v1",
                                                "kind",
                                                "Deployment",
                                                "name",
                                                APP + "-stable")))));

        deploy("1.1");

        assertThat(size("stable"), is(3));
        assertThat(engine.report.lines, hasItem("stable: left at 3: HorizontalPodAutoscaler scaler decides its size"));
        promote(5);
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void serviceThatWouldLoseItsPodsIsRefused() throws Exception {
        deploy("1.0");
        promote(2);
        Map<String, String> files = TestEngine.example(APP);
        files.put(
                "service.yml",
                files.get("service.yml").replace("selector:\n    app: addressbook", "selector:\n    app: addressbok"));

        UserException refused = assertThrows(
                UserException.class,
                () -> run(AskedCanary.ofTag("1.1").files(files).request()));

        assertThat(
                refused.getMessage(),
                startsWith("Service addressbook-lb brings the traffic to Deployment addressbook-stable"));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    @Test
    public void rollbackTakesOverFromACanaryThatIsWaitedFor() throws Exception {
        deploy("1.0");
        promote(2);
        Session session = engine.session(target.cluster(), APP, MINUTE);
        OperationRun waiting =
                engine.start(session, new CanaryDeploy(session, request("1.1-never-ready", true, List.of(), false)));
        waitFor(() -> deployment("canary").isPresent());

        Outcome rolledBack = rollback("not today");

        assertThat(rolledBack.release().phase(), is(Phase.ROLLED_BACK));
        FencedException fenced = assertThrows(FencedException.class, () -> TestEngine.await(waiting));
        assertThat(fenced.getMessage(), containsString("(rollbackCanary): this operation stops"));
        assertThat(size("stable"), is(2));
    }

    @Test
    public void deletedLeaseIsMadeAgainFromTheRecords() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        target.cluster().delete(target.cluster().list(Kind.LEASE).get(0));

        UserException busy = assertThrows(UserException.class, () -> deploy("1.2"));
        assertThat(busy.getMessage(), containsString("is held by release 2"));
        Outcome rolledBack = rollback("");

        assertThat(rolledBack.release().number(), is(2));
        assertThat(size("stable"), is(3));
        assertThat(deployment("canary"), is(Optional.empty()));
        assertThat(deploy("1.2").release().number(), is(3));
    }

    @Test
    public void deletedRecordIsNotTakenForNothingDone() throws Exception {
        deploy("1.0");
        promote(2);
        deploy("1.1");
        target.cluster()
                .delete(target.cluster()
                        .get(Kind.SECRET, "safe-deployments-addressbook-v2")
                        .orElseThrow());

        UserException lost = assertThrows(UserException.class, () -> rollback(""));

        assertThat(lost.getMessage(), containsString("The record of release 2"));
        assertThat(deployment("canary").isPresent(), is(true));
    }

    @Test
    public void stableThatWasResizedByHandIsNotMadeSmaller() throws Exception {
        deploy("1.0");
        promote(3);
        Session session = engine.session(target.cluster(), APP, MINUTE);
        OperationRun canary = engine.start(
                session, new CanaryDeploy(session, request("1.1", false, List.of(command("sleep 3")), false)));
        waitFor(() -> engine.report.lines.stream().anyMatch(line -> line.startsWith("test: 'sleep 3' in pod")));
        TestCluster.insist(() -> target.cluster()
                .merge(deployment("stable").orElseThrow(), KubeObject.of(Map.of("spec", Map.of("replicas", 5)))));
        TestEngine.await(canary);

        assertThat(size("stable"), is(5));
        assertThat(
                engine.report.lines, hasItem("stable: left at 5: somebody resized it from 3 since the release began"));
        rollback("");
        assertThat(size("stable"), is(5));
    }

    @Test
    public void stableThatWasDeletedIsMadeAgainByTheRollback() throws Exception {
        deploy("1.0");
        promote(3);
        deploy("1.1");
        TestCluster.insist(() -> target.cluster().delete(deployment("stable").orElseThrow()));

        rollback("");

        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.0"));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    @Test
    public void secondReleaseIsRefusedWhileOneIsInProgress() throws Exception {
        deploy("1.0");

        UserException busy = assertThrows(UserException.class, () -> deploy("1.1"));

        assertThat(busy.getMessage(), containsString("is held by release 1, by shop/release #1 (started by alice)"));
        assertThat(image("canary"), is("registry.example.com/addressbook:1.0"));
    }

    @Test
    public void nothingIsWrittenWhenTheManifestIsRefused() throws Exception {
        CanaryRequest request = AskedCanary.ofTag("1")
                .files(Map.of(
                        "bad.yml",
                        TestEngine.example(APP).get("deployment.yml").replace("periodSeconds: 5", "periodSecond: 5")))
                .request();

        UserException refused = assertThrows(UserException.class, () -> run(request));

        assertThat(refused.getMessage(), containsString("periodSecond"));
        assertThat(target.cluster().list(Kind.DEPLOYMENT), is(List.of()));
        assertThat(target.cluster().list(Kind.LEASE), is(List.of()));
    }

    @Test
    public void canaryThatWasBegunIsTakenUpAgainByTheSameActor() throws Exception {
        deploy("1.0");
        promote(3);
        Actor actor = new Actor("shop/release#7/12", "shop/release #7", "", "bob");
        Session first = engine.session(target.cluster(), APP, MINUTE, actor);
        OperationRun killed =
                engine.start(first, new CanaryDeploy(first, request("1.1-slow", false, List.of(), false)));
        waitFor(() -> deployment("canary").isPresent());
        // what a crash leaves: nobody drives the release any more, and nobody tells it to stop

        Session second = engine.session(target.cluster(), APP, MINUTE, actor);
        Outcome outcome = engine.run(second, new CanaryDeploy(second, request("1.1-slow", false, List.of(), true)));

        assertThat(outcome.release().number(), is(2));
        assertThat(outcome.release().phase(), is(Phase.CANARY_READY));
        assertThat(outcome.release().plan().originalReplicas(), is(3));
        assertThat(size("stable"), is(2));
        assertThat(new ReleaseStore(target.cluster(), APP).list().size(), is(2));
        // the first driver found itself fenced off, or done: it changed nothing more
        killed.result()
                .handle((o, e) -> e == null ? "done" : e.getClass().getSimpleName())
                .join();
    }

    @Test
    public void unknownKindIsNamed() {
        CanaryRequest request = AskedCanary.ofTag("1")
                .files(Map.of(
                        "a.yml",
                        TestEngine.example(APP).get("deployment.yml")
                                + "\n---\napiVersion: foo.example.com/v1\nkind: Widget\nmetadata: {name: w}\n"))
                .request();

        UserException refused = assertThrows(UserException.class, () -> run(request));

        assertThat(refused.getMessage(), startsWith("The cluster has no Widget (foo.example.com/v1)"));
    }

    private Outcome deploy(String tag) throws Exception {
        return run(request(tag, false, List.of(command("echo pong")), false));
    }

    private Outcome run(CanaryRequest request) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(session, new CanaryDeploy(session, request));
    }

    private static CommandTest command(String line) {
        return new CommandTest(CommandTest.words(line), "", Duration.ofSeconds(20));
    }

    private static CanaryRequest request(String tag, boolean rollback, List<CommandTest> tests, boolean resumed) {
        return AskedCanary.ofTag(tag)
                .tests(tests)
                .rollbackOnFailure(rollback)
                .resumed(resumed)
                .request();
    }

    private Outcome promote(Integer replicas) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(
                session, new PromoteStable(session, new PromoteRequest(0, replicas, Duration.ZERO, false, Force.NONE)));
    }

    private Outcome rollback(String reason) throws Exception {
        Session session = engine.session(target.cluster(), APP, MINUTE);
        return engine.run(
                session, new RollbackCanary(session, RollbackRequest.undo(reason, true), Approval.NOT_NEEDED));
    }

    private Optional<KubeObject> deployment(String track) {
        return target.cluster().get(Kind.DEPLOYMENT, APP + "-" + track);
    }

    private int size(String track) {
        return deployment(track).orElseThrow().integer(0, "spec", "replicas");
    }

    private String image(String track) {
        return deployment(track)
                .orElseThrow()
                .list("spec", "template", "spec", "containers")
                .get(0)
                .string("image");
    }

    private static void waitFor(java.util.concurrent.Callable<Boolean> condition) {
        org.awaitility.Awaitility.await().until(condition);
    }
}
