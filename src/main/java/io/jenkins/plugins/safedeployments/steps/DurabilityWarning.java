package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import org.jenkinsci.plugins.workflow.flow.BlockableResume;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** Says what a crash of Jenkins will make of a release whose run may not go on after it. */
final class DurabilityWarning {

    private DurabilityWarning() {}

    /**
     * One sentence; empty if the run goes on after a crash, or nothing of it would be left half done.
     *
     * @param execution null for a run that is no Pipeline
     */
    @NonNull
    static String of(@CheckForNull FlowExecution execution, IfOrphaned ifOrphaned) {
        if (ifOrphaned == IfOrphaned.NOTHING) {
            return "";
        }
        if (execution == null) {
            return "This build does not go on after a restart: if Jenkins is restarted or crashes," + then(ifOrphaned);
        }
        boolean blocked = execution instanceof BlockableResume resumable && resumable.isResumeBlocked();
        FlowDurabilityHint durability = execution.getDurabilityHint();
        if (!blocked && durability == FlowDurabilityHint.MAX_SURVIVABILITY) {
            return "";
        }
        String when = blocked
                ? "This job does not resume (disableResume): if Jenkins is restarted or crashes,"
                : "The durability of this run is " + durability.name() + ": if "
                        + (durability.isPersistWithEveryStep() ? "the machine of Jenkins" : "Jenkins") + " crashes,";
        return when + then(ifOrphaned);
    }

    private static String then(IfOrphaned ifOrphaned) {
        return " the run may end there, and within 5 minutes after the next start Jenkins "
                + (ifOrphaned == IfOrphaned.TAKE_BACK
                        ? "takes back what this step has left half done."
                        : "records that the release failed, and leaves everything as it is ('onFailure' is 'keep').");
    }
}
