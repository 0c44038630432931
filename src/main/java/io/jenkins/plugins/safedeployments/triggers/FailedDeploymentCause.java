package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.runtime.Origins;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RenamedJobs;
import org.springframework.security.access.AccessDeniedException;

/** That a run is there because another one failed. Shown on its page, with a link to the failed run. */
public final class FailedDeploymentCause extends Cause.UpstreamCause {

    /** {@code FAILURE}. */
    private final String result;

    /** When the failed run's job was called as it was then, in milliseconds of the epoch; 0 in causes of before it was kept. */
    private final long at;

    FailedDeploymentCause(Run<?, ?> failed) {
        super(failed);
        this.result = String.valueOf(failed.getResult());
        this.at = ReleaseRuntime.get().clock().millis();
    }

    /** How the failed run ended, in Jenkins' word for it. */
    @NonNull
    public String getResult() {
        return result;
    }

    /** As it is called now. */
    private String job() {
        return RenamedJobs.now(getUpstreamProject(), at);
    }

    @CheckForNull
    @Override
    public Run<?, ?> getUpstreamRun() {
        return RenamedJobs.run(getUpstreamProject(), at, getUpstreamBuild());
    }

    /** Full name of the failed run's job, and its number. */
    @NonNull
    public String getFailed() {
        return job() + " #" + getUpstreamBuild();
    }

    /** The failed run, if it is still there and who asks may see it. */
    @CheckForNull
    public Run<?, ?> getFailedRun() {
        try {
            Run<?, ?> run = getUpstreamRun();
            return run != null && run.hasPermission(Item.READ) ? run : null;
        } catch (AccessDeniedException e) {
            return null; // its job may be discovered, but not read
        }
    }

    boolean isOf(Run<?, ?> run) {
        return getUpstreamBuild() == run.getNumber()
                && job().equals(run.getParent().getFullName());
    }

    /**
     * Whether a run is there because another one failed, or was started by one that is, or is there for a release that such a
     * run has made: such runs start no rollback.
     */
    static boolean isBehind(Run<?, ?> run) {
        return Origins.of(run).stream().anyMatch(FailedDeploymentCause.class::isInstance);
    }

    @Override
    public String getShortDescription() {
        return "Rollback of " + getFailed() + ", which ended with " + result;
    }

    @Override
    public void print(TaskListener listener) {
        Run<?, ?> run = getFailedRun();
        String failed = run == null ? getFailed() : ModelHyperlinkNote.encodeTo("/" + run.getUrl(), getFailed());
        listener.getLogger().println("Rollback of " + failed + ", which ended with " + result);
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other instanceof FailedDeploymentCause;
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
