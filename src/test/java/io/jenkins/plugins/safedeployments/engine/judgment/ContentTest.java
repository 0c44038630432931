package io.jenkins.plugins.safedeployments.engine.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.judgment.Ruling.Kind;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.Tested;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

/** What of a release is judged: which changes make votes void, and which don't. */
public class ContentTest {

    private static final Instant NOW = Instant.parse("2026-06-05T12:00:00Z");
    private static final Target TARGET = new Target("prod", "shop", "book");
    private static final Actor ACTOR = new Actor("jenkins/shop#1", "shop #1", "", "dev");
    private static final Actor OTHER = new Actor("jenkins/tests#9", "tests #9", "", "eve");

    private final Release ready =
            Release.begin(7, "book", ACTOR, plan(), NOW).enter(Phase.CANARY_READY, "ready", ACTOR, NOW);

    @Test
    public void testThatTurnsRedMakesVotesVoid() {
        Judgment voted = voted(tested(ready, "ping", ""));
        assertThat(voted.content().findings().tests(), contains("'ping' passed"));

        Ruling lapsed = voted.look(of(tested(ready, "ping", "exit code 1")));

        assertThat(lapsed.kind(), is(Kind.LAPSED));
        assertThat(
                lapsed.text(),
                is("What is judged has changed: test 'ping' failed. The votes of bob are void, and it is asked anew."));
        assertThat(lapsed.judgment().look(of(tested(ready, "ping", ""))).text(), containsString("test 'ping' passed"));
    }

    @Test
    public void furtherTestMakesVotesVoid() {
        Ruling lapsed = voted(tested(ready, "ping", "")).look(of(tested(tested(ready, "ping", ""), "load\n2", "slow")));

        assertThat(lapsed.text(), containsString("has changed: test 'load 2' failed. "));
    }

    @Test
    public void testThatEndsTheSameAgainChangesNothing() {
        Release failed = tested(ready, "ping", "exit code 1 in pod book-canary-6d5f-x2 after 3 s");
        Release again = failed.learn(
                failed.tested().with(new Tested.Result("ping", OTHER.id(), "exit code 1 in pod book-canary-6d5f-9q")),
                "again",
                OTHER,
                NOW.plusSeconds(60));

        assertThat(voted(failed).look(of(again)).kind(), is(Kind.RECORDED));
        assertThat(of(again).shown(), is(of(failed).shown()));
    }

    @Test
    public void evidenceThatIsCollectedMakesVotesVoidButNotTheSameAgain() {
        Judgment voted = voted(ready);
        Release kept = ready.with(ready.facts().withEvidence("https://j/job/shop/1/artifact/canary/book-7/x.html"));

        Ruling lapsed = voted.look(of(kept));

        assertThat(lapsed.kind(), is(Kind.LAPSED));
        assertThat(lapsed.text(), containsString("has changed: evidence was collected."));
        Release again = kept.with(kept.facts().withEvidence(kept.facts().evidence()));
        assertThat(lapsed.judgment().look(of(again)).kind(), is(Kind.RECORDED));
        Release elsewhere = kept.with(kept.facts().withEvidence("https://j/job/shop/2/artifact/canary/book-7/x.html"));
        assertThat(lapsed.judgment().look(of(elsewhere)).text(), containsString("the evidence is another"));
        assertThat(of(elsewhere).shown(), is(not(of(kept).shown())));
    }

    @Test
    public void whatWasFoundOutAboutAnotherReleaseIsNotSaidOfThisOne() {
        Release next = Release.begin(8, "book", ACTOR, plan(), NOW).enter(Phase.CANARY_READY, "ready", ACTOR, NOW);

        Ruling lapsed = voted(tested(ready, "ping", "")).look(of(tested(next, "ping", "no")));

        assertThat(lapsed.text(), containsString("has changed: it is release 8 instead of 7. "));
        assertThat(lapsed.judgment().content().findings().tests(), contains("'ping' failed"));
    }

    /** Asked by an earlier version, which kept nothing of tests and evidence. */
    @Test
    public void judgmentOfAnEarlierVersionDoesNotLapseByTheUpgrade() {
        String json = JudgmentJson.write(voted(ready)).replaceFirst(",\"findings\":\\{[^}]*}", "");
        assertThat(json, not(containsString("findings")));
        Judgment old = JudgmentJson.read(json);
        assertThat(old.content().findings(), is(nullValue()));

        assertThat(old.look(of(tested(ready, "ping", "no"))).kind(), is(Kind.RECORDED));

        Release gone = tested(ready, "ping", "no").enter(Phase.ROLLED_BACK, "no", ACTOR, NOW);
        Ruling lapsed = old.look(of(gone));
        assertThat(lapsed.text(), containsString("has changed: it is ROLLED_BACK instead of CANARY_READY."));
        assertThat(lapsed.judgment().content().findings().tests(), contains("'ping' failed"));
        assertThat(JudgmentJson.read(JudgmentJson.write(lapsed.judgment())), is(lapsed.judgment()));
    }

    /** Who has a page of before open is told to look again. */
    @Test
    public void whatMakesVotesVoidIsAnotherPage() {
        Release promoting = ready.enter(Phase.PROMOTING, "rolling", ACTOR, NOW);
        Release digested = ready.with(ready.facts().withDigests(List.of("sha256:" + "a".repeat(64))));

        for (Release changed : List.of(promoting, digested, tested(ready, "ping", ""))) {
            assertThat(voted(ready).look(of(changed)).kind(), is(Kind.LAPSED));
            assertThat(of(changed).shown(), is(not(of(ready).shown())));
        }
        assertThat(of(ready).shown(), is(of(ready).shown()));
    }

    @Test
    public void approvalOfAReleaseIsOneWhateverItsTestsSayLater() {
        assertThat(of(ready).isSameRelease(of(tested(ready, "ping", "no"))), is(true));
    }

    @Test
    public void peopleReadTheLabelOfAnOutcomeWithItsName() {
        List<Choice> choices = Choice.parse(List.of("continue", "rollback: Roll it back | Stable is untouched"));
        Terms terms = new Terms(
                "Go on?",
                choices,
                List.of(Rules.parse("approvers", "2 of qa")),
                false,
                true,
                NOW.plusSeconds(9),
                "rollback",
                0,
                null,
                List.of());
        Judgment one = vote(Judgment.ask("qa", terms, null, NOW), "bob", "rollback");

        assertThat(terms.title("continue"), is("continue"));
        assertThat(one.votesText(), is("bob for 'Roll it back (rollback)'"));
        Judgment two = vote(one, "carl", "continue");
        assertThat(
                two.missingText(NOW, id -> Optional.of(Played.of(id, "qa"))),
                is("1 more of qa for 'Roll it back (rollback)', or 1 more of qa for 'continue'"));
        Judgment decided = vote(one, "alice", "rollback");
        assertThat(decided.sentence(), is("'Roll it back (rollback)' was decided by bob, alice."));
        assertThat(decided.made().choice(), is("rollback"));
        assertThat(
                one.due(NOW.plusSeconds(9)).orElseThrow().judgment().sentence(),
                is(
                        "Nobody decided in time; the votes were bob for 'Roll it back (rollback)'. So it is 'Roll it back (rollback)'."));
    }

    private static Judgment vote(Judgment judgment, String user, String choice) {
        return judgment.vote(
                        Played.of(user, "qa"),
                        false,
                        new Vote(user, choice, "", NOW, Map.of()),
                        id -> Optional.of(Played.of(id, "qa")))
                .judgment();
    }

    private static Judgment voted(Release release) {
        Terms terms = new Terms(
                "Go on?",
                Choice.DEFAULT,
                List.of(Rules.parse("approvers", "2 of qa")),
                false,
                false,
                null,
                "",
                0,
                null,
                List.of());
        return vote(Judgment.ask("qa", terms, of(release), NOW), "bob", "continue");
    }

    private static Content of(Release release) {
        return Content.of(TARGET, release);
    }

    /** @param cause empty if it passed */
    private static Release tested(Release release, String name, String cause) {
        return release.learn(
                release.tested().with(new Tested.Result(name, OTHER.id(), cause)), "tested", OTHER, NOW.plusSeconds(5));
    }

    private static Plan plan() {
        Map<String, Object> deployment = Map.of("kind", "Deployment");
        return new Plan(
                "book:1.4",
                "",
                1,
                3,
                2,
                null,
                deployment,
                deployment,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                false);
    }
}
