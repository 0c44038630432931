package io.jenkins.plugins.safedeployments.engine.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.judgment.Ruling.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.Test;

/** What votes, changes and time make of a judgment. */
public class JudgmentTest {

    private static final Instant NOW = Instant.parse("2026-06-05T12:00:00Z");

    private final Map<String, Played> realm = new HashMap<>();
    private final Played alice = person("alice", "qa", "ops");
    private final Played bob = person("bob", "qa");
    private final Played olga = person("olga", "ops");
    private final Played nobody = person("nobody");

    @Test
    public void defaultIsToContinueOrToStop() {
        Judgment judgment = ask("1 of qa");

        Ruling ruling = vote(judgment, bob, "continue");

        assertThat(ruling.kind(), is(Kind.DECIDED));
        assertThat(ruling.text(), is("'continue' was decided by bob (fine)."));
        assertThat(ruling.judgment().isApproved(), is(true));
        assertThat(ruling.judgment().decision().deciders().get(0).rule(), is("1 of qa"));
        assertThat(judgment.isDecided(), is(false));
    }

    @Test
    public void oneVoteToStopStops() {
        Ruling ruling = vote(ask("2 of qa and 2 of ops"), bob, "stop");

        assertThat(ruling.kind(), is(Kind.DECIDED));
        assertThat(ruling.judgment().isApproved(), is(false));
    }

    @Test
    public void allRulesHaveToBeMetByDifferentPeople() {
        Judgment judgment = ask("1 of qa and 1 of ops");

        Ruling first = vote(judgment, alice, "continue");
        assertThat(first.kind(), is(Kind.RECORDED));
        assertThat(first.text(), is("Your vote is recorded. It takes 1 more of ops."));

        Ruling again = vote(first.judgment(), alice, "continue");
        assertThat(again.kind(), is(Kind.RECORDED));
        assertThat(again.judgment().votes(), hasSize(1));

        // alice sat for qa, and makes room
        Ruling second = vote(again.judgment(), bob, "continue");
        assertThat(second.kind(), is(Kind.DECIDED));
        assertThat(second.judgment().decision().by(), is("alice, bob"));
        assertThat(second.judgment().decision().deciders().get(0).rule(), is("1 of ops"));
        assertThat(second.judgment().decision().deciders().get(1).rule(), is("1 of qa"));
    }

    @Test
    public void whoIsNotNamedMayNotVote() {
        Ruling ruling = vote(ask("1 of qa"), nobody, "continue");

        assertThat(ruling.kind(), is(Kind.FORBIDDEN));
        assertThat(ruling.text(), is("nobody may not decide this: it takes 1 of qa."));
        assertThat(vote(ask("1 of qa"), nobody, "stop").kind(), is(Kind.FORBIDDEN));
    }

    @Test
    public void requesterMayStopButNotApproveUnlessAllowed() {
        Judgment judgment = ask("1 of qa");

        assertThat(judgment.vote(bob, true, say(bob, "continue"), this::find).kind(), is(Kind.FORBIDDEN));
        assertThat(judgment.vote(bob, true, say(bob, "stop"), this::find).kind(), is(Kind.DECIDED));
        assertThat(
                Judgment.ask("qa", terms("1 of qa", true, false), null, NOW)
                        .vote(bob, true, say(bob, "continue"), this::find)
                        .kind(),
                is(Kind.DECIDED));
    }

    @Test
    public void choiceIsCompulsoryAndMustBeOffered() {
        assertThat(vote(ask("1 of qa"), bob, "").text(), is("Nothing was chosen: choose one of 'continue', 'stop'."));
        assertThat(vote(ask("1 of qa"), bob, "rollback").kind(), is(Kind.WRONG));
        assertThat(vote(ask("1 of qa"), bob, "rollback").text(), containsString("'rollback' is not offered"));
    }

    @Test
    public void onlyVotesForTheSameCountTogether() {
        Judgment judgment = Judgment.ask("qa", terms("2 of qa, ops", false, false, "continue", "rollback"), null, NOW);
        Judgment split = vote(vote(judgment, alice, "continue").judgment(), bob, "rollback")
                .judgment();
        assertThat(split.isDecided(), is(false));
        assertThat(
                split.missingText(NOW, this::find),
                is("1 more of qa, ops for 'continue', or 1 more of qa, ops for 'rollback'"));

        Ruling changed = vote(split, alice, "rollback");

        assertThat(changed.kind(), is(Kind.DECIDED));
        assertThat(changed.judgment().decision().choice(), is("rollback"));
        assertThat(changed.judgment().isApproved(), is(true));
    }

    @Test
    public void voteCanBeTakenBackUntilItIsDecided() {
        Judgment one = vote(ask("2 of qa"), bob, "continue").judgment();

        Ruling back = one.takeBack(bob);
        assertThat(back.kind(), is(Kind.RECORDED));
        assertThat(back.judgment().votes(), hasSize(0));
        assertThat(back.judgment().takeBack(bob).kind(), is(Kind.WRONG));

        Judgment decided = vote(one, alice, "continue").judgment();
        assertThat(decided.takeBack(bob).kind(), is(Kind.LATE));
    }

    @Test
    public void whatIsDecidedStays() {
        Judgment decided = vote(ask("1 of qa"), bob, "continue").judgment();

        for (Ruling late : List.of(
                vote(decided, alice, "stop"),
                decided.override(alice, say(alice, "stop")),
                decided.abort("eve", "why not", NOW),
                decided.takeBack(bob))) {
            assertThat(late.kind(), is(Kind.LATE));
            assertThat(late.text(), is("It is too late: 'continue' was decided by bob (fine)."));
            assertThat(late.judgment(), is(decided));
        }
        assertThat(decided.due(NOW.plus(Duration.ofDays(400))), is(Optional.empty()));
        assertThat(decided.nextDue(), is(Optional.empty()));
    }

    @Test
    public void whoLeftTheGroupOrJenkinsMeanwhileDoesNotCount() {
        Judgment one = vote(ask("2 of qa"), bob, "continue").judgment();

        realm.put("bob", Played.of("bob"));
        assertThat(vote(one, alice, "continue").kind(), is(Kind.RECORDED));

        realm.remove("bob");
        assertThat(vote(one, alice, "continue").kind(), is(Kind.RECORDED));

        realm.put("bob", bob);
        assertThat(vote(one, alice, "continue").kind(), is(Kind.DECIDED));
    }

    @Test
    public void demandedRulesAreMetByThemselves() {
        Terms terms = new Terms(
                "Go on?",
                Choice.DEFAULT,
                List.of(Rules.parse("approvers", "1 of qa"), Rules.parse("approvers", "2 of qa, ops")),
                false,
                false,
                null,
                "",
                0,
                null,
                List.of());
        Judgment one =
                vote(Judgment.ask("qa", terms, null, NOW), bob, "continue").judgment();
        assertThat(one.isDecided(), is(false));

        Ruling two = vote(one, olga, "continue");

        assertThat(two.kind(), is(Kind.DECIDED));
        assertThat(two.judgment().decision().deciders().get(0).rule(), is("1 of qa; 2 of qa, ops"));
        assertThat(two.judgment().decision().deciders().get(1).rule(), is("2 of qa, ops"));
    }

    @Test
    public void overrideTakesLeaveAndAReason() {
        Vote silent = new Vote("root", "continue", " ", NOW, Map.of());
        Vote reasoned = new Vote("root", "continue", "everybody is ill", NOW, Map.of());
        Played root = person("root");
        assertThat(ask("1 of qa").override(root, reasoned).kind(), is(Kind.FORBIDDEN));
        Judgment lenient = Judgment.ask("qa", terms("1 of qa", false, true), null, NOW);
        assertThat(lenient.override(root, silent).kind(), is(Kind.WRONG));

        Ruling ruling = lenient.override(root, reasoned);

        assertThat(ruling.kind(), is(Kind.DECIDED));
        assertThat(ruling.text(), is("'continue' was decided by root, who overrode the rules (everybody is ill)."));
    }

    @Test
    public void votesLapseWhenWhatIsJudgedChanges() {
        Content before = new Content(
                "shop", "shop in prod", 7, "shop:1.4", List.of("app=sha256:aa"), "11", "CANARY_READY", "", null);
        Content after = new Content(
                "shop", "shop in prod", 8, "shop:1.5", List.of("app=sha256:bb"), "22", "ROLLED_BACK", "", null);
        Judgment one = Judgment.ask("qa", terms("2 of qa", false, false), before, NOW)
                .vote(bob, false, say(bob, "continue"), this::find)
                .judgment();

        assertThat(one.look(before).judgment(), is(one));
        Ruling lapsed = one.look(after);

        assertThat(lapsed.kind(), is(Kind.LAPSED));
        assertThat(
                lapsed.text(),
                is(
                        "What is judged has changed: it is release 8 instead of 7, the image is shop:1.5 instead of shop:1.4,"
                                + " the pods run another digest of the image, it is ROLLED_BACK instead of CANARY_READY,"
                                + " the manifests are others. The votes of bob are void,"
                                + " and it is asked anew."));
        assertThat(lapsed.judgment().votes(), hasSize(0));
        assertThat(lapsed.judgment().content(), is(after));
    }

    @Test
    public void timeRemindsThenEscalatesThenEnds() {
        Terms terms = new Terms(
                "Go on?",
                Choice.DEFAULT,
                List.of(Rules.parse("approvers", "2 of qa")),
                false,
                false,
                NOW.plusSeconds(3600),
                "stop",
                600,
                NOW.plusSeconds(1500),
                Rules.parseNames("escalateTo", "olga"));
        Judgment judgment = Judgment.ask("qa", terms, null, NOW);
        List<String> happened = new ArrayList<>();
        assertThat(vote(judgment, olga, "continue").kind(), is(Kind.FORBIDDEN));
        while (judgment.nextDue().isPresent()) {
            Instant at = judgment.nextDue().get();
            assertThat(judgment.due(at.minusMillis(1)), is(Optional.empty()));
            Judgment.Due due = judgment.due(at).orElseThrow();
            happened.add(due.kind() + " " + Duration.between(NOW, at).toMinutes());
            judgment = due.judgment();
            if (due.kind() == Judgment.Due.Kind.ESCALATION) {
                assertThat(due.text(), is("From now on olga may decide, too."));
                Vote olgas = new Vote("olga", "continue", "", at, Map.of());
                assertThat(judgment.vote(olga, false, olgas, this::find).kind(), is(Kind.RECORDED));
            }
        }
        assertThat(
                happened,
                is(List.of(
                        "REMINDER 10",
                        "REMINDER 20",
                        "ESCALATION 25",
                        "REMINDER 35",
                        "REMINDER 45",
                        "REMINDER 55",
                        "TIMEOUT 60")));
        assertThat(judgment.decision().choice(), is("stop"));
        assertThat(judgment.sentence(), is("Nobody decided in time. So it is 'stop'."));
        assertThat(judgment.isApproved(), is(false));
    }

    @Test
    public void timeOutLetsNothingGoOnThatHasChanged() {
        Terms terms = new Terms(
                "Go on?",
                Choice.DEFAULT,
                List.of(Rules.parse("approvers", "2 of qa")),
                false,
                false,
                NOW.plusSeconds(60),
                "continue",
                0,
                null,
                List.of());
        Content before = new Content(
                "shop", "shop in prod", 7, "shop:1.4", List.of("app=sha256:aa"), "11", "CANARY_READY", "", null);
        Content after = new Content(
                "shop", "shop in prod", 7, "shop:1.4", List.of("app=sha256:aa"), "22", "CANARY_READY", "", null);
        Judgment judgment = Judgment.ask("qa", terms, before, NOW)
                .vote(bob, false, say(bob, "continue"), this::find)
                .judgment();
        Instant end = NOW.plusSeconds(60);
        assertThat(judgment.due(end).orElseThrow().goesOn(), is(true));

        Judgment changed = judgment.endChanged(after, end).judgment();
        Judgment unseen =
                judgment.endUnseen("The cluster does not answer.", end).judgment();

        assertThat(changed.isApproved(), is(false));
        assertThat(changed.votes(), hasSize(0));
        assertThat(
                changed.sentence(),
                is("Nobody decided in time, and what is judged has changed: the manifests are others. The votes of bob"
                        + " are void, and it does not go on."));
        assertThat(unseen.isApproved(), is(false));
        assertThat(
                unseen.sentence(),
                is("Nobody decided in time; the votes were bob for 'continue', and it does not go on, since it can't be"
                        + " seen whether it is still the same that is judged. The cluster does not answer."));
    }

    @Test
    public void missedRemindersAreMadeUpForByOne() {
        Terms terms =
                new Terms("Go on?", Choice.DEFAULT, List.of(Rules.ANYONE), true, false, null, "", 600, null, List.of());
        Judgment.Due due = Judgment.ask("qa", terms, null, NOW)
                .due(NOW.plusSeconds(10_000))
                .orElseThrow();

        assertThat(due.text(), is("It still waits for 1 of anyone."));
        assertThat(due.judgment().nextDue(), is(Optional.of(NOW.plusSeconds(10_600))));
    }

    @Test
    public void termsThatCanNeverBeMetAreRefused() {
        UserException thrown = assertThrows(
                UserException.class,
                () -> terms("1 of user:eve", false, false).check("eve"::equals, UnaryOperator.identity()));
        assertThat(thrown.getMessage(), containsString("'approvers' '1 of user:eve' can never be met"));
        assertThat(thrown.getMessage(), containsString("set 'allowRequester'"));
        terms("1 of user:eve", true, false).check("eve"::equals, UnaryOperator.identity());
    }

    @Test
    public void choicesAreReadFromLines() {
        List<Choice> choices = Choice.parse(List.of("continue", "rollback: Roll it back | Stable is untouched"));

        assertThat(choices, hasSize(3));
        assertThat(choices.get(0).label(), is("Continue"));
        assertThat(choices.get(1), is(new Choice("rollback", "Roll it back", "Stable is untouched")));
        assertThat(choices.get(2).stops(), is(true));
        assertThat(Choice.parse(List.of()), is(Choice.DEFAULT));
        assertThat(Choice.parse(List.of("stop: No", "go")).get(0).label(), is("No"));
        for (List<String> bad :
                List.of(List.of("a", "a"), List.of(""), List.of("a b"), List.of("stop"), List.of("<b>"))) {
            assertThrows(bad.toString(), UserException.class, () -> Choice.parse(bad));
        }
    }

    @Test
    public void commentsAreCleanedAndCut() {
        assertThat(comment("a\r\nBcc: b\u001b[31m\u202e"), is("a\nBcc: b [31m"));
        assertThat(comment("x".repeat(1_000_000)).length(), is(Vote.LONGEST_COMMENT));
    }

    @Test
    public void jsonIsReadAsItWasWritten() {
        Content content = new Content(
                "shop", "shop in prod", 7, "shop:1.4", List.of("app=sha256:aa"), "11", "CANARY_READY", "", null);
        Terms terms = new Terms(
                "Go on?",
                Choice.parse(List.of("go", "rollback: Back | far")),
                List.of(Rules.parse("approvers", "1 of 'a,b', group:qa"), Rules.ANYONE),
                true,
                true,
                NOW.plusSeconds(5),
                "stop",
                60,
                NOW.plusSeconds(2),
                Rules.parseNames("escalateTo", "ops, user:eve"));
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("percent", 20);
        parameters.put("why", "<b>");
        parameters.put("now", true);
        Judgment voted = Judgment.ask("qa", terms, content, NOW)
                .vote(bob, false, new Vote("bob", "go", "fine", NOW, parameters), this::find)
                .judgment();
        Judgment decided = voted.override(alice, say(alice, "rollback")).judgment();

        String json = JudgmentJson.write(decided);

        assertThat(JudgmentJson.read(json), is(decided));
        assertThat(JudgmentJson.write(JudgmentJson.read(json)), is(json));
        assertThat(JudgmentJson.read(JudgmentJson.write(voted)), is(voted));
        assertThat(json, containsString("\"at\":\"2026-06-05T12:00:00Z\""));
        assertThat(json, containsString("\"1 of 'a,b', group:qa\""));
        assertThrows(IllegalArgumentException.class, () -> JudgmentJson.read("{"));
    }

    /** Whatever is done in whatever order: it is decided by the first vote with which the latest votes suffice, and only then. */
    @Test
    public void decisionIsThatOfTheLatestVotes() {
        Random random = new Random(20260605);
        List<Played> all = List.of(alice, bob, olga, nobody, person("quentin", "qa"), person("oscar", "ops"));
        String[] choices = {"continue", "rollback", "stop"};
        int decided = 0;
        for (int i = 0; i < 3_000; i++) {
            String rules = new String[] {"1 of qa and 1 of ops", "2 of qa", "2 of qa, ops and 1 of ops", "3 of ops, qa"}
                    [random.nextInt(4)];
            Played requester = all.get(random.nextInt(all.size()));
            Judgment judgment = Judgment.ask("qa", terms(rules, false, false, "continue", "rollback"), null, NOW);
            Map<String, String> latest = new LinkedHashMap<>();
            for (int turn = 0; turn < 12 && !judgment.isDecided(); turn++) {
                Played person = all.get(random.nextInt(all.size()));
                Ruling ruling;
                if (random.nextInt(5) == 0) {
                    ruling = judgment.takeBack(person);
                    assertThat(ruling.kind(), is(latest.remove(person.id()) == null ? Kind.WRONG : Kind.RECORDED));
                } else {
                    String choice = choices[random.nextInt(40) == 0 ? 2 : random.nextInt(2)];
                    ruling = judgment.vote(person, person == requester, say(person, choice), this::find);
                    boolean named = person != nobody
                            && (!rules.equals("2 of qa") || person.groups().contains("qa"));
                    if (!named || person == requester && !choice.equals("stop")) {
                        assertThat(ruling.kind(), is(Kind.FORBIDDEN));
                    } else {
                        latest.remove(person.id());
                        latest.put(person.id(), choice);
                        boolean enough = choice.equals("stop") || suffices(rules, latest, choice);
                        assertThat(ruling.kind(), is(enough ? Kind.DECIDED : Kind.RECORDED));
                        assertThat(
                                ruling.judgment().decision() == null
                                        ? null
                                        : ruling.judgment().decision().choice(),
                                enough ? is(choice) : nullValue());
                    }
                }
                judgment = ruling.judgment();
            }
            decided += judgment.isDecided() ? 1 : 0;
        }
        assertThat(decided, not(is(0)));
        assertThat(decided, not(is(3_000)));
    }

    /** Written out for each of the four rules, with nothing of the code under test. */
    private boolean suffices(String rules, Map<String, String> latest, String choice) {
        long both = 0;
        long qa = 0;
        long ops = 0;
        for (Map.Entry<String, String> vote : latest.entrySet()) {
            if (vote.getValue().equals(choice)) {
                List<String> groups = List.copyOf(realm.get(vote.getKey()).groups());
                if (groups.size() == 2) {
                    both++;
                } else if (groups.contains("qa")) {
                    qa++;
                } else if (groups.contains("ops")) {
                    ops++;
                }
            }
        }
        long everybody = both + qa + ops;
        return switch (rules) {
            case "1 of qa and 1 of ops" -> qa + both >= 1 && ops + both >= 1 && everybody >= 2;
            case "2 of qa" -> qa + both >= 2;
            case "2 of qa, ops and 1 of ops" -> everybody >= 3 && ops + both >= 1;
            default -> everybody >= 3;
        };
    }

    private static String comment(String text) {
        return new Vote("x", "continue", text, NOW, Map.of()).comment();
    }

    private Optional<Played> find(String id) {
        return Optional.ofNullable(realm.get(id));
    }

    private Played person(String id, String... groups) {
        Played person = Played.of(id, groups);
        realm.put(id, person);
        return person;
    }

    private Ruling vote(Judgment judgment, Played person, String choice) {
        return judgment.vote(person, false, say(person, choice), this::find);
    }

    private static Vote say(Person person, String choice) {
        return new Vote(person.id(), choice, "fine", NOW, Map.of());
    }

    private static Judgment ask(String rules) {
        return Judgment.ask("qa", terms(rules, false, false), null, NOW);
    }

    private static Terms terms(String rules, boolean allowRequester, boolean allowOverride, String... choices) {
        return new Terms(
                "Go on?",
                Choice.parse(Arrays.asList(choices)),
                List.of(Rules.parse("approvers", rules)),
                allowRequester,
                allowOverride,
                null,
                "",
                0,
                null,
                List.of());
    }
}
