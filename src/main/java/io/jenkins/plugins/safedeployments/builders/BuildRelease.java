package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.Executor;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RunningReleases;
import io.jenkins.plugins.safedeployments.steps.ReleaseDriver;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.windows.WindowPolicy;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** One release step in a freestyle build, whose thread waits here until it has ended. */
final class BuildRelease implements ReleaseDriver.Caller {

    private final AbstractBuild<?, ?> build;
    private final BuildListener listener;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Map<String, Object> result;
    private volatile Throwable problem;

    BuildRelease(AbstractBuild<?, ?> build, BuildListener listener) {
        this.build = build;
        this.listener = listener;
    }

    /**
     * Does it. An abort of the build stops it by the step's own policy, which is waited for; a second one at once.
     *
     * @return as the step returns it to a Pipeline
     * @throws hudson.AbortException if it failed, with what is wrong
     * @throws InterruptedException if the build was aborted, or Jenkins goes down
     */
    @NonNull
    Map<String, Object> perform(ReleaseStep step) throws IOException, InterruptedException {
        ReleaseDriver.arrive(step, build); // which checks its parameters before it may have to wait
        String cluster = Util.fixNull(step.getCluster());
        if (step.obeysWindows()) {
            WindowPolicy.await(build, listener, step.getApp(), cluster);
        } else {
            WindowPolicy.sayExempt(build, listener, step.getApp(), cluster);
        }
        long deadline = ReleaseDriver.begin(step);
        // no build goes on after a restart, so that its id need not be the same then
        String actor = RunningReleases.actorId(build, "step-" + UUID.randomUUID());
        ReleaseDriver driver = new ReleaseDriver(step, this);
        BuildReleases.add(build, actor, step);
        driver.start(actor, deadline, false);
        InterruptedException interruption = await(driver);
        if (interruption != null) {
            if (problem != null) {
                listener.error(problem.getMessage());
            }
            throw interruption;
        }
        if (problem != null) {
            throw problem instanceof IOException known ? known : new IOException(problem);
        }
        return result;
    }

    /** Returns what interrupted it first while it waited until it was over; null if nothing did. */
    @CheckForNull
    private InterruptedException await(ReleaseDriver driver) throws InterruptedException {
        InterruptedException first = null;
        while (true) {
            try {
                over.await();
                return first;
            } catch (InterruptedException e) {
                if (ReleaseRuntime.get().isTerminated()) {
                    throw e; // nothing goes on any more; what was begun is found after the next start
                }
                first = first == null ? e : first;
                driver.stop(reason());
            }
        }
    }

    private static String reason() {
        Executor executor = Executor.currentExecutor();
        String text = executor == null
                ? ""
                : executor.getCausesOfInterruption().stream()
                        .map(CauseOfInterruption::getShortDescription)
                        .collect(Collectors.joining(", "));
        return text.isEmpty() ? "The build was aborted" : text;
    }

    @NonNull
    @Override
    public Run<?, ?> run() {
        return build;
    }

    @NonNull
    @Override
    public TaskListener listener() {
        return listener;
    }

    @CheckForNull
    @Override
    public FilePath workspace() {
        return build.getWorkspace();
    }

    @NonNull
    @Override
    public Map<String, String> maskedVariables() throws IOException, InterruptedException {
        EnvVars variables = build.getEnvironment(listener);
        variables.keySet().retainAll(build.getSensitiveBuildVariables());
        return variables;
    }

    @CheckForNull
    @Override
    public FlowExecution flow() {
        return null;
    }

    @Override
    public void succeeded(Map<String, Object> returned) {
        result = returned;
        over.countDown();
    }

    @Override
    public void failed(Throwable thrown) {
        problem = thrown;
        over.countDown();
    }
}
