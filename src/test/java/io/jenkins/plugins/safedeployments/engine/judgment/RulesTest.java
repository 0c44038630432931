package io.jenkins.plugins.safedeployments.engine.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.Test;

/** How rules are written, and what of them can never be met. */
public class RulesTest {

    @Test
    public void textIsReadAndWritten() {
        assertThat(read("1 of qa and 2 of ops"), is("1 of qa and 2 of ops"));
        assertThat(read("qa"), is("1 of qa"));
        assertThat(read("qa or user:alice, group:ops"), is("1 of qa, user:alice, group:ops"));
        assertThat(read("2 of qa,ops"), is("2 of qa, ops"));
        assertThat(read("1 of qa\n\n2 OF ops AND 1 of eve\r\n"), is("1 of qa and 2 of ops and 1 of eve"));
        assertThat(read("2 of Release managers"), is("2 of Release managers"));
        assertThat(read("1 of 'a,b' and 1 of \"O'Hara\""), is("1 of 'a,b' and 1 of \"O'Hara\""));
        assertThat(read("group:'Research and development'"), is("1 of group:'Research and development'"));
        assertThat(read("2 of anyone"), is("2 of anyone"));
        assertThat(read("1 of 'anyone'"), is("1 of 'anyone'"));
        assertThat(read(""), is("1 of anyone"));
        assertThat(read("  \n "), is("1 of anyone"));
    }

    @Test
    public void quotedCommaNamesOnePersonOnly() {
        Rules rules = Rules.parse("approvers", "1 of 'a,b'");

        assertThat(rules.admit(Played.of("a")), is(false));
        assertThat(rules.admit(Played.of("b")), is(false));
        assertThat(rules.admit(Played.of("a,b")), is(true));
    }

    @Test
    public void userAndGroupOfTheSameNameAreToldApart() {
        assertThat(Rules.parse("approvers", "user:qa").admit(Played.of("bob", "qa")), is(false));
        assertThat(Rules.parse("approvers", "group:qa").admit(Played.of("qa")), is(false));
        assertThat(Rules.parse("approvers", "qa").admit(Played.of("qa")), is(true));
        assertThat(Rules.parse("approvers", "QA").admit(Played.of("bob", "qa")), is(true));
        assertThat(Rules.parse("approvers", "").admit(Played.of("bob", "qa")), is(false));
        assertThat(Rules.parse("approvers", "").admit(new Played("bob", Set.of(), true)), is(true));
    }

    @Test
    public void badTextIsSaidToBeBad() {
        bad("0 of qa", "0 is not between 1 and 50");
        bad("51 of qa", "51 is not between 1 and 50");
        bad("two of qa", "'two' is no number");
        bad("99999999999 of qa", "is no number");
        bad("2 of", "a name is missing");
        bad("qa,,ops", "a name is missing");
        bad("qa and", "a name is missing");
        bad("and qa", "a name is missing");
        bad("user:", "a name is missing");
        bad("1 of qa 2 of ops", "a number is only at the beginning of a rule");
        bad("1 of 'qa", "a quote has no end");
        bad("'qa' ops", "after a quote");
        bad("qa 'ops'", "before a quote");
        bad(", ", "a name is missing");
        bad("x".repeat(5000), "more than 4000 characters");
        bad("a and ".repeat(30) + "a", "more than 20 rules");
    }

    @Test
    public void whatCanNeverBeMetIsRefused() {
        assertThat(
                impossible("2 of user:alice"),
                is("'2 of user:alice' can never be met: for '2 of user:alice' there is only one person left"));
        assertThat(
                impossible("1 of user:alice and 1 of user:alice"),
                containsString("for '1 of user:alice' there is nobody left"));
        assertThat(
                impossible("1 of user:eve"),
                is(
                        "'1 of user:eve' can never be met: for '1 of user:eve' there is nobody left, without those who asked for it"
                                + " or wrote the changes"));
        assertThat(impossible("2 of user:alice, user:Alice"), containsString("there is only one person left"));
        assertThat(impossible("1 of eve"), containsString("there is nobody left"));
        assertThat(impossible("2 of user:eve, user:alice"), containsString("only one person"));
        for (String good : List.of(
                "1 of user:alice and 1 of user:alice, user:bob",
                "2 of alice",
                "1 of eve, qa",
                "1 of group:eve",
                "5 of anyone",
                "1 of user:alice and 3 of group:qa, user:alice")) {
            assertThat(
                    good,
                    Rules.parse("approvers", good).impossible("eve"::equals, name -> name.toLowerCase(Locale.ROOT)),
                    is(Optional.empty()));
        }
    }

    private static String impossible(String text) {
        return Rules.parse("approvers", text)
                .impossible("eve"::equals, name -> name.toLowerCase(Locale.ROOT))
                .orElseThrow();
    }

    private static String read(String text) {
        String written = Rules.parse("approvers", text).toString();
        assertThat(Rules.parse("approvers", written).toString(), is(written));
        return written;
    }

    private static void bad(String text, String why) {
        UserException thrown = assertThrows(text, UserException.class, () -> Rules.parse("approvers", text));
        assertThat(thrown.getMessage(), containsString(why));
        assertThat(thrown.getMessage(), containsString("write it like '1 of qa and 2 of ops, user:alice'"));
    }
}
