package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Rule;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.judgment.Who;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.notify.Notifications;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tells what becomes of a judgment: those whom it names, and all listeners. */
final class JudgmentTeller {

    private final LiveJudgment told;
    private final JudgmentNotices notices;

    /** @param log writes a line into the log of what is no Pipeline */
    JudgmentTeller(LiveJudgment told, Consumer<String> log) {
        this.told = told;
        notices = new JudgmentNotices(told.subject().place(), told.settings().getNotify(), log);
    }

    /**
     * Writes down that those whom it names have to be told.
     *
     * @param after as it is about to be
     * @param user who does it; empty for nobody
     */
    @NonNull
    Notifications.Owed owe(GateEvent.Kind kind, Judgment after, String user, String comment) {
        JudgmentEvent event = event(after, user, comment, "");
        return notices.owe(kind, event, after.terms().title(event.outcome()));
    }

    /**
     * Tells the listeners.
     *
     * @param user who did it; empty for nobody
     * @param text what happened, as one sentence
     */
    void tell(BiConsumer<JudgmentListener, JudgmentEvent> what, String user, String comment, String text) {
        JudgmentListener.fire(what, event(told.judgment(), user, comment, text));
    }

    private JudgmentEvent event(Judgment now, String user, String comment, String text) {
        Decision decision = now.decision();
        Content content = now.content();
        Instant at = PendingJudgments.clock().instant();
        return new JudgmentEvent(
                told.subject().id(),
                told.name(),
                told.subject().job().getFullName(),
                now.id(),
                now.terms().message(),
                content == null ? "" : content.app(),
                content == null ? "" : content.image(),
                content == null ? "" : content.target(),
                approvers(now),
                now.rulesText(at),
                told.missing(),
                told.path(),
                now.terms().deadline(),
                at,
                decision == null ? "" : decision.choice(),
                now.isApproved(),
                user,
                comment,
                text);
    }

    @NonNull
    private static List<String> approvers(Judgment now) {
        return Stream.concat(
                        now.terms().rules().stream()
                                .map(Rules::all)
                                .flatMap(List::stream)
                                .map(Rule::names)
                                .flatMap(List::stream),
                        now.escalated() ? now.terms().escalateTo().stream() : Stream.empty())
                .filter(who -> who.kind() != Who.Kind.ANYONE)
                .map(Who::name)
                .distinct()
                .toList();
    }
}
