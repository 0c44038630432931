package io.jenkins.plugins.safedeployments.waiting;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** One gate, as the page and JSON show it. */
@Restricted(NoExternalUse.class) // index.jelly
@ExportedBean(defaultVisibility = 2)
public final class GateView {

    private final WaitingGate gate;
    private final Instant now;

    GateView(WaitingGate gate, Instant now) {
        this.gate = gate;
        this.now = now;
    }

    @Exported
    @NonNull
    public String getId() {
        return gate.id();
    }

    @Exported
    @NonNull
    public String getKind() {
        return gate.kind();
    }

    @Exported
    @NonNull
    public String getMessage() {
        return gate.message();
    }

    @Exported
    public boolean isAsked() {
        return gate.asked();
    }

    @Exported
    @NonNull
    public String getNote() {
        return gate.note();
    }

    @NonNull
    public String getHint() {
        return gate.hint();
    }

    @Exported
    @NonNull
    public String getRun() {
        return gate.run();
    }

    /** Comes back with the decision. */
    @Exported
    @NonNull
    public String getShown() {
        return gate.shown();
    }

    /** Below the root URL. */
    @Exported
    @NonNull
    public String getPath() {
        return gate.path();
    }

    /** In ISO form. */
    @Exported
    @NonNull
    public String getSince() {
        return gate.since().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @NonNull
    public String getAge() {
        return TimeText.between(gate.since(), now);
    }

    /** To sort by. */
    public long getAgeSeconds() {
        return ChronoUnit.SECONDS.between(gate.since(), now);
    }

    /** In ISO form; null for none. */
    @Exported
    @CheckForNull
    public String getDeadline() {
        Instant deadline = gate.deadline();
        return deadline == null
                ? null
                : deadline.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** How long is left; null for ever. */
    @CheckForNull
    public String getLeft() {
        Instant deadline = gate.deadline();
        return deadline == null ? null : TimeText.between(now, deadline);
    }

    /** To sort by. */
    public long getLeftSeconds() {
        Instant deadline = gate.deadline();
        return deadline == null ? Long.MAX_VALUE : ChronoUnit.SECONDS.between(now, deadline);
    }

    public boolean isCommentRequired() {
        return gate.commentRequired();
    }

    @Exported
    @NonNull
    public List<OutcomeView> getOutcomes() {
        return gate.outcomes().stream().map(OutcomeView::new).toList();
    }

    /** A way to decide. */
    @Restricted(NoExternalUse.class) // index.jelly
    @ExportedBean(defaultVisibility = 3)
    public static final class OutcomeView {

        private final WaitingGate.Outcome outcome;

        OutcomeView(WaitingGate.Outcome outcome) {
            this.outcome = outcome;
        }

        @Exported
        @NonNull
        public String getName() {
            return outcome.name();
        }

        @Exported
        @NonNull
        public String getTitle() {
            return outcome.title();
        }

        public boolean isDestructive() {
            return outcome.destructive();
        }
    }
}
