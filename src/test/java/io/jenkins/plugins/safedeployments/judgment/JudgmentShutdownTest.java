package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Jenkins goes down while a cluster is waited for: nothing has failed then, and nothing is decided by it. */
public class JudgmentShutdownTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    /** A cluster that takes calls and never answers. */
    private ServerSocket hanging;

    private final Semaphore calls = new Semaphore(0);

    @Before
    public void listen() throws IOException {
        hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread listener = new Thread(() -> {
            try {
                while (true) {
                    Socket call = hanging.accept(); // closed with the test
                    calls.release();
                    call.setKeepAlive(true);
                }
            } catch (IOException e) {
                Thread.currentThread().interrupt(); // the test is over
            }
        });
        listener.setDaemon(true);
        listener.start();
    }

    @After
    public void close() throws IOException {
        hanging.close();
        PendingJudgments.setClock(Clock.systemUTC());
    }

    @Test
    public void askingGoesOnAfterTheRestart() throws Throwable {
        sessions.then(j -> {
            Judges.secure(j);
            hang();
            WorkflowRun run = start(j, "");
            awaitCall();
            Set<Thread> asking = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("safe-deployments"))
                    .collect(Collectors.toSet());
            ReleaseRuntime.terminate(); // before the Pipeline is told that Jenkins goes down, or after it
            for (Thread thread : asking) {
                thread.join(60_000);
            }
            assertThat(run.getExecution().getCurrentExecutions(true).get(), hasSize(1));
        });
        put();
        sessions.then(j -> {
            Judges.secure(j);
            configure(TestCluster.kubeconfig());
            WorkflowRun run = run(j);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> !run.isBuilding()
                            || calls.availablePermits() > 0
                            || !Judgments.of(run).isEmpty());
            assertThat(run.isBuilding(), is(true));
            run.doKill();
            j.waitForCompletion(run);
        });
    }

    @Test
    public void endOfItsTimeIsDecidedAfterTheRestart() throws Throwable {
        put();
        sessions.then(j -> {
            Judges.secure(j);
            configure(TestCluster.kubeconfig());
            WorkflowRun run = start(j, ", timeout: 2, onTimeout: 'continue'");
            Judges.await(run, "qa");
            hang();
            move();
            awaitCall();
        });
        sessions.then(j -> {
            Judges.secure(j);
            configure(TestCluster.kubeconfig());
            WorkflowRun run = run(j);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> !run.isBuilding() || PendingJudgments.get().find(new RunSubject(run), "qa") != null);
            move();
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
        });
    }

    private static void move() {
        PendingJudgments.setClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
        PendingJudgments.get().wake();
    }

    private void awaitCall() throws InterruptedException {
        assertThat(calls.tryAcquire(1, TimeUnit.MINUTES), is(true));
    }

    private static void configure(String kubeconfig) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().clear();
        AddressBook.configureCluster(kubeconfig);
    }

    private void hang() throws IOException {
        configure("""
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: 'https://127.0.0.1:%d'}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(hanging.getLocalPort()));
    }

    private WorkflowRun start(JenkinsRule j, String more) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(
                "judgment message: 'Go?', id: 'qa', app: 'shop', namespace: '" + target.namespace() + "'" + more,
                true));
        return Judges.start(job);
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }

    private void put() {
        Map<String, Object> deployment = Map.of("kind", "Deployment", "metadata", Map.of("name", "shop"));
        Plan plan = new Plan(
                "shop:1.4",
                "",
                1,
                3,
                2,
                null,
                deployment,
                deployment,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                false);
        Actor actor = new Actor("jenkins/shop#1", "shop #1", "", "dev");
        new ReleaseStore(target.cluster(), "shop").put(Release.begin(1, "shop", actor, plan, Instant.now()), 1);
    }
}
