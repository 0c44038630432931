package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import org.junit.Test;

public class CommandTestTest {

    @Test
    public void words_blanks_separate() {
        assertThat(CommandTest.words("  a\tb \n c "), contains("a", "b", "c"));
        assertThat(CommandTest.words(" "), is(empty()));
    }

    @Test
    public void words_quotes_holdTogether() {
        assertThat(CommandTest.words("sh -c 'echo \"a b\"' x\"y z\"w"), contains("sh", "-c", "echo \"a b\"", "xy zw"));
        assertThat(CommandTest.words("a '' \"\""), contains("a", "", ""));
        assertThat(CommandTest.words("\"it's\""), contains("it's"));
    }

    @Test
    public void words_backslash_takesTheNextCharacterAsItIs() {
        assertThat(CommandTest.words("a\\ b \\\"c \"\\\"\" 'a\\b' c\\"), contains("a b", "\"c", "\"", "a\\b", "c\\"));
    }

    @Test
    public void words_whatAShellWouldExpand_isLeftAlone() {
        assertThat(CommandTest.words("echo $HOME *.yml; a|b >c"), contains("echo", "$HOME", "*.yml;", "a|b", ">c"));
    }

    @Test
    public void words_quoteThatIsNotClosed_isRefused() {
        UserException refusal = assertThrows(UserException.class, () -> CommandTest.words("echo 'a b"));

        assertThat(refusal.getMessage(), is("A quote is not closed in the command: echo 'a b"));
    }

    @Test
    public void newTest_noCommand_isRefused() {
        for (List<String> command : List.of(List.<String>of(), List.of(" ", "x"))) {
            UserException refusal =
                    assertThrows(UserException.class, () -> new CommandTest(command, "", Duration.ofMinutes(1)));

            assertThat(refusal.getMessage(), containsString("'command' is empty"));
        }
    }

    @Test
    public void newTest_timeoutOutOfRange_isRefused() {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(86_401))) {
            UserException refusal =
                    assertThrows(UserException.class, () -> new CommandTest(List.of("a", "b"), "", timeout));

            assertThat(
                    refusal.getMessage(),
                    is("The timeout of the test 'a b' is " + timeout.toSeconds()
                            + " s: it must be more than nothing and at most a day."));
        }
    }

    @Test
    public void command_shell_getsTheLineAsItIs() {
        assertThat(CommandTest.command("a 'b c' && $d", true), contains("sh", "-c", "a 'b c' && $d"));
        assertThat(CommandTest.command("a 'b c'", false), contains("a", "b c"));
        assertThat(CommandTest.command(" ", true), is(empty()));
    }

    @Test
    public void newTest_migrationInAllPods_isRefused() {
        UserException refusal = assertThrows(
                UserException.class,
                () -> new CommandTest(List.of("migrate"), "", CanaryCheck.Pods.ALL, Duration.ofMinutes(1), true));

        assertThat(
                refusal.getMessage(),
                is("The migration 'migrate' is for all pods: it runs once, so leave 'pods' out or make it a test."));
    }
}
