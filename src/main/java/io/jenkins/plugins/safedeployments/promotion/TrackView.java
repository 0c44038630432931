package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.operation.TrackStatus;
import io.jenkins.plugins.safedeployments.engine.rollout.Rollout;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A row of the table of tracks. */
@Restricted(NoExternalUse.class) // targets.jelly
public final class TrackView {

    private final TrackStatus status;

    TrackView(TrackStatus status) {
        this.status = status;
    }

    @NonNull
    public String getDeployment() {
        return status.deployment();
    }

    @NonNull
    public String getImages() {
        return status.images();
    }

    /** As {@code kubectl get deployment} has it: {@code 2/3}. */
    @NonNull
    public String getReady() {
        return rollout().ready() + "/" + rollout().wanted();
    }

    public int getUpdated() {
        return rollout().updated();
    }

    public int getAvailable() {
        return rollout().available();
    }

    /** How many of its pods get traffic; a dash if there is no Service. */
    @NonNull
    public String getServing() {
        return rollout().traffic() ? Integer.toString(rollout().serving()) : "\u2013";
    }

    public int getRestarts() {
        return status.restarts();
    }

    @NonNull
    public String getAge() {
        return TimeText.between(status.made(), ReleaseRuntime.get().clock().instant());
    }

    @NonNull
    public String getProblem() {
        return status.problem();
    }

    private Rollout rollout() {
        return status.rollout();
    }
}
