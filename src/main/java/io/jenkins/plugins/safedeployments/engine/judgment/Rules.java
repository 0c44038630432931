package io.jenkins.plugins.safedeployments.engine.judgment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rules that have to be met together, with people of whom each counts for one of them.
 *
 * @param all not empty
 */
public record Rules(List<Rule> all) {

    /** One of those who have the permission. */
    public static final Rules ANYONE = new Rules(List.of(new Rule(1, List.of(Who.ANYONE))));

    public Rules {
        all = List.copyOf(all);
    }

    /**
     * @param parameter what it is the value of, for what is said if it can't be understood
     * @param text like {@code 1 of qa and 2 of ops, user:alice}; empty for {@link #ANYONE}
     * @throws UserException if it can't be understood
     */
    @NonNull
    public static Rules parse(String parameter, String text) {
        List<Rule> rules = RuleText.parse(parameter, text);
        return rules.isEmpty() ? ANYONE : new Rules(rules);
    }

    /** Users and groups without numbers: {@code ops, user:alice}; none if it is empty. */
    @NonNull
    public static List<Who> parseNames(String parameter, String text) {
        return RuleText.names(parameter, text);
    }

    @JsonCreator
    static Rules ofText(String text) {
        List<Rule> rules = RuleText.parseAgain(text);
        return rules.isEmpty() ? ANYONE : new Rules(rules);
    }

    /** These rules, each with further names. */
    @NonNull
    Rules with(List<Who> further) {
        return new Rules(all.stream()
                .map(rule -> {
                    List<Who> names = new ArrayList<>(rule.names());
                    names.addAll(further);
                    return new Rule(rule.needed(), names);
                })
                .toList());
    }

    /** Whether somebody may vote. */
    boolean admit(Person person) {
        return all.stream().anyMatch(rule -> rule.admits(person));
    }

    /** Whether a permission decides who may vote, and not names alone. */
    public boolean isForAnyone() {
        return all.stream().anyMatch(rule -> rule.names().contains(Who.ANYONE));
    }

    /** Whether it is enough if these people vote alike. */
    public boolean isMetBy(List<? extends Person> voters) {
        return tally(voters).isMet();
    }

    /** Counts people who voted alike. */
    @NonNull
    Tally tally(List<? extends Person> voters) {
        int[] needed = all.stream().mapToInt(Rule::needed).toArray();
        int[] seats = Matching.of(
                needed, voters.size(), (person, rule) -> all.get(rule).admits(voters.get(person)));
        int[] missing = needed.clone();
        for (int seat : seats) {
            if (seat >= 0) {
                missing[seat]--;
            }
        }
        return new Tally(
                this,
                IntStream.of(seats).boxed().toList(),
                IntStream.of(missing).boxed().toList());
    }

    /**
     * Whether no votes could ever meet them, as far as can be told without asking who is in a group.
     *
     * @param excluded whether a user may not vote
     * @return why, as one sentence without a full stop
     */
    @NonNull
    Optional<String> impossible(Predicate<String> excluded, UnaryOperator<String> key) {
        Set<String> users = new LinkedHashSet<>();
        for (Rule rule : all) {
            rule.names().stream()
                    .filter(who -> who.kind() == Who.Kind.USER && !excluded.test(who.name()))
                    .forEach(who -> users.add(key.apply(who.name())));
        }
        List<String> people = List.copyOf(users);
        int[] needed = all.stream()
                .mapToInt(rule -> isBounded(rule, excluded) ? rule.needed() : 0)
                .toArray();
        int[] seats = Matching.of(
                needed,
                people.size(),
                (person, rule) -> all.get(rule).names().stream()
                        .anyMatch(who -> who.kind() == Who.Kind.USER
                                && key.apply(who.name()).equals(people.get(person))));
        for (int i = 0; i < needed.length; i++) {
            int rule = i;
            long seated = IntStream.of(seats).filter(seat -> seat == rule).count();
            if (seated < needed[i]) {
                return Optional.of("'" + this + "' can never be met: for '" + all.get(i) + "' there "
                        + (seated == 1
                                ? "is only one person"
                                : seated == 0 ? "is nobody" : "are only " + seated + " people")
                        + " left"
                        + (namesExcluded(excluded) ? ", without those who asked for it or wrote the changes" : ""));
            }
        }
        return Optional.empty();
    }

    /** Whether it is known how many may vote for it: a name that may be a group's counts as one unless it is an excluded user's. */
    private static boolean isBounded(Rule rule, Predicate<String> excluded) {
        return rule.names().stream()
                .allMatch(who ->
                        who.kind() == Who.Kind.USER || who.kind() == Who.Kind.EITHER && excluded.test(who.name()));
    }

    private boolean namesExcluded(Predicate<String> excluded) {
        return all.stream()
                .flatMap(rule -> rule.names().stream())
                .anyMatch(who ->
                        (who.kind() == Who.Kind.USER || who.kind() == Who.Kind.EITHER) && excluded.test(who.name()));
    }

    /** As it is written: {@code 1 of qa and 2 of ops}. */
    @NonNull
    @JsonValue
    @Override
    public String toString() {
        return all.stream().map(Rule::toString).collect(Collectors.joining(" and "));
    }

    /**
     * Votes as they count.
     *
     * @param seats for each voter the rule that the vote counts for; -1 if it is not needed
     * @param missing for each rule how many votes it misses
     */
    record Tally(Rules rules, List<Integer> seats, List<Integer> missing) {

        boolean isMet() {
            return missing.stream().allMatch(votes -> votes == 0);
        }

        /** The rule that a voter's vote counts for, as it is written; empty for none. */
        @NonNull
        String ruleOf(int voter) {
            return seats.get(voter) < 0 ? "" : rules.all.get(seats.get(voter)).toString();
        }

        /** {@code 1 more of qa and 2 more of ops}; empty if nothing is missing. */
        @NonNull
        String missingText() {
            return IntStream.range(0, missing.size())
                    .filter(rule -> missing.get(rule) > 0)
                    .mapToObj(rule -> missing.get(rule) + " more of "
                            + rules.all.get(rule).whom())
                    .collect(Collectors.joining(" and "));
        }
    }
}
