package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

/** Something that has happened at a gate: immutable, and known to all who are told by the same {@link #getId() id}. */
public final class GateEvent {

    /** What has happened. */
    public enum Kind {
        /** It waits for somebody to decide. */
        AWAITING("awaiting"),
        /** It still does. */
        REMINDER("reminder"),
        /** Further people are asked, since nobody has decided. */
        ESCALATED("escalated"),
        /** What is to be decided on has changed, so that votes count no more and it has to be decided anew. */
        LAPSED("lapsed"),
        /** It was decided that it goes on. */
        APPROVED("approved"),
        /** It was decided that it does not go on. */
        REJECTED("rejected"),
        /** Nobody has decided in time. */
        TIMED_OUT("timedOut"),
        /** The build was stopped, so that there is nothing to decide any more. */
        ABORTED("aborted");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As Pipelines and webhooks have it. */
        @NonNull
        public String word() {
            return word;
        }

        /** Whether somebody has to decide now. */
        public boolean isAsking() {
            return this == AWAITING || this == REMINDER || this == ESCALATED || this == LAPSED;
        }

        /** @throws UserException if there is none of that word */
        @NonNull
        public static Kind of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst()
                    .orElseThrow(
                            () -> new UserException("'when' has '" + OneLine.of(word, 50) + "', but the events are "
                                    + Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(", ")) + "."));
        }
    }

    private final String id;
    private final Builder values;

    private GateEvent(Builder values) {
        this.id = values.id == null ? UUID.randomUUID().toString() : values.id;
        this.values = values;
    }

    /**
     * @param gate the id of the gate in its run
     * @param run the run as people read it, {@code shop » release #7}
     */
    @NonNull
    public static Builder of(Kind kind, Instant at, String gate, String run) {
        return new Builder(kind, at, gate, run);
    }

    /** The same for all that are told of this event, however often they are. */
    @NonNull
    public String getId() {
        return id;
    }

    @NonNull
    public Kind getKind() {
        return values.kind;
    }

    @NonNull
    public Instant getAt() {
        return values.at;
    }

    /** Of the gate in its run. */
    @NonNull
    public String getGate() {
        return values.gate;
    }

    /** As people read it, {@code shop » release #7}. */
    @NonNull
    public String getRun() {
        return values.run;
    }

    /** As programs read it, {@code shop/release#7}; empty if it is not known. */
    @NonNull
    public String getRunId() {
        return values.runId;
    }

    /** What the gate asks; empty if it asks nothing. */
    @NonNull
    public String getMessage() {
        return values.message;
    }

    /** The application that is released; empty if it is not known. */
    @NonNull
    public String getApp() {
        return values.app;
    }

    @NonNull
    public String getVersion() {
        return values.version;
    }

    /** Where to, {@code production/shop}; empty if it is not known. */
    @NonNull
    public String getTarget() {
        return values.target;
    }

    /** The page on which to decide, or which shows what was decided. */
    @NonNull
    public String getUrl() {
        return values.url;
    }

    /** Who may decide, in words; empty if the gate does not say. */
    @NonNull
    public String getDeciders() {
        return values.deciders;
    }

    /** Until when it waits; null for ever. */
    @CheckForNull
    public Instant getDeadline() {
        return values.deadline;
    }

    /** Who has decided; empty if nobody has. */
    @NonNull
    public String getBy() {
        return values.by;
    }

    /** What was chosen, in the words of the gate; empty if there was no choice. */
    @NonNull
    public String getOutcome() {
        return values.outcome;
    }

    /** The same for people; empty if there was no choice. */
    @NonNull
    public String getOutcomeTitle() {
        return values.outcomeTitle.isEmpty() ? values.outcome : values.outcomeTitle;
    }

    /** What was said to it; empty for nothing. */
    @NonNull
    public String getComment() {
        return values.comment;
    }

    /** What is released, as people say it: {@code addressbook 1.4.2 to production/shop}; else the run. */
    @NonNull
    public String getWhat() {
        if (values.app.isEmpty()) {
            return values.run;
        }
        return values.app
                + (values.version.isEmpty() ? "" : " " + values.version)
                + (values.target.isEmpty() ? "" : " to " + values.target);
    }

    /** Says piece by piece what is known. Texts may be null and then are empty. */
    public static final class Builder implements Cloneable {

        private final Kind kind;
        private final Instant at;
        private final String gate;
        private final String run;

        /** Null for one of its own. */
        @CheckForNull
        private String id;

        private String runId = "";
        private String message = "";
        private String app = "";
        private String version = "";
        private String target = "";
        private String url = "";
        private String deciders = "";
        private Instant deadline;
        private String by = "";
        private String outcome = "";
        private String outcomeTitle = "";
        private String comment = "";

        private Builder(Kind kind, Instant at, String gate, String run) {
            this.kind = kind;
            this.at = at;
            this.gate = gate;
            this.run = run;
        }

        /** Of an event that some may know already. */
        @NonNull
        Builder id(String known) {
            id = known;
            return this;
        }

        @NonNull
        public Builder runId(String ofRun) {
            runId = Objects.toString(ofRun, "");
            return this;
        }

        @NonNull
        public Builder message(@CheckForNull String text) {
            message = Objects.toString(text, "");
            return this;
        }

        @NonNull
        public Builder release(@CheckForNull String app, @CheckForNull String version, @CheckForNull String target) {
            this.app = Objects.toString(app, "");
            this.version = Objects.toString(version, "");
            this.target = Objects.toString(target, "");
            return this;
        }

        @NonNull
        public Builder url(String absolute) {
            url = Objects.toString(absolute, "");
            return this;
        }

        @NonNull
        public Builder deciders(@CheckForNull String text) {
            deciders = Objects.toString(text, "");
            return this;
        }

        @NonNull
        public Builder deadline(@CheckForNull Instant moment) {
            deadline = moment;
            return this;
        }

        @NonNull
        public Builder decision(@CheckForNull String by, @CheckForNull String outcome, @CheckForNull String comment) {
            this.by = Objects.toString(by, "");
            this.outcome = Objects.toString(outcome, "");
            this.comment = Objects.toString(comment, "");
            return this;
        }

        /** What was chosen, as people read it, if that is not what programs read. */
        @NonNull
        public Builder outcomeTitle(@CheckForNull String text) {
            outcomeTitle = Objects.toString(text, "");
            return this;
        }

        @NonNull
        public GateEvent build() {
            return new GateEvent(copy());
        }

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
