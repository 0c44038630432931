package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.security.AccessControlled;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;

/** The windows of a run. */
public final class RunWindowsTab extends WindowsTab {

    private final Run<?, ?> run;

    private RunWindowsTab(Run<?, ?> run) {
        super(run);
        this.run = run;
    }

    @Override
    AccessControlled access() {
        return run;
    }

    @SuppressWarnings("rawtypes") // so it is with factories of actions
    @Extension
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<RunWindowsTab> actionType() {
            return RunWindowsTab.class;
        }

        @NonNull
        @Override
        public Collection<RunWindowsTab> createFor(@NonNull Run target) {
            return List.of(new RunWindowsTab(target));
        }
    }
}
