package io.jenkins.plugins.safedeployments.engine.rollout;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.Test;

public class MessagesTest {

    @Test
    public void shortMessage_isOneLine() {
        assertThat(Messages.shortened(" Back-off\n  pulling image "), is("Back-off pulling image"));
    }

    @Test
    public void longMessage_isCutBetweenWords() {
        String word = "x".repeat(99);

        assertThat(Messages.shortened((word + " ").repeat(3) + "y"), is(word + " " + word + " " + word + "..."));
    }

    @Test
    public void oneLongWord_isLeftOut() {
        assertThat(Messages.shortened("x".repeat(301)), is("..."));
    }
}
