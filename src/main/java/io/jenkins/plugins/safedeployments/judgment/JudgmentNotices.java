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
final class JudgmentNotices {

    private final GatePlace place;
    private final List<Notification> notify;
    private final Consumer<String> log;

    /** @param log of what is no Pipeline */
    JudgmentNotices(GatePlace place, List<Notification> notify, Consumer<String> log) {
        this.place = place;
        this.notify = notify;
        this.log = log;
    }

    /**
     * Writes down that they have to be told.
     *
     * @param outcome of the event, for people
     */
    @NonNull
    Notifications.Owed owe(Kind kind, JudgmentEvent event, String outcome) {
        if (notify.isEmpty()) {
            return Notifications.Owed.NOTHING;
        }
        GateEvent told = GateEvent.of(kind, event.at(), event.id(), event.run())
                .runId(event.runId())
                .message(event.message())
                .release(event.app(), version(event), target(event))
                .deciders(event.rules())
                .url(Notifications.link(event.path()))
                .deadline(event.deadline())
                .decision(event.user(), event.outcome(), event.comment())
                .outcomeTitle(outcome)
                .build();
        return Notifications.get().owe(notify, place, told, log);
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
