package io.jenkins.plugins.safedeployments.engine.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.Test;

/** Votes are counted as somebody would who tries all ways to seat the voters. */
public class RulesPropertiesTest {

    private static final int CASES = Integer.getInteger("judgmentCases", 20_000);
    private static final long SEED = Long.getLong("seed", 20260605L);
    private static final String[] USERS = {"ann", "bob", "cy", "dee", "eli", "fay"};
    private static final String[] GROUPS = {"qa", "ops", "sec"};

    @Test
    public void rulesAreMetIfThereIsAnyWayToSeatTheVoters() {
        Random random = new Random(SEED);
        int met = 0;
        for (int i = 0; i < CASES; i++) {
            Rules rules = rules(random);
            List<Played> voters = voters(random);
            Rules.Tally tally = rules.tally(voters);

            int most = mostSeated(rules, voters, 0, new int[rules.all().size()]);
            int needed = rules.all().stream().mapToInt(Rule::needed).sum();
            String what = "case " + i + ": " + rules + " by " + voters;
            assertThat(what, tally.isMet(), is(most == needed));
            assertThat(what, tally.missing().stream().mapToInt(n -> n).sum(), is(needed - most));
            assertValid(what, rules, voters, tally);
            assertThat(what, tally.missingText().isEmpty(), is(tally.isMet()));
            met += tally.isMet() ? 1 : 0;
        }
        // of both enough that the comparison means something
        assertThat(met, greaterThan(CASES / 10));
        assertThat(met, lessThan(CASES * 9 / 10));
    }

    @Test
    public void orderDoesNotMatterAndMoreVotersNeverHurt() {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < CASES / 10; i++) {
            Rules rules = rules(random);
            List<Played> voters = voters(random);
            boolean met = rules.tally(voters).isMet();
            List<Played> shuffled = new ArrayList<>(voters);
            Collections.shuffle(shuffled, random);
            List<Rule> turned = new ArrayList<>(rules.all());
            Collections.shuffle(turned, random);
            assertThat(new Rules(turned).tally(shuffled).isMet(), is(met));
            if (met) {
                shuffled.add(Played.of("zoe", "qa"));
                assertThat(rules.tally(shuffled).isMet(), is(true));
            }
        }
    }

    /** What is refused at once could not have been met by anybody that the names allow. */
    @Test
    public void impossibleRulesAreNeverMet() {
        Random random = new Random(SEED + 2);
        int impossible = 0;
        for (int i = 0; i < CASES; i++) {
            Rules rules = rules(random);
            Set<String> excluded = random.nextBoolean() ? Set.of("ann") : Set.of();
            if (rules.impossible(excluded::contains, UnaryOperator.identity()).isPresent()) {
                impossible++;
                List<Played> everybody = new ArrayList<>();
                for (String user : USERS) {
                    if (!excluded.contains(user)) {
                        everybody.add(Played.of(user, GROUPS));
                    }
                }
                assertThat(
                        rules + " without " + excluded, rules.tally(everybody).isMet(), is(false));
            }
        }
        assertThat(impossible, greaterThan(CASES / 100));
    }

    /** One who is in all groups first takes any seat, and must make room for those who fit on that one only. */
    @Test
    public void whoFitsOnSeveralMakesRoom() {
        Rules rules = Rules.parse("approvers", "1 of qa and 1 of ops and 1 of sec");
        List<Played> voters =
                List.of(Played.of("all", "qa", "ops", "sec"), Played.of("two", "qa", "ops"), Played.of("one", "qa"));

        assertThat(rules.tally(voters).isMet(), is(true));
        assertThat(rules.tally(voters).ruleOf(0), is("1 of sec"));
        assertThat(rules.tally(voters).ruleOf(1), is("1 of ops"));
        assertThat(rules.tally(voters).ruleOf(2), is("1 of qa"));
        assertThat(
                rules.tally(voters.subList(0, 2)).missing().stream()
                        .mapToInt(n -> n)
                        .sum(),
                is(1));
    }

    private static void assertValid(String what, Rules rules, List<Played> voters, Rules.Tally tally) {
        int[] seated = new int[rules.all().size()];
        for (int voter = 0; voter < voters.size(); voter++) {
            int seat = tally.seats().get(voter);
            if (seat >= 0) {
                assertThat(what, rules.all().get(seat).admits(voters.get(voter)), is(true));
                seated[seat]++;
            }
        }
        for (int rule = 0; rule < seated.length; rule++) {
            assertThat(
                    what,
                    seated[rule] + tally.missing().get(rule),
                    is(rules.all().get(rule).needed()));
        }
    }

    /** Tries everything. */
    private static int mostSeated(Rules rules, List<Played> voters, int voter, int[] seated) {
        if (voter == voters.size()) {
            return 0;
        }
        int most = mostSeated(rules, voters, voter + 1, seated);
        for (int rule = 0; rule < seated.length; rule++) {
            Rule seat = rules.all().get(rule);
            if (seated[rule] < seat.needed() && seat.names().stream().anyMatch(who -> names(who, voters.get(voter)))) {
                seated[rule]++;
                most = Math.max(most, 1 + mostSeated(rules, voters, voter + 1, seated));
                seated[rule]--;
            }
        }
        return most;
    }

    private static boolean names(Who who, Played person) {
        String text = who.toString();
        if (text.startsWith("user:")) {
            return text.equals("user:" + person.id());
        }
        if (text.startsWith("group:")) {
            return person.groups().contains(text.substring(6));
        }
        return text.equals(person.id()) || person.groups().contains(text);
    }

    private static Rules rules(Random random) {
        List<String> rules = new ArrayList<>();
        int size = 1 + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            Set<String> names = new HashSet<>();
            int count = 1 + random.nextInt(3);
            for (int n = 0; n < count; n++) {
                names.add(
                        random.nextInt(3) == 0
                                ? (random.nextBoolean() ? "user:" : "") + USERS[random.nextInt(USERS.length)]
                                : (random.nextBoolean() ? "group:" : "") + GROUPS[random.nextInt(GROUPS.length)]);
            }
            if (random.nextInt(4) == 0) {
                names.removeIf(name -> !name.startsWith("user:"));
                names.add("user:" + USERS[random.nextInt(3)]);
            }
            rules.add((1 + random.nextInt(2)) + " of " + String.join(", ", names));
        }
        return Rules.parse("approvers", String.join(" and ", rules));
    }

    private static List<Played> voters(Random random) {
        List<Played> voters = new ArrayList<>();
        for (String user : USERS) {
            if (random.nextInt(3) > 0) {
                List<String> groups = new ArrayList<>(List.of(GROUPS));
                groups.removeIf(group -> random.nextInt(5) < 2);
                voters.add(Played.of(user, groups.toArray(new String[0])));
            }
        }
        Collections.shuffle(voters, random);
        return voters;
    }
}
