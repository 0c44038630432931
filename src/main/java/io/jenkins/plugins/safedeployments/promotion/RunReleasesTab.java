package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import jenkins.model.experimentalflags.NewBuildPageUserExperimentalFlag;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The releases that a run acted on, what followed them, and the buttons to promote them or take them back. */
public final class RunReleasesTab extends ReleasesTab {

    private final Run<?, ?> run;

    private RunReleasesTab(Run<?, ?> run) {
        super(run);
        this.run = run;
    }

    @NonNull
    @Override
    Job<?, ?> job() {
        return run.getParent();
    }

    @NonNull
    @Override
    Run<?, ?> run() {
        return run;
    }

    @NonNull
    @Override
    public String getFlag() {
        return NewBuildPageUserExperimentalFlag.class.getName();
    }

    @Override
    public String getIconFileName() {
        return ReleasesAction.entries(run).isEmpty() ? null : "symbol-rocket-outline plugin-ionicons-api";
    }

    /** Those that the run acted on, the last first. */
    @Restricted(NoExternalUse.class) // Jelly
    @NonNull
    public List<ReleaseRow> getRows() {
        List<ReleaseRow> rows = new ArrayList<>();
        if (ReleasesAction.entries(run).isEmpty()) {
            return rows; // without a look at other runs, which may have to be loaded
        }
        for (TargetHistory history : histories()) {
            for (ReleaseRow row : rows(history)) {
                if (isOfRun(row.release())) {
                    rows.add(run.isBuilding() ? new ReleaseRow(row.release(), List.of()) : row);
                }
            }
        }
        return rows;
    }

    private boolean isOfRun(KnownRelease release) {
        return ReleasesAction.entries(run).stream()
                .anyMatch(entry -> entry.getRelease() == release.getNumber() && isAt(entry, release));
    }

    private static boolean isAt(ReleaseEntry entry, KnownRelease release) {
        return entry.getTarget().equals(release.getTarget());
    }

    /** Null if nothing has followed, or was to. */
    @Restricted(NoExternalUse.class) // Jelly
    @CheckForNull
    public Followed getFollowed() {
        return run.getAction(Followed.class);
    }

    @SuppressWarnings("rawtypes") // so it is with factories of actions
    @Extension
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<RunReleasesTab> actionType() {
            return RunReleasesTab.class;
        }

        @NonNull
        @Override
        public Collection<RunReleasesTab> createFor(@NonNull Run target) {
            return List.of(new RunReleasesTab(target));
        }
    }
}
