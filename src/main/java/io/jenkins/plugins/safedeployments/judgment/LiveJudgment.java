package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.ParameterDefinition;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling.Kind;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.notify.Notifications;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * A judgment that waits, and the one door through which all go who want something of it: what is decided is decided here, one
 * after the other, and is written to the disk before anybody is told. Nothing in here waits for the Pipeline, and nothing that
 * may take long is done while others are kept out, but for the writing.
 */
final class LiveJudgment implements PendingJudgment {

    /** What asks, and goes on when it is decided. */
    interface Asker {

        /** Writes a line to the log of what waits. */
        void say(String text);

        /**
         * Called once, when it is decided, and not while others are kept out.
         *
         * @param byInput whether that came of an answer to an {@code input}, which is about to go on by itself
         */
        void decided(boolean byInput);
    }

    private static final Logger LOGGER = Logger.getLogger(LiveJudgment.class.getName());

    private static final String OTHER = "What is judged has changed in the meantime: look again.";

    private final Subject subject;
    private final JudgmentSettings settings;
    private final Asker asker;
    private final JudgmentTeller teller;
    private final Voters voters;
    private final Object turn = new Object();
    private volatile Judgment judgment;
    private volatile String missing;

    /** Why the votes of some did not count any more when they were counted last, by who cast them. */
    private volatile Map<String, String> uncounted = Map.of();

    /** What those are told who are asked, until they are. */
    private volatile Notifications.Owed awaiting = Notifications.Owed.NOTHING;

    /** May wait for the security realm, if somebody has voted before. */
    LiveJudgment(Subject subject, JudgmentSettings settings, Judgment judgment, Asker asker) {
        this.subject = subject;
        this.settings = settings;
        this.judgment = judgment;
        this.asker = asker;
        voters = new Voters(subject);
        missing = missingOf(judgment);
        teller = new JudgmentTeller(this, this::say);
    }

    @NonNull
    Subject subject() {
        return subject;
    }

    @NonNull
    Judgment judgment() {
        return judgment;
    }

    @NonNull
    JudgmentSettings settings() {
        return settings;
    }

    private static Instant now() {
        return PendingJudgments.clock().instant();
    }

    /**
     * What somebody answers.
     *
     * @param choice name of the outcome
     * @param parameters what they filled in
     * @param shown {@linkplain Content#shown what} they were shown; null if that is not known
     * @param byInput whether it is answered to an {@code input}
     */
    record Answer(
            String choice,
            String comment,
            Map<String, Object> parameters,
            @CheckForNull String shown,
            boolean byInput) {}

    /**
     * Somebody votes.
     *
     * @throws IOException if it can't be written; then it does not count
     */
    @NonNull
    Ruling vote(Authentication who, Answer answer) throws IOException {
        tick(now());
        Optional<RealmPerson> found = voters.find(who);
        if (found.isEmpty()) {
            return refused(Kind.FORBIDDEN, Voters.stranger(who));
        }
        RealmPerson person = found.get();
        Ruling empty = leftOut(answer);
        if (empty != null) {
            return empty;
        }
        Content judged = judgment.content();
        Ruling changed = lookAgain(answer);
        if (changed != null) {
            return changed;
        }
        subject.beginVote();
        try {
            return count(person, answer, judged);
        } finally {
            subject.endVote();
        }
    }

    private Ruling count(RealmPerson person, Answer answer, @CheckForNull Content judged) throws IOException {
        boolean stops = answer.choice().equals(Choice.STOP); // which anybody does alone, whoever else has voted
        while (true) {
            Judgment before = judgment;
            if (isOther(before, judged, answer)) {
                return refused(Kind.LAPSED, OTHER);
            }
            // may take long, so it is done before others are kept out
            Requesters requesters = stops ? Requesters.NOBODY : voters.requesters(before);
            boolean requester = requesters.include(person.id());
            Voters.Known people = stops ? Voters.NOT_ASKED : voters.of(before, requesters);
            Vote vote = new Vote(person.id(), answer.choice(), answer.comment(), now(), answer.parameters());
            Ruling ruling = before.requestedBy(requesters.users()).vote(person, requester, vote, people);
            if (take(before, ruling, vote)) {
                if (ruling.kind() == Kind.RECORDED) {
                    uncounted = people.without(person);
                    missing = ruling.judgment()
                            .missingText(vote.at(), id -> person.is(id) ? Optional.of(person) : people.apply(id));
                }
                return told(ruling, vote, answer.byInput(), JudgmentListener::voted);
            }
        }
    }

    /** Whether it is about something else than when it was looked at for an answer: somebody else has noticed a change since. */
    private static boolean isOther(Judgment now, @CheckForNull Content judged, Answer answer) {
        return !now.isDecided() && !answer.choice().equals(Choice.STOP) && !Objects.equals(now.content(), judged);
    }

    /** @return null if all parameters were sent; to stop needs none */
    @CheckForNull
    private Ruling leftOut(Answer answer) {
        if (answer.choice().equals(Choice.STOP)) {
            return null;
        }
        List<String> empty = settings.getParameters().stream()
                .map(ParameterDefinition::getName)
                .filter(name -> !answer.parameters().containsKey(name))
                .toList();
        return empty.isEmpty()
                ? null
                : refused(
                        Kind.WRONG, "This judgment asks for " + String.join(", ", empty) + ": fill it in on its page.");
    }

    /** @return null if nothing has changed that was judged */
    @CheckForNull
    private Ruling lookAgain(Answer answer) throws IOException {
        if (!settings.isBound() || answer.choice().equals(Choice.STOP) || judgment.isDecided()) {
            return null; // to stop is right whatever it has become
        }
        Content seen;
        try {
            seen = BoundRelease.read(settings, subject);
        } catch (UserException e) {
            return refused(
                    Kind.WRONG,
                    "It can't be seen whether it is still the same that is judged, so nobody can" + " approve it. "
                            + e.getMessage());
        }
        while (true) {
            Judgment before = judgment;
            Ruling ruling = before.look(seen);
            if (lapse(before, ruling)) {
                return ruling;
            } else if (ruling.kind() != Kind.LAPSED) {
                String looked = answer.shown();
                boolean other = looked != null && !looked.equals(shown(before));
                return other ? refused(Kind.WRONG, "It has changed since you looked: look again.") : null;
            }
        }
    }

    /** @return whether votes are void from now on */
    private boolean lapse(Judgment before, Ruling ruling) throws IOException {
        if (ruling.kind() != Kind.LAPSED || !take(before, ruling, null)) {
            return false;
        }
        missing = ruling.judgment().missingText(now());
        told(ruling, null, false, JudgmentListener::lapsed);
        return true;
    }

    /** Whether there are votes that are void if what is judged has changed. */
    boolean canLapse() {
        Judgment now = judgment;
        return settings.isBound() && !now.isDecided() && !now.votes().isEmpty();
    }

    /** Looks whether they are. May wait for the cluster. */
    void look() throws IOException {
        Judgment before = judgment;
        try {
            lapse(before, before.look(BoundRelease.read(settings, subject)));
        } catch (UserException e) {
            LOGGER.log(Level.FINE, e, () -> "can't see what is judged by " + path()); // who votes is told
        }
    }

    /** What somebody who looks at it is shown, in short; empty if it is bound to nothing. */
    @NonNull
    static String shown(Judgment judgment) {
        Content content = judgment.content();
        return content == null ? "" : content.shown();
    }

    /** Somebody takes their vote back. */
    @NonNull
    Ruling takeBack(Authentication who) throws IOException {
        Optional<RealmPerson> found = voters.find(who);
        if (found.isEmpty()) {
            return refused(Kind.FORBIDDEN, Voters.stranger(who));
        }
        while (true) {
            Judgment before = judgment;
            Ruling ruling = before.takeBack(found.get());
            if (take(before, ruling, null)) {
                missing = missingOf(ruling.judgment());
                Vote nothing = new Vote(found.get().id(), "", "", now(), Map.of());
                return told(ruling, nothing, false, JudgmentListener::voted);
            }
        }
    }

    /** An administrator decides past the rules. */
    @NonNull
    Ruling override(Authentication who, Answer answer) throws IOException {
        Optional<RealmPerson> found = voters.find(who);
        if (found.isEmpty()) {
            return refused(Kind.FORBIDDEN, Voters.stranger(who));
        }
        if (!found.get().isAdministrator()) {
            return refused(Kind.FORBIDDEN, "Only an administrator may override the rules.");
        }
        Ruling empty = leftOut(answer);
        if (empty != null) {
            return empty;
        }
        tick(now());
        Content judged = judgment.content();
        Ruling changed = lookAgain(answer);
        if (changed != null) {
            return changed;
        }
        Vote vote = new Vote(found.get().id(), answer.choice(), answer.comment(), now(), answer.parameters());
        while (true) {
            Judgment before = judgment;
            if (isOther(before, judged, answer)) {
                return refused(Kind.LAPSED, OTHER);
            }
            Ruling ruling = before.override(found.get(), vote);
            if (take(before, ruling, vote)) {
                return told(ruling, vote, false, JudgmentListener::voted);
            }
        }
    }

    /** Somebody does not want it to go on: by the rules if they may vote, else if they may abort builds of the job. */
    @NonNull
    Ruling reject(Authentication who, boolean byInput) throws IOException {
        boolean mayCancel = voters.mayCancel(who);
        Optional<RealmPerson> found;
        try {
            found = voters.find(who);
        } catch (UserException e) {
            if (!mayCancel) {
                throw e;
            }
            found = Optional.empty(); // for that nobody has to be looked up
        }
        if (found.isPresent() && judgment.admits(found.get(), now())) {
            return vote(who, new Answer(Choice.STOP, "", Map.of(), null, byInput));
        }
        if (!mayCancel) {
            return refused(
                    Kind.FORBIDDEN,
                    who.getName() + " may neither decide this, which takes " + judgment.rulesText(now())
                            + ", nor abort this build.");
        }
        while (true) {
            Judgment before = judgment;
            Ruling ruling = before.abort(who.getName(), "the build was aborted by " + who.getName() + ".", now());
            if (take(before, ruling, null)) {
                return told(ruling, null, byInput, JudgmentListener::withdrawn);
            }
        }
    }

    /** Whether {@link #tick} has to wait for the cluster, or to ask the security realm who those are that have voted. */
    boolean waitsToTick(Instant now) {
        Judgment before = judgment;
        return before.due(now)
                .filter(due -> due.kind() == Judgment.Due.Kind.ESCALATION
                        ? !before.votes().isEmpty()
                        : settings.isBound() && due.goesOn())
                .isPresent();
    }

    /** What time does. May wait as {@link #waitsToTick} says: no time-out lets go on what has changed. */
    void tick(Instant now) throws IOException {
        Judgment before = judgment;
        for (Optional<Judgment.Due> due = before.due(now); due.isPresent(); due = before.due(now)) {
            Judgment.Due happens =
                    settings.isBound() && due.get().goesOn() ? looked(before, due.get(), now) : due.get();
            if (take(before, happens.judgment(), event(happens), null)) {
                if (happens.kind() == Judgment.Due.Kind.ESCALATION) {
                    missing = missingOf(judgment);
                }
                tell(happens);
            }
            before = judgment;
        }
    }

    /** @throws IOException if Jenkins goes down meanwhile, which says nothing about the cluster */
    private Judgment.Due looked(Judgment before, Judgment.Due end, Instant now) throws IOException {
        ReleaseRuntime runtime = ReleaseRuntime.get();
        try {
            Content seen = BoundRelease.read(settings, subject);
            return before.look(seen).kind() == Kind.LAPSED ? before.endChanged(seen, now) : end;
        } catch (UserException e) {
            if (runtime.isTerminated()) {
                throw new IOException("Jenkins goes down; it is decided when it is up again", e);
            }
            return before.endUnseen(e.getMessage(), now);
        }
    }

    private static GateEvent.Kind event(Judgment.Due due) {
        return switch (due.kind()) {
            case REMINDER -> GateEvent.Kind.REMINDER;
            case ESCALATION -> GateEvent.Kind.ESCALATED;
            case TIMEOUT -> GateEvent.Kind.TIMED_OUT;
        };
    }

    private void tell(Judgment.Due due) {
        say(due.text());
        BiConsumer<JudgmentListener, JudgmentEvent> what =
                switch (due.kind()) {
                    case REMINDER -> JudgmentListener::reminder;
                    case ESCALATION -> JudgmentListener::escalated;
                    case TIMEOUT -> JudgmentListener::timedOut;
                };
        teller.tell(what, "", "", due.text());
        if (due.kind() == Judgment.Due.Kind.TIMEOUT) {
            asker.decided(false);
        }
    }

    /**
     * The run does not wait any more. Writes nothing, so that it may be called by the thread that runs the Pipeline.
     *
     * @return whether it was not decided before
     */
    boolean withdraw(String reason) {
        Ruling ruling;
        synchronized (turn) {
            ruling = judgment.abort("", reason, now());
            judgment = ruling.judgment();
        }
        return ruling.kind() == Kind.DECIDED;
    }

    /** Writes that it was withdrawn, and tells so. */
    void tellWithdrawn() throws IOException {
        keep(judgment, teller.owe(GateEvent.Kind.ABORTED, judgment, "", "")).tell();
        teller.tell(JudgmentListener::withdrawn, "", "", judgment.sentence());
    }

    /** To be called before it is recorded that it is asked. */
    void beginAwaiting() {
        awaiting = teller.owe(GateEvent.Kind.AWAITING, judgment, "", "");
    }

    /** Instead of {@link #tellAwaiting}: nobody was asked. */
    void dropAwaiting() {
        awaiting.drop();
    }

    void tellAwaiting() {
        awaiting.tell();
        teller.tell(JudgmentListener::awaiting, "", "", "It waits for " + missing + ".");
    }

    private String missingOf(Judgment of) {
        try {
            Voters.Known people = voters.of(of);
            uncounted = people.uncounted();
            return of.missingText(now(), people);
        } catch (UserException e) {
            return of.missingText(now()); // the next vote tells
        }
    }

    /** @return whether it was still as it was {@code before}, so that the ruling holds */
    private boolean take(Judgment before, Ruling ruling, @CheckForNull Vote by) throws IOException {
        return take(before, ruling.judgment(), event(ruling), by);
    }

    /** Null if nobody is told of it. */
    @CheckForNull
    private static GateEvent.Kind event(Ruling ruling) {
        if (ruling.kind() == Kind.LAPSED) {
            return GateEvent.Kind.LAPSED;
        } else if (ruling.kind() != Kind.DECIDED) {
            return null;
        } else if (ruling.judgment().made().how() == Decision.How.ABORTED) {
            return GateEvent.Kind.ABORTED;
        }
        return ruling.judgment().isApproved() ? GateEvent.Kind.APPROVED : GateEvent.Kind.REJECTED;
    }

    private boolean take(Judgment before, Judgment after, @CheckForNull GateEvent.Kind event, @CheckForNull Vote by)
            throws IOException {
        Notifications.Owed owed = Notifications.Owed.NOTHING;
        synchronized (turn) {
            if (judgment != before) {
                return false;
            }
            if (!after.equals(before)) {
                owed = event == null
                        ? Notifications.Owed.NOTHING
                        : teller.owe(event, after, by == null ? "" : by.user(), by == null ? "" : by.comment());
                keep(after, owed);
                judgment = after;
            }
        }
        owed.tell();
        return true;
    }

    /** Who has to be told of it is written down before. */
    private Notifications.Owed keep(Judgment after, Notifications.Owed owed) throws IOException {
        boolean kept = false;
        try {
            subject.keep(after);
            kept = true;
            return owed;
        } finally {
            if (!kept) {
                owed.drop();
            }
        }
    }

    /** Why somebody's vote did not count any more when it was looked at last; empty if it did. */
    @NonNull
    String uncounted(Vote vote) {
        return uncounted.getOrDefault(vote.user(), "");
    }

    private Ruling refused(Kind kind, String text) {
        return new Ruling(kind, judgment, text);
    }

    private Ruling told(
            Ruling ruling, @CheckForNull Vote vote, boolean byInput, BiConsumer<JudgmentListener, JudgmentEvent> what) {
        String user = vote == null ? "" : vote.user();
        String comment = vote == null ? "" : vote.comment();
        switch (ruling.kind()) {
            case RECORDED -> {
                String said = vote == null || vote.choice().isEmpty()
                        ? user + " took the vote back."
                        : user + " voted '" + ruling.judgment().terms().title(vote.choice()) + "'"
                                + (comment.isEmpty() ? "" : " (" + line(vote) + ")") + ".";
                say(said + " It takes " + missing + ".");
                teller.tell(what, user, comment, said);
            }
            case LAPSED -> {
                say(ruling.text());
                teller.tell(what, "", "", ruling.text());
            }
            case DECIDED -> {
                String said = ruling.judgment().sentence();
                say(said);
                boolean aborted = ruling.judgment().made().how() == Decision.How.ABORTED;
                teller.tell(aborted ? JudgmentListener::withdrawn : JudgmentListener::decided, user, comment, said);
                asker.decided(byInput);
            }
            default -> {
                // nothing has come of it
            }
        }
        return ruling;
    }

    private static String line(Vote vote) {
        return vote.comment().replace('\n', ' ');
    }

    private void say(String text) {
        asker.say(text);
    }

    @Override
    public String name() {
        return subject.name();
    }

    @Override
    public String id() {
        return judgment.id();
    }

    @Override
    public String message() {
        return judgment.terms().message();
    }

    @Override
    public String target() {
        Content content = judgment.content();
        return content == null ? "" : content.target();
    }

    @Override
    public String version() {
        Content content = judgment.content();
        return content == null ? "" : content.image();
    }

    @Override
    public Instant since() {
        return judgment.since();
    }

    @Override
    public Instant deadline() {
        return judgment.terms().deadline();
    }

    @Override
    public String rules() {
        return judgment.rulesText(now());
    }

    @Override
    public String missing() {
        return judgment.isDecided() ? "" : missing;
    }

    @Override
    public String path() {
        return subject.url() + JudgmentTab.URL + "/" + judgment.id() + "/";
    }

    @Override
    public List<Choice> choices() {
        return judgment.terms().choices();
    }

    @Override
    public boolean awaits(Authentication user) {
        return part(user) == Part.VOTE;
    }

    /** What somebody can do about it. */
    enum Part {
        NONE,
        /** They are asked. */
        VOTE,
        /** They would be, but asked for it themselves. */
        STOP,
        /** They are not asked, or have voted, and can decide past the rules. */
        OVERRIDE
    }

    /** As far as is known without asking the security realm; nothing for who may not read the job. */
    @NonNull
    Part part(Authentication user) {
        if (judgment.isDecided()
                || !RealmPerson.isSomebody(user)
                || !subject.job().getACL().hasPermission2(user, Item.READ)) {
            return Part.NONE;
        }
        RealmPerson person = RealmPerson.known(user, subject.job());
        if (judgment.admits(person, now()) && !judgment.hasVoted(person)) {
            return mayVote(person) ? Part.VOTE : Part.STOP;
        }
        return judgment.terms().allowOverride() && Jenkins.get().getACL().hasPermission2(user, Jenkins.ADMINISTER)
                ? Part.OVERRIDE
                : Part.NONE;
    }

    /** As far as is known without asking the security realm. */
    boolean mayVote(RealmPerson person) {
        Judgment now = judgment;
        return !now.isDecided()
                && now.admits(person, now())
                && (now.terms().allowRequester()
                        || Stream.concat(subject.starters().stream(), now.requesters().stream())
                                .noneMatch(person::is));
    }
}
