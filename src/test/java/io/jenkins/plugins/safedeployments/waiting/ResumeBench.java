package io.jenkins.plugins.safedeployments.waiting;

import io.jenkins.plugins.safedeployments.judgment.JudgmentPage;
import io.jenkins.plugins.safedeployments.judgment.JudgmentTab;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
import org.jvnet.hudson.test.RealJenkinsRule;

/**
 * How long it takes from the start of a Jenkins process that was killed until all builds can be answered again, in
 * {@code judgment} and in {@code input}; bench/people/run starts it.
 */
public class ResumeBench {

    private static final int WAITERS = Integer.getInteger("waiters", 300);
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final int JOBS = 30;

    @Rule
    public RealJenkinsRule jenkins = new RealJenkinsRule().withTimeout(7200);

    @Test
    public void measure() throws Throwable {
        Assume.assumeNotNull(System.getProperty("waiters"));
        double[] inputs = new double[ROUNDS];
        double[] judgments = new double[ROUNDS];
        jenkins.startJenkins();
        for (int round = 0; round < ROUNDS; round++) {
            inputs[round] = resume("input 'Go on?'");
            judgments[round] = resume("judgment message: 'Go on?', allowRequester: true");
        }
        print(
                "%d builds, seconds from the start of the process until all can be answered: input %s, judgment %s",
                WAITERS, Arrays.toString(inputs), Arrays.toString(judgments));
        print("ratio judgment-resume %.2f", median(judgments) / median(inputs));
    }

    private double resume(String script) throws Throwable {
        int waiters = WAITERS;
        jenkins.runRemotely((JenkinsRule j) -> start(j, script, waiters));
        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();
        double seconds = jenkins.runRemotely((JenkinsRule j) -> awaitAll(script, waiters));
        jenkins.runRemotely(ResumeBench::end);
        return seconds;
    }

    private static void start(JenkinsRule j, String script, int waiters) throws Exception {
        for (int i = 0; i < JOBS; i++) {
            String name = "job" + i;
            WorkflowJob job = Jenkins.get().getItemByFullName(name, WorkflowJob.class);
            if (job == null) {
                job = j.createProject(WorkflowJob.class, name);
                job.removeProperty(DisableConcurrentBuildsJobProperty.class);
            }
            job.setDefinition(new CpsFlowDefinition(script, true));
        }
        List<WorkflowJob> jobs = jobs();
        for (int i = 0; i < waiters; i++) {
            jobs.get(i % JOBS).scheduleBuild2(0).waitForStart();
        }
        awaitAll(script, waiters);
    }

    /** @return seconds since the process was started */
    private static double awaitAll(String script, int waiters) {
        boolean judged = script.startsWith("judgment");
        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> jobs().stream()
                                .flatMap(job -> job.getBuilds().stream())
                                .filter(run -> waits(run, judged))
                                .count()
                        == waiters);
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1000.0;
    }

    private static boolean waits(WorkflowRun run, boolean judged) {
        try {
            InputAction input = run.getAction(InputAction.class);
            if (input == null || input.getExecutions().isEmpty()) {
                return false;
            }
        } catch (Exception e) {
            return false; // not loaded yet
        }
        List<JudgmentPage> pages = judged ? run.getAction(JudgmentTab.class).getJudgments() : List.of();
        return !judged || !pages.isEmpty() && pages.get(0).isWaiting();
    }

    private static void end(JenkinsRule j) throws Exception {
        for (WorkflowJob job : jobs()) {
            for (WorkflowRun run : job.getBuilds()) {
                run.doKill();
                j.waitForCompletion(run);
                run.delete();
            }
        }
    }

    private static List<WorkflowJob> jobs() {
        return Jenkins.get().getAllItems(WorkflowJob.class);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String format, Object... values) {
        System.out.println("bench: " + String.format(Locale.ROOT, format, values));
    }
}
