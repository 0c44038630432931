package io.jenkins.plugins.safedeployments.engine.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.judgment.Decision.Decider;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision.How;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What the record of a release has of a judgment, and that nothing which people write can break a log or a page. */
public class DecisionLineTest {

    private static final Instant NOON = Instant.parse("2026-06-05T12:00:00Z");
    private static final Instant LATER = Instant.parse("2026-06-05T12:30:07Z");

    @Test
    public void saysForEachWhoDecidedByWhichRuleWhenAndWhy() {
        Map<String, Object> filledIn = new LinkedHashMap<>();
        filledIn.put("REPLICAS", 5);
        filledIn.put("why", "fewer\nerrors");

        String line = DecisionLine.of(decided(
                How.VOTES,
                "continue",
                List.of(
                        new Decider("alice", "looks\nfine", NOON, "1 of qa"),
                        new Decider("olga", "", LATER, "1 of ops")),
                filledIn,
                ""));

        assertThat(
                line,
                is("'continue' by alice (1 of qa, Fri 2026-06-05 12:00 UTC: looks fine), olga (1 of ops, Fri 2026-06-05"
                        + " 12:30:07 UTC); filled in: REPLICAS=5, why=fewer errors"));
    }

    @Test
    public void saysThatRulesWereOverriddenAndThatNobodyDecided() {
        List<Decider> admin = List.of(new Decider("admin", "all are ill", NOON, ""));

        assertThat(
                DecisionLine.of(decided(How.OVERRIDE, "continue", admin, Map.of(), "all are ill")),
                is("'continue' by admin (past the rules, Fri 2026-06-05 12:00 UTC: all are ill)"));
        assertThat(
                DecisionLine.of(decided(How.TIMEOUT, "stop", List.of(), Map.of(), "Nobody decided in time.")),
                is("'stop' by timeout (Fri 2026-06-05 12:30:07 UTC: Nobody decided in time.)"));
        assertThat(
                DecisionLine.of(decided(How.TIMEOUT, "", List.of(), Map.of(), "Nobody decided in time.")),
                is("no outcome by timeout (Fri 2026-06-05 12:30:07 UTC: Nobody decided in time.)"));
        assertThat(
                DecisionLine.of(decided(How.ABORTED, "", admin, Map.of(), "the build was stopped.")),
                is("withdrawn (Fri 2026-06-05 12:30:07 UTC: the build was stopped.)"));
    }

    /** The record has to fit into the cluster, whatever people write. */
    @Test
    public void staysShort() {
        List<Decider> crowd = Collections.nCopies(100, new Decider("alice", "word ".repeat(800), NOON, "100 of qa"));
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            values.put("P" + i, "word ".repeat(800));
        }

        String line = DecisionLine.of(decided(How.VOTES, "continue", crowd, values, ""));

        assertThat(line.length(), is(lessThan(25_000)));
        assertThat(line, containsString(" and 80 more; filled in: P0=word"));
        assertThat(line, endsWith("... and 80 more"));
    }

    @Test
    public void whatIsAskedForgesNoLineOfTheLogAndTurnsNoText() {
        Judgment judgment = Judgment.ask(
                "qa",
                terms(
                        "Go on?\r\n[judgment] 'continue' was decided\u001b[8m by\u202eolga",
                        "go: Do\nit\u202e | a\u0007b"),
                null,
                NOON);

        assertThat(judgment.question(), is("Go on? [judgment] 'continue' was decided [8m by olga"));
        assertThat(judgment.terms().message(), not(containsString("\u202e")));
        assertThat(judgment.terms().title("go"), is("Do it (go)"));
        assertThat(judgment.terms().choices().get(0).description(), is("a b"));
    }

    private static Judgment decided(
            How how, String choice, List<Decider> deciders, Map<String, Object> parameters, String reason) {
        Decision made = new Decision(how, choice, LATER, deciders, parameters, reason);
        return new Judgment("qa", terms("Go on?"), NOON, null, List.of(), NOON, false, made, List.of());
    }

    private static Terms terms(String message, String... choices) {
        return new Terms(
                message,
                Choice.parse(List.of(choices)),
                List.of(Rules.parse("approvers", "1 of qa and 1 of ops")),
                false,
                false,
                null,
                "",
                0,
                null,
                List.of());
    }
}
