package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.Approval;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.judgment.Approvals;

/** By the judgments that a run knows of. */
record ApprovalOfRun(Run<?, ?> run, Target target) implements Approval {

    @NonNull
    @Override
    public String missing(Release promoted) {
        return Approvals.missing(run, target, promoted).orElse("");
    }

    @NonNull
    @Override
    public String given(Release promoted) {
        return Approvals.given(run, target, promoted);
    }
}
