package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.GateEventJson;
import java.util.Objects;
import java.util.UUID;
import jenkins.model.Jenkins;

/** One receiver who has to be told of one event, as it is kept on the disk until that is done. */
final class Letter {

    /** Its own, since one event may be told to many. */
    private final String id = UUID.randomUUID().toString();

    /** Full name of the job of the gate. */
    private final String job;

    /** Number of its run; 0 in the queue. */
    private final int run;

    /** As JSON. */
    private final String event;

    /** Who is told, and how; null if the plugin that it comes from is gone. */
    @CheckForNull
    private final Notification notification;

    Letter(GatePlace place, GateEvent event, Notification notification) {
        Run<?, ?> of = place.getRun();
        job = place.getJob().getFullName();
        run = of == null ? 0 : of.getNumber();
        this.event = GateEventJson.write(event);
        this.notification = notification;
    }

    @NonNull
    String id() {
        return id;
    }

    /** @throws IllegalArgumentException if it was written by a later version */
    @NonNull
    GateEvent event() {
        return GateEventJson.read(event);
    }

    /** Whether it can still be told to somebody. */
    boolean isWhole() {
        return notification != null;
    }

    /** Of one that {@linkplain #isWhole is whole}. */
    @NonNull
    Notification notification() {
        return Objects.requireNonNull(notification);
    }

    /** Null if the job or the run is gone. To be asked by who may see all jobs. */
    @CheckForNull
    GatePlace place() {
        Job<?, ?> found = Jenkins.get().getItemByFullName(job, Job.class);
        if (found == null || run == 0) {
            return found == null ? null : GatePlace.inQueue(found);
        }
        Run<?, ?> of = found.getBuildByNumber(run);
        return of == null ? null : GatePlace.of(of);
    }
}
