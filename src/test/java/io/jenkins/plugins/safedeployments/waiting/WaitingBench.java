package io.jenkins.plugins.safedeployments.waiting;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Item;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.Assume;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** What builds cost that wait for people, beside the same builds in {@code input}; bench/people/run starts it. */
public class WaitingBench {

    private static final int WAITERS = Integer.getInteger("waiters", 300);
    private static final int ROUNDS = Integer.getInteger("rounds", 2);
    private static final int JOBS = 30;
    private static final int REQUESTS = 25;
    private static final String INPUT = "input 'Go on?'";
    private static final String WINDOW = "executionWindow days: 'Mon-Fri', from: '03:00', to: '03:01', freezes:"
            + " ['Launch: 2020-01-01.. because it is launched'], timeZone: 'Europe/Berlin'";

    private static final String JUDGMENT = "judgment message: 'Go on?', allowRequester: true";

    @Rule
    public JenkinsRule jenkins = new JenkinsRule();

    {
        jenkins.timeout = 0;
    }

    private final List<WorkflowJob> jobs = new ArrayList<>();
    private long heapBefore;
    private int threadsBefore;

    @Test
    public void measure() throws Exception {
        Assume.assumeNotNull(System.getProperty("waiters"));
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(
                        Jenkins.READ,
                        Item.READ,
                        Item.BUILD,
                        SafeDeploymentsPermissions.SKIP_WINDOW,
                        SafeDeploymentsPermissions.SKIP_FREEZE,
                        SafeDeploymentsPermissions.JUDGE)
                .everywhere()
                .to("approver")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
        for (int i = 0; i < JOBS; i++) {
            Folder folder = jenkins.jenkins.getItem("folder" + i % 3) instanceof Folder known
                    ? known
                    : jenkins.createProject(Folder.class, "folder" + i % 3);
            WorkflowJob job = folder.createProject(WorkflowJob.class, "job" + i);
            job.removeProperty(DisableConcurrentBuildsJobProperty.class);
            jobs.add(job);
        }
        for (String script : List.of(INPUT, WINDOW, JUDGMENT)) { // classes, caches and compiled code
            end(start(script, JOBS));
        }
        print("waiting-for-you with nothing waiting: %.0f ms", page("waiting-for-you/", "approver"));
        for (int round = 0; round < ROUNDS; round++) {
            settle();
            List<WorkflowRun> inputs = start(INPUT, WAITERS);
            double inputHeap = heapPerWaiter("input");
            double inputPage = page(inputs.get(0).getUrl() + "input/", "approver");
            print("input: %.0f ms for the page of one build", inputPage);
            end(inputs);
            compare("executionWindow", WINDOW, inputHeap, inputPage);
            compare("judgment", JUDGMENT, inputHeap, inputPage);
        }
    }

    private void compare(String kind, String script, double inputHeap, double inputPage) throws Exception {
        settle();
        List<WorkflowRun> runs = start(script, WAITERS);
        double heap = heapPerWaiter(kind);
        assertThat(
                body("waiting-for-you/", "approver"),
                containsString(runs.get(WAITERS - 1).getUrl()));
        double waitingPage = page("waiting-for-you/", "approver");
        print(
                "%s: %.0f ms for waiting-for-you, %.0f ms for its JSON; %.0f ms for the page of a job, %.0f ms for one for whom"
                        + " nothing waits",
                kind,
                waitingPage,
                page("waiting-for-you/api/json", "approver"),
                page(jobs.get(0).getUrl(), "approver"),
                page(jobs.get(0).getUrl(), "reader"));
        print("ratio %s-page %.2f", kind, waitingPage / inputPage);
        print("ratio %s-heap %.3f", kind, heap / inputHeap);
        end(runs);
    }

    private List<WorkflowRun> start(String script, int count) throws Exception {
        for (WorkflowJob job : jobs) {
            job.setDefinition(new CpsFlowDefinition(script, true));
        }
        List<WorkflowRun> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(jobs.get(i % JOBS).scheduleBuild2(0).waitForStart());
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> runs.stream().allMatch(WaitingBench::waits));
        return runs;
    }

    private static boolean waits(WorkflowRun run) {
        try {
            InputAction input = run.getAction(InputAction.class);
            return input != null && !input.getExecutions().isEmpty()
                    || JenkinsRule.getLog(run).contains("See ");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(List<WorkflowRun> runs) throws Exception {
        for (WorkflowRun run : runs) {
            run.doKill();
        }
        for (WorkflowRun run : runs) {
            jenkins.waitForCompletion(run);
            run.delete();
        }
    }

    private void settle() {
        letIdleThreadsEnd();
        threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        heapBefore = heap();
    }

    private double heapPerWaiter(String kind) {
        letIdleThreadsEnd();
        double kib = (heap() - heapBefore) / 1024.0 / WAITERS;
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        print(
                "%s: %d builds wait, %.1f KiB of heap each, %d threads (%d before)",
                kind, WAITERS, kib, threads, threadsBefore);
        return kib;
    }

    /** Which they do after a minute. */
    private static void letIdleThreadsEnd() {
        long start = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .until(() -> System.nanoTime() - start > Duration.ofSeconds(70).toNanos());
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Median of the milliseconds until the whole of it has come. */
    private double page(String path, String user) throws Exception {
        double[] times = new double[REQUESTS];
        for (int i = -5; i < REQUESTS; i++) {
            long start = System.nanoTime();
            body(path, user);
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
            }
        }
        Arrays.sort(times);
        return times[REQUESTS / 2];
    }

    private String body(String path, String user) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(jenkins.getURL(), path).openConnection();
        String login = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
        connection.setRequestProperty("Authorization", "Basic " + login);
        assertThat(path, connection.getResponseCode(), is(200));
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void print(String format, Object... values) {
        System.out.println("bench: " + String.format(Locale.ROOT, format, values));
    }
}
