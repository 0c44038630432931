package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.runtime.Origins;
import io.jenkins.plugins.safedeployments.runtime.RunCause;

/** That a run is there because another one failed. Shown on its page, with a link to the failed run. */
public final class FailedDeploymentCause extends RunCause {

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
        return name();
    }

    /** The failed run, if it is still there and who asks may see it. */
    @CheckForNull
    public Run<?, ?> getFailedRun() {
        return visibleRun();
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

    @NonNull
    @Override
    protected String text(String run) {
        return "Rollback of " + run + ", which ended with " + result;
    }
}
