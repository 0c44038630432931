package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent.Kind;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import io.jenkins.plugins.safedeployments.notify.Notification;
import io.jenkins.plugins.safedeployments.notify.Notifications;
import java.util.List;
import java.util.function.Consumer;

/** Tells those whom a judgment names in its {@code notify}. Single votes are told to nobody. */
final class JudgmentNotices extends JudgmentListener {

    private final GatePlace place;
    private final List<Notification> notify;
    private final Consumer<String> log;

    /** @param log of what is no Pipeline */
    JudgmentNotices(GatePlace place, List<Notification> notify, Consumer<String> log) {
        this.place = place;
        this.notify = notify;
        this.log = log;
    }

    @Override
    public void awaiting(@NonNull JudgmentEvent event) {
        tell(Kind.AWAITING, event);
    }

    @Override
    public void decided(@NonNull JudgmentEvent event) {
        tell(event.approved() ? Kind.APPROVED : Kind.REJECTED, event);
    }

    @Override
    public void timedOut(@NonNull JudgmentEvent event) {
        tell(Kind.TIMED_OUT, event);
    }

    @Override
    public void escalated(@NonNull JudgmentEvent event) {
        tell(Kind.ESCALATED, event);
    }

    @Override
    public void reminder(@NonNull JudgmentEvent event) {
        tell(Kind.REMINDER, event);
    }

    @Override
    public void lapsed(@NonNull JudgmentEvent event) {
        tell(Kind.LAPSED, event);
    }

    @Override
    public void withdrawn(@NonNull JudgmentEvent event) {
        tell(Kind.ABORTED, event);
    }

    private void tell(Kind kind, JudgmentEvent event) {
        if (notify.isEmpty()) {
            return;
        }
        GateEvent told = GateEvent.of(kind, event.at(), event.id(), event.run())
                .runId(event.runId())
                .message(event.message())
                .release(event.app(), version(event), target(event))
                .deciders(event.rules())
                .url(Notifications.link(event.path()))
                .deadline(event.deadline())
                .decision(event.user(), event.outcome(), event.comment())
                .build();
        Notifications.get().send(notify, place, told, log);
    }

    /** {@code 1.4.2} of {@code registry.example.com/addressbook:1.4.2}; with the image's name if that is not the app's. */
    static String version(JudgmentEvent event) {
        String image = event.version().substring(event.version().lastIndexOf('/') + 1);
        return image.startsWith(event.app() + ":") ? image.substring(event.app().length() + 1) : image;
    }

    /** {@code shop on production} of {@code addressbook in shop on production}. */
    static String target(JudgmentEvent event) {
        String before = event.app() + " in ";
        return event.target().startsWith(before) ? event.target().substring(before.length()) : event.target();
    }
}
