package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.Run;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The page that has the parameters of the job that goes on with a run, and asks whether it shall. */
@Restricted(NoExternalUse.class) // index.jelly
public record RunConfirmation(RunReleasesTab tab, RunPromotion promotion) {

    @NonNull
    public RunPromotion getPromotion() {
        return promotion;
    }

    @NonNull
    public Run<?, ?> getRun() {
        return tab.run();
    }

    /** The job that goes on; null if there is none, or who asks may not see it. */
    @CheckForNull
    public Job<?, ?> getJob() {
        return promotion.job();
    }

    /** The parameters of the job that this does not set by itself. */
    @NonNull
    public List<ParameterDefinition> getParameters() {
        return promotion.asked();
    }
}
