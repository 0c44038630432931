package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.Dashboards;
import io.jenkins.plugins.safedeployments.config.Dashboards.Dashboard;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import jenkins.model.experimentalflags.NewJobPageUserExperimentalFlag;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The releases of a job, on each target. */
public final class JobReleasesTab extends ReleasesTab {

    private final Job<?, ?> job;

    JobReleasesTab(Job<?, ?> job) {
        super(job);
        this.job = job;
    }

    @NonNull
    @Override
    Job<?, ?> job() {
        return job;
    }

    @CheckForNull
    @Override
    Run<?, ?> run() {
        return null;
    }

    @NonNull
    @Override
    public String getFlag() {
        return NewJobPageUserExperimentalFlag.class.getName();
    }

    @Override
    public String getIconFileName() {
        Run<?, ?> last = job.getLastBuild();
        Run<?, ?> completed = job.getLastCompletedBuild();
        PromotionProperty property = PromotionProperty.of(job);
        boolean releases = (property != null && property.isForReleases())
                || (last != null && !ReleasesAction.entries(last).isEmpty())
                || (completed != null && !ReleasesAction.entries(completed).isEmpty());
        return releases ? "symbol-rocket-outline plugin-ionicons-api" : null;
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public List<TargetView> getTargets() {
        return histories().stream()
                .map(history -> new TargetView(history, rows(history), List.of(), ""))
                .toList();
    }

    /** The same page with what the cluster has recorded for one target: 403 for who may do nothing with it, 404 if it is none. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // index.jelly
    public HttpResponse doAsk(
            @QueryParameter String cluster, @QueryParameter String namespace, @QueryParameter String app) {
        checkMayAct();
        TargetHistory history = history(cluster, namespace, app);
        return history == null
                ? RefusedRequest.of(404, Messages.ReleasesTab_NotKnown())
                : HttpResponses.forwardToView(new Asked(this, ask(history)), "index");
    }

    private TargetView ask(TargetHistory seen) {
        try {
            ClusterRecord record = ClusterRecord.of(seen.getTarget(), job);
            TargetHistory history = TargetHistory.of(seen, record.releases());
            return new TargetView(
                    history,
                    rows(history),
                    record.tracks().stream().map(TrackView::new).toList(),
                    "");
        } catch (UserException e) {
            return new TargetView(seen, rows(seen), List.of(), e.getMessage());
        }
    }

    /** One target with its releases. */
    @Restricted(NoExternalUse.class) // index.jelly
    public record TargetView(TargetHistory history, List<ReleaseRow> rows, List<TrackView> tracks, String problem) {

        @NonNull
        public Target getTarget() {
            return history.getTarget();
        }

        public boolean isFromCluster() {
            return history.isFromCluster();
        }

        @NonNull
        public List<ReleaseRow> getRows() {
            return rows;
        }

        /** How stable and canary are at this moment, if the cluster was asked. */
        @NonNull
        public List<TrackView> getTracks() {
            return tracks;
        }

        @NonNull
        public List<Dashboard> getDashboards() {
            return Dashboards.of(getTarget());
        }

        /** Why the cluster did not say; empty if it did, or was not asked. */
        @NonNull
        public String getProblem() {
            return problem;
        }
    }

    /** The page of one target, as the cluster has it. */
    @Restricted(NoExternalUse.class) // index.jelly
    public static final class Asked {

        private final JobReleasesTab tab;
        private final TargetView target;

        private Asked(JobReleasesTab tab, TargetView target) {
            this.tab = tab;
            this.target = target;
        }

        @NonNull
        public JobReleasesTab getTab() {
            return tab;
        }

        @NonNull
        public List<TargetView> getTargets() {
            return List.of(target);
        }
    }

    @SuppressWarnings("rawtypes") // so it is with factories of actions
    @Extension
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<JobReleasesTab> actionType() {
            return JobReleasesTab.class;
        }

        @NonNull
        @Override
        public Collection<JobReleasesTab> createFor(@NonNull Job target) {
            return List.of(new JobReleasesTab(target));
        }
    }
}
