package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import java.util.List;
import org.springframework.security.access.AccessDeniedException;

/** That a run is there because another one failed. Shown on its page, with a link to the failed run. */
public final class FailedDeploymentCause extends Cause.UpstreamCause {

    /** {@code FAILURE}. */
    private final String result;

    FailedDeploymentCause(Run<?, ?> failed) {
        super(failed);
        this.result = String.valueOf(failed.getResult());
    }

    /** How the failed run ended, in Jenkins' word for it. */
    @NonNull
    public String getResult() {
        return result;
    }

    /** Full name of the failed run's job, and its number. */
    @NonNull
    public String getFailed() {
        return getUpstreamProject() + " #" + getUpstreamBuild();
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
                && getUpstreamProject().equals(run.getParent().getFullName());
    }

    /** Whether a run is there because another one failed, or was started by one that is: such runs start no rollback. */
    static boolean isBehind(Run<?, ?> run) {
        return isAmong(run.getCauses());
    }

    private static boolean isAmong(List<Cause> causes) {
        return causes.stream()
                .anyMatch(cause -> cause instanceof FailedDeploymentCause
                        || cause instanceof Cause.UpstreamCause upstream && isAmong(upstream.getUpstreamCauses()));
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
