package io.jenkins.plugins.safedeployments.engine.notice;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import org.junit.Assert;
import org.junit.Test;

/** What is written to people. */
public class GateTextTest {

    private static final Instant NOON = Instant.parse("2026-06-05T12:00:00Z");

    static GateEvent.Builder event(GateEvent.Kind kind) {
        return GateEvent.of(kind, NOON, "qa", "shop » release #7")
                .runId("shop/release#7")
                .message("Is the canary healthy?\nLook at the dashboard first.")
                .release("addressbook", "1.4.2", "production/shop")
                .url("https://jenkins.example.com/job/shop/job/release/7/input/")
                .deciders("1 of qa and 2 of ops")
                .deadline(NOON.plusSeconds(2 * 3600));
    }

    @Test
    public void mailSaysWhatIsAskedWhereAndUntilWhen() {
        GateText text = new GateText(event(GateEvent.Kind.AWAITING).build());

        assertThat(text.subject(), is("Waiting for a decision: addressbook 1.4.2 to production/shop"));
        assertThat(
                text.plain(),
                is(("addressbook 1.4.2 to production/shop waits for a decision.\n"
                                + "\n"
                                + "    Is the canary healthy?\n"
                                + "    Look at the dashboard first.\n"
                                + "\n"
                                + "Decide here:\n"
                                + "https://jenkins.example.com/job/shop/job/release/7/input/\n"
                                + "\n"
                                + "Decide before: Fri 2026-06-05 14:00 UTC, in 2 h\n"
                                + "Who decides: 1 of qa and 2 of ops\n"
                                + "Application: addressbook\n"
                                + "Version: 1.4.2\n"
                                + "Target: production/shop\n"
                                + "Build: shop » release #7\n"
                                + "Gate: qa\n"
                                + "Asked at: Fri 2026-06-05 12:00 UTC\n"
                                + "\n"
                                + "The link opens a page in Jenkins on which you decide once you are logged in."
                                + " Opening it decides nothing.\n")
                        .replace("\n", "\r\n")));
    }

    @Test
    public void decisionSaysWhoAndWhy() {
        GateText text = new GateText(event(GateEvent.Kind.REJECTED)
                .decision("alice", "rollback", "Errors went up")
                .build());

        assertThat(text.subject(), is("Rejected: addressbook 1.4.2 to production/shop"));
        assertThat(text.sentence(), is("alice rejected addressbook 1.4.2 to production/shop: rollback."));
        assertThat(text.plain(), containsString("    Errors went up\r\n"));
        assertThat(text.plain(), containsString("See it here:\r\nhttps://jenkins"));
        assertThat(text.plain(), not(containsString("Decide before")));
        assertThat(
                text.brief(),
                is("alice rejected addressbook 1.4.2 to production/shop: rollback. “Errors went up”"
                        + " https://jenkins.example.com/job/shop/job/release/7/input/"));
    }

    @Test
    public void runStandsForAnApplicationThatIsNotKnown() {
        GateEvent event =
                GateEvent.of(GateEvent.Kind.TIMED_OUT, NOON, "qa", "release #7").build();

        assertThat(new GateText(event).subject(), is("Nobody decided in time: release #7"));
        assertThat(new GateText(event).sentence(), is("Nobody decided on release #7 in time."));
        assertThat(new GateText(event).html(), not(containsString("href")));
    }

    @Test
    public void everyKindHasWordsOfItsOwn() {
        java.util.Set<String> subjects = new java.util.HashSet<>();
        java.util.Set<String> sentences = new java.util.HashSet<>();
        for (GateEvent.Kind kind : GateEvent.Kind.values()) {
            GateText text = new GateText(event(kind).decision("alice", "", "").build());
            subjects.add(text.subject());
            sentences.add(text.sentence());
            assertThat(GateEvent.Kind.of(kind.word()), is(kind));
        }

        assertThat(subjects.size(), is(GateEvent.Kind.values().length));
        assertThat(sentences.size(), is(GateEvent.Kind.values().length));
    }

    @Test
    public void unknownEventIsRefusedWithThoseThereAre() {
        UserException refused =
                Assert.assertThrows(UserException.class, () -> GateEvent.Kind.of("timeout\r\nBcc: x@example.org"));

        assertThat(refused.getMessage(), containsString("'when' has 'timeout Bcc: x@example.org', but the events are"));
        assertThat(refused.getMessage(), containsString("awaiting, reminder, escalated"));
    }

    @Test
    public void subjectIsOneLineWhateverIsInTheNames() {
        GateEvent event = event(GateEvent.Kind.AWAITING)
                .release("a\r\nBcc: victim@example.org", "\u202e1.0\u2028X: y\0", "t".repeat(500))
                .build();

        String subject = new GateText(event).subject();

        assertThat(subject, startsWith("Waiting for a decision: a Bcc: victim@example.org 1.0 X: y"));
        assertThat(subject, endsWith("…"));
        assertThat(subject.matches("[^\\p{Cntrl}\\u2028\\u202e]+"), is(true));
        assertThat(subject.length(), lessThanOrEqualTo(200));
    }

    @Test
    public void htmlHasNothingOfOthersInIt() {
        GateEvent event = event(GateEvent.Kind.AWAITING)
                .message("<img src=x onerror=alert(1)>\n\"quoted\" & 'single'")
                .release("<b>", "</td>", "x")
                .url("https://jenkins.example.com/\"><script>")
                .build();

        String html = new GateText(event).html();

        assertThat(html, containsString("&lt;img src=x onerror=alert(1)&gt;<br>"));
        assertThat(html, containsString("&quot;quoted&quot; &amp; &#39;single&#39;"));
        assertThat(html, containsString("href=\"https://jenkins.example.com/&quot;&gt;&lt;script&gt;\""));
        assertThat(html.replaceAll("</?(html|head|body|p|blockquote|br|table|tr|td)>", ""), not(containsString("<b")));
        assertThat(html, not(containsString("<script")));
    }

    @Test
    public void longMessageIsCut() {
        GateEvent event =
                event(GateEvent.Kind.AWAITING).message("x".repeat(1_000_000)).build();

        assertThat(new GateText(event).plain().length(), lessThanOrEqualTo(3_000));
        assertThat(new GateText(event).html().length(), lessThanOrEqualTo(4_000));
    }

    @Test
    public void cutNeverHalvesACharacter() {
        String faces = "\ud83d\ude00".repeat(10);

        for (int longest = 3; longest < 12; longest++) {
            String cut = OneLine.of(faces, longest);
            assertThat(cut, cut.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff), is(true));
        }
    }

    @Test
    public void builderThatGoesOnDoesNotChangeWhatItHasBuilt() {
        GateEvent.Builder builder = event(GateEvent.Kind.AWAITING);
        GateEvent first = builder.build();
        GateEvent second = builder.message("other").build();

        assertThat(first.getMessage(), containsString("healthy"));
        assertThat(second.getMessage(), is("other"));
        assertThat(first.getId().equals(second.getId()), is(false));
    }
}
