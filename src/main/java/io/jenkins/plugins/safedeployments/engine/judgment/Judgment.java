package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision.Decider;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision.How;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling.Kind;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A judgment at a moment: what is asked, the votes so far, and the decision once there is one. Nothing changes it; what happens
 * makes another one, and once it is decided nothing does.
 *
 * @param id unique in its run
 * @param content what is judged; null if it is bound to no release
 * @param votes one for each person at most, in the order in which they were cast
 * @param remindedAt when people were told last
 * @param escalated whether further people were told that they may vote
 * @param decision null while it waits
 * @param requesters ids of those who asked for it or wrote the changes, as far as was ever known: what told so may be gone later;
 *     null in what was asked before they were kept
 */
public record Judgment(
        String id,
        Terms terms,
        Instant since,
        @CheckForNull Content content,
        List<Vote> votes,
        Instant remindedAt,
        boolean escalated,
        @CheckForNull Decision decision,
        List<String> requesters) {

    public Judgment {
        votes = List.copyOf(votes);
        requesters = requesters == null ? List.of() : List.copyOf(requesters);
    }

    /** One that has just been asked for. */
    @NonNull
    public static Judgment ask(String id, Terms terms, @CheckForNull Content content, Instant now) {
        return new Judgment(id, terms, now, content, List.of(), now, false, null, List.of());
    }

    /** With these among those who asked for it or wrote the changes. */
    @NonNull
    public Judgment requestedBy(Collection<String> users) {
        if (requesters.containsAll(users)) {
            return this;
        }
        Set<String> all = new LinkedHashSet<>(requesters);
        all.addAll(users);
        return new Judgment(id, terms, since, content, votes, remindedAt, escalated, decision, List.copyOf(all));
    }

    public boolean isDecided() {
        return decision != null;
    }

    /** The decision of one that {@linkplain #isDecided() is decided}. */
    @NonNull
    public Decision made() {
        return Objects.requireNonNull(decision, "it is not decided");
    }

    /** Whether it is decided that the run goes on. */
    public boolean isApproved() {
        return decision != null
                && decision.how() != How.ABORTED
                && terms.choice(decision.choice()) != null
                && !decision.choice().equals(Choice.STOP);
    }

    /** Whether somebody may vote, not regarding whether they asked for it. */
    public boolean admits(Person person, Instant now) {
        return terms.rulesAt(now).stream().anyMatch(rules -> rules.admit(person));
    }

    /** Who has to decide at a moment, in words; who had to once it is decided. */
    @NonNull
    public String rulesText(Instant now) {
        return terms.rulesText(decision == null ? now : decision.at());
    }

    public boolean hasVoted(Person person) {
        return votes.stream().anyMatch(vote -> person.is(vote.user()));
    }

    /** What those who voted before are now; who is not among them has no vote any more. */
    public interface People extends Function<String, Optional<? extends Person>> {}

    /**
     * Somebody votes, or changes their vote. A vote to {@linkplain Choice#STOP stop} decides alone.
     *
     * @param person who votes
     * @param requester whether they asked for it or wrote the changes
     * @param vote what they say
     * @param people those who voted before, as the security realm knows them now
     */
    @NonNull
    public Ruling vote(Person person, boolean requester, Vote vote, People people) {
        if (decision != null) {
            return late();
        }
        Choice choice = terms.choice(vote.choice());
        if (choice == null) {
            return Ruling.refused(
                    Kind.WRONG,
                    this,
                    (vote.choice().isEmpty()
                                    ? "Nothing was chosen"
                                    : "'" + shortened(vote.choice()) + "' is not offered")
                            + ": choose one of " + choiceNames() + ".");
        }
        if (!admits(person, vote.at())) {
            return Ruling.refused(
                    Kind.FORBIDDEN, this, person.id() + " may not decide this: it takes " + rulesText(vote.at()) + ".");
        }
        if (requester && !terms.allowRequester() && !choice.stops()) {
            return Ruling.refused(
                    Kind.FORBIDDEN,
                    this,
                    person.id()
                            + " started this build or wrote its changes, or those of a build that it comes from: somebody"
                            + " else has to decide.");
        }
        List<Vote> cast = without(person);
        cast.add(vote);
        Judgment next = withVotes(cast);
        if (choice.stops()) {
            List<Decider> alone =
                    List.of(new Decider(vote.user(), vote.comment(), vote.at(), ruleFor(person, vote.at())));
            return next.decide(new Decision(How.VOTES, choice.name(), vote.at(), alone, vote.parameters(), ""));
        }
        return next.count(choice, vote.at(), id -> person.is(id) ? Optional.of(person) : people.apply(id));
    }

    /** Whether those who chose the same meet all rules. */
    private Ruling count(Choice choice, Instant now, People people) {
        Ballot ballot = ballot(choice.name(), now, people);
        if (!ballot.isMet()) {
            return new Ruling(Kind.RECORDED, this, "Your vote is recorded. It takes " + ballot.missingText() + ".");
        }
        return decide(new Decision(How.VOTES, choice.name(), now, ballot.deciders(), ballot.parameters(), ""));
    }

    /** Somebody does not want to have voted. */
    @NonNull
    public Ruling takeBack(Person person) {
        if (decision != null) {
            return late();
        }
        if (!hasVoted(person)) {
            return Ruling.refused(Kind.WRONG, this, person.id() + " has not voted: there is nothing to take back.");
        }
        return new Ruling(Kind.RECORDED, withVotes(without(person)), "Your vote is taken back.");
    }

    /**
     * An administrator decides past the rules.
     *
     * @param vote whose comment is the reason
     */
    @NonNull
    public Ruling override(Person administrator, Vote vote) {
        if (decision != null) {
            return late();
        }
        if (!terms.allowOverride()) {
            return Ruling.refused(
                    Kind.FORBIDDEN, this, "This judgment can't be overridden: it takes " + rulesText(vote.at()) + ".");
        }
        if (terms.choice(vote.choice()) == null) {
            return Ruling.refused(Kind.WRONG, this, "Choose one of " + choiceNames() + ".");
        }
        if (vote.comment().isEmpty()) {
            return Ruling.refused(Kind.WRONG, this, "A reason is required: say why the rules are overridden.");
        }
        List<Decider> alone = List.of(new Decider(administrator.id(), vote.comment(), vote.at(), ""));
        return decide(new Decision(How.OVERRIDE, vote.choice(), vote.at(), alone, vote.parameters(), vote.comment()));
    }

    /** The run does not wait any more. */
    @NonNull
    public Ruling abort(String user, String reason, Instant now) {
        if (decision != null) {
            return late();
        }
        List<Decider> by = user.isEmpty() ? List.of() : List.of(new Decider(user, "", now, ""));
        return decide(new Decision(How.ABORTED, "", now, by, Map.of(), reason));
    }

    /** What is judged is looked at again. */
    @NonNull
    public Ruling look(Content seen) {
        if (decision != null) {
            return late();
        }
        Content before = content;
        if (before == null || seen.changes(before).isEmpty()) {
            return new Ruling(Kind.RECORDED, this, "");
        }
        Judgment next = new Judgment(id, terms, since, seen, List.of(), remindedAt, escalated, null, requesters);
        return new Ruling(
                Kind.LAPSED,
                next,
                "What is judged has changed: " + seen.changes(before) + ". " + voided() + ", and it is asked anew.");
    }

    private String voided() {
        return votes.isEmpty() ? "Nobody had voted" : "The votes of " + voters() + " are void";
    }

    /** What time does: at most one of an end, an escalation and a reminder; empty if nothing is due. */
    @NonNull
    public Optional<Due> due(Instant now) {
        if (decision != null) {
            return Optional.empty();
        }
        if (terms.deadline() != null && !now.isBefore(terms.deadline())) {
            return Optional.of(end(terms.onTimeout(), "Nobody decided in time" + cast() + ".", now));
        }
        if (!escalated && terms.escalateAt() != null && !now.isBefore(terms.escalateAt())) {
            Judgment next = new Judgment(id, terms, since, content, votes, now, true, null, requesters);
            String names = terms.escalateTo().stream().map(Who::toString).collect(Collectors.joining(", "));
            return Optional.of(new Due(Due.Kind.ESCALATION, next, "From now on " + names + " may decide, too."));
        }
        Optional<Instant> reminder = terms.remindEvery().map(remindedAt::plus);
        if (reminder.isPresent() && !now.isBefore(reminder.get())) {
            Judgment next = new Judgment(id, terms, since, content, votes, now, escalated, null, requesters);
            return Optional.of(new Due(Due.Kind.REMINDER, next, "It still waits for " + missingText(now) + "."));
        }
        return Optional.empty();
    }

    /** Its end by time, if what is judged has changed: then it does not go on, whatever it was to end with. */
    @NonNull
    public Due endChanged(Content seen, Instant now) {
        String changes = seen.changes(Objects.requireNonNull(content));
        String text = "Nobody decided in time, and what is judged has changed: " + changes + ". " + voided()
                + ", and it does not go on.";
        return look(seen).judgment().end("", text, now);
    }

    /**
     * Its end by time, if nobody can see whether what is judged has changed: then it does not go on either.
     *
     * @param problem why, as a sentence
     */
    @NonNull
    public Due endUnseen(String problem, Instant now) {
        String text = "Nobody decided in time" + cast()
                + ", and it does not go on, since it can't be seen whether it is still the same that is judged. "
                + problem;
        return end("", text, now);
    }

    private Due end(String choice, String text, Instant now) {
        boolean goesOn = !choice.isEmpty() && !choice.equals(Choice.STOP);
        Map<String, Object> filledIn = goesOn ? terms.defaults() : Map.of();
        Decision end = new Decision(How.TIMEOUT, choice, now, List.of(), filledIn, text);
        return new Due(Due.Kind.TIMEOUT, decide(end).judgment(), text);
    }

    private String cast() {
        return votes.isEmpty() ? "" : "; the votes were " + votesText();
    }

    /** When {@link #due} has to be asked again; empty for never. */
    @NonNull
    public Optional<Instant> nextDue() {
        if (decision != null) {
            return Optional.empty();
        }
        return Stream.of(
                        terms.deadline(),
                        escalated ? null : terms.escalateAt(),
                        terms.remindEvery().map(remindedAt::plus).orElse(null))
                .filter(Objects::nonNull)
                .min(Instant::compareTo);
    }

    /** How many votes of whom are missing for the outcome that has most; empty once it is decided. Goes by the rules alone. */
    @NonNull
    public String missingText(Instant now) {
        return decision != null
                ? ""
                : terms.rulesAt(now).stream()
                        .map(rules -> rules.all().stream()
                                .map(rule -> rule.needed() + " of " + rule.whom())
                                .collect(Collectors.joining(" and ")))
                        .distinct()
                        .collect(Collectors.joining("; besides "));
    }

    /** The same, with those who voted so far seated. */
    @NonNull
    public String missingText(Instant now, People people) {
        if (decision != null) {
            return "";
        }
        return votes.stream()
                .map(Vote::choice)
                .distinct()
                .map(choice -> {
                    String missing = ballot(choice, now, people).missingText();
                    return votesFor(choice) < votes.size() ? missing + " for '" + terms.title(choice) + "'" : missing;
                })
                .reduce((one, other) -> one + ", or " + other)
                .orElseGet(() -> missingText(now));
    }

    private long votesFor(String choice) {
        return votes.stream().filter(vote -> vote.choice().equals(choice)).count();
    }

    /** {@code alice for 'continue', bob for 'rollback'}. */
    @NonNull
    public String votesText() {
        return votes.stream()
                .map(vote -> vote.user() + " for '" + terms.title(vote.choice()) + "'")
                .collect(Collectors.joining(", "));
    }

    private Ballot ballot(String choice, Instant now, People people) {
        List<Vote> alike = new ArrayList<>();
        List<Person> voters = new ArrayList<>();
        for (Vote vote : votes) {
            people.apply(vote.user())
                    .filter(person -> vote.choice().equals(choice))
                    .ifPresent(person -> {
                        alike.add(vote);
                        voters.add(person);
                    });
        }
        return new Ballot(
                alike,
                terms.rulesAt(now).stream().map(rules -> rules.tally(voters)).toList());
    }

    /** Votes for the same, as they count for each of the rules that have to be met. */
    private record Ballot(List<Vote> votes, List<Rules.Tally> tallies) {

        boolean isMet() {
            return tallies.stream().allMatch(Rules.Tally::isMet);
        }

        String missingText() {
            return tallies.stream()
                    .map(Rules.Tally::missingText)
                    .filter(text -> !text.isEmpty())
                    .distinct()
                    .collect(Collectors.joining("; besides "));
        }

        List<Decider> deciders() {
            List<Decider> deciders = new ArrayList<>();
            for (int i = 0; i < votes.size(); i++) {
                int voter = i;
                String rules = tallies.stream()
                        .map(tally -> tally.ruleOf(voter))
                        .filter(rule -> !rule.isEmpty())
                        .distinct()
                        .collect(Collectors.joining("; "));
                if (!rules.isEmpty()) {
                    Vote vote = votes.get(i);
                    deciders.add(new Decider(vote.user(), vote.comment(), vote.at(), rules));
                }
            }
            return deciders;
        }

        Map<String, Object> parameters() {
            Map<String, Object> all = new LinkedHashMap<>();
            votes.forEach(vote -> all.putAll(vote.parameters()));
            return all;
        }
    }

    private String ruleFor(Person person, Instant now) {
        return terms.rulesAt(now).stream()
                .flatMap(rules -> rules.all().stream())
                .filter(rule -> rule.admits(person))
                .findFirst()
                .map(Rule::toString)
                .orElse("");
    }

    private List<Vote> without(Person person) {
        return votes.stream().filter(vote -> !person.is(vote.user())).collect(Collectors.toCollection(ArrayList::new));
    }

    private String voters() {
        return votes.stream().map(Vote::user).collect(Collectors.joining(", "));
    }

    private Judgment withVotes(List<Vote> cast) {
        return new Judgment(id, terms, since, content, cast, remindedAt, escalated, null, requesters);
    }

    private Ruling decide(Decision made) {
        Judgment next = new Judgment(id, terms, since, content, votes, remindedAt, escalated, made, requesters);
        return new Ruling(Kind.DECIDED, next, next.sentence());
    }

    private Ruling late() {
        return Ruling.refused(Kind.LATE, this, "It is too late: " + sentence());
    }

    /** What is asked, in one line for a log. */
    @NonNull
    public String question() {
        return InertText.oneLine(terms.message()) + (content == null ? "" : " It is about " + content.title() + ".");
    }

    /** What was decided, by whom and why, as a sentence; that it waits, while it does. */
    @NonNull
    public String sentence() {
        if (decision == null) {
            return "It waits.";
        }
        String choice = "'" + terms.title(decision.choice()) + "'";
        String comment =
                decision.comment().isEmpty() ? "" : " (" + decision.comment().replace('\n', ' ') + ")";
        return switch (decision.how()) {
            case VOTES -> choice + " was decided by " + decision.by() + comment + ".";
            case OVERRIDE -> choice + " was decided by " + decision.by() + ", who overrode the rules" + comment + ".";
            case TIMEOUT -> decision.reason() + (decision.choice().isEmpty() ? "" : " So it is " + choice + ".");
            case ABORTED -> "It was withdrawn: " + decision.reason();
        };
    }

    private String choiceNames() {
        return terms.choices().stream().map(choice -> "'" + choice.name() + "'").collect(Collectors.joining(", "));
    }

    private static String shortened(String value) {
        return value.length() <= 60 ? value : value.substring(0, 57) + "...";
    }

    /**
     * Something that time brings about.
     *
     * @param judgment as it is then
     * @param text what happened, as a sentence
     */
    public record Due(Kind kind, Judgment judgment, String text) {

        /** Whether it lets the run go on with what is judged, so that this has to be looked at before. */
        public boolean goesOn() {
            return kind == Kind.TIMEOUT && judgment.isApproved();
        }

        /** What time brings about. */
        public enum Kind {
            REMINDER,
            ESCALATION,
            TIMEOUT
        }
    }
}
