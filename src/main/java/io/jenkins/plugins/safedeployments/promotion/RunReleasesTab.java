package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.model.TransientActionFactory;
import jenkins.model.experimentalflags.NewBuildPageUserExperimentalFlag;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The releases that a run acted on, what followed it and them, and the buttons to promote it or them, or to take them back. */
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
        return ReleasesAction.entries(run).isEmpty() && getPromotion() == null && getFollowed() == null
                ? null
                : "symbol-rocket-outline plugin-ionicons-api";
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

    /** Of the run itself; null if its job names none that goes on with it. */
    @Restricted(NoExternalUse.class) // Jelly
    @CheckForNull
    public RunPromotion getPromotion() {
        return RunPromotion.of(run);
    }

    /** The page that has the parameters of the job that goes on with the run, and asks whether it shall. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // run.jelly
    public HttpResponse doConfirmRun() {
        RunPromotion promotion = getPromotion();
        if (promotion == null) {
            return RefusedRequest.of(404, Messages.RunPromotion_NoJob());
        }
        job().checkPermission(promotion.permission());
        return HttpResponses.forwardToView(new RunConfirmation(this, promotion), "index");
    }

    /**
     * Starts the job that goes on with the run: 403 without the permission, 404 if none is named, 400 if a parameter has no value,
     * 409 with the reason if it can't be done now.
     */
    @RequirePOST
    @Restricted(NoExternalUse.class) // RunConfirmation, and REST
    public HttpResponse doStartRun(StaplerRequest2 request) throws ServletException {
        RunPromotion promotion = getPromotion();
        if (promotion == null) {
            return RefusedRequest.of(404, Messages.RunPromotion_NoJob());
        }
        job().checkPermission(promotion.permission());
        String locked = promotion.getLocked();
        if (!locked.isEmpty()) {
            return RefusedRequest.of(409, locked);
        }
        RunPromotionCause cause =
                new RunPromotionCause(run, Jenkins.getAuthentication2().getName(), "");
        try {
            return start(request, promotion, cause, promotion.told(), "");
        } catch (UserException e) {
            return RefusedRequest.of(409, e.getMessage()); // what is told of it can't be read
        }
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
