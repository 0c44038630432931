package io.jenkins.plugins.safedeployments.engine.condition;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.fail;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.Test;

/** Patterns find what those of Java find, in a number of steps that is known beforehand. */
public class LinearPatternTest {

    private static final int PATTERNS = 20_000;

    @Test
    public void find_randomPatterns_likeJava() {
        Random random = new Random(4711);
        for (int i = 0; i < PATTERNS; i++) {
            String pattern = pattern(random, 3);
            Pattern java = Pattern.compile(pattern);
            LinearPattern ours;
            try {
                ours = LinearPattern.of(pattern);
            } catch (UserException e) {
                fail(pattern + ": " + e.getMessage());
                return;
            }
            for (int j = 0; j < 5; j++) {
                String text = text(random);
                assertThat(
                        pattern + " in '" + text + "'",
                        ours.find(text),
                        is(java.matcher(text).find()));
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(9);
        for (int i = 0; i < length; i++) {
            text.append("abcAB01_-. /".charAt(random.nextInt(12)));
        }
        return text.toString();
    }

    private static String pattern(Random random, int depth) {
        StringBuilder pattern = new StringBuilder();
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
            pattern.append(atom(random, depth));
            if (random.nextInt(3) == 0) {
                pattern.append(new String[] {"*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?"}[random.nextInt(8)]);
            }
        }
        return pattern.toString();
    }

    private static String atom(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0, 1, 2 -> String.valueOf("abcAB01_".charAt(random.nextInt(8)));
            case 3 -> new String[] {"[a-c]", "[^a0]", "[\\d_-]", "[\\w.]", "[A-Z0-9]", "[]a]"}[random.nextInt(6)];
            case 4 -> new String[] {"\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\.", "\\/"}[random.nextInt(8)];
            case 5 -> ".";
            case 6 -> new String[] {"(?:^)", "(?:$)", "(?:\\b)", "(?:\\B)"}[random.nextInt(4)];
            case 7 -> "(" + pattern(random, depth - 1) + ")";
            case 8 -> "(?:" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
            default -> "(" + pattern(random, depth - 1) + "|)";
        };
    }

    /** What takes Java's matcher exponential time, or a power of the length. */
    @Test
    public void find_catastrophicPatterns_takeLinearSteps() {
        String text = "a".repeat(10_000) + "!";
        for (String pattern : new String[] {
            "(a+)+$",
            "([a-z]+)*$",
            "(a|aa)+$",
            "(a|a?)+$",
            "(.*a){20}$",
            "(a*)*(a*)*(a*)*b",
            "a{0,90}x",
            "([ab]?){97}c",
            ".*.*.*=.*"
        }) {
            LinearPattern ours = LinearPattern.of(pattern);

            assertThat(pattern, ours.steps(text), lessThanOrEqualTo(2L * ours.size() * (text.length() + 1)));
        }
    }

    /** So much for the time of a condition, whatever it is: its patterns, and the values that it looks at, are bounded. */
    @Test
    public void size_ofAllPatternsOfACondition_isBounded() {
        UserException e =
                assertThrows(UserException.class, () -> Condition.parse("branch =~ 'a{0,60}' and tag =~ 'a{0,60}'"));

        assertThat(e.getMessage(), containsString("the condition's patterns are too big"));
        assertThrows(UserException.class, () -> LinearPattern.of("(a{20}){20}"));
    }

    @Test
    public void find_bothCases() {
        LinearPattern pattern = LinearPattern.of("(?i)^Hotfix-[a-c]");

        assertThat(pattern.find("HOTFIX-B"), is(true));
        assertThat(pattern.find("hotfix-d"), is(false));
    }

    @Test
    public void of_whatCouldTakeAnyTime_isRefused() {
        for (String pattern : new String[] {
            "(a)\\1", "(?=a)", "(?!a)", "(?<=a)b", "(?<n>a)", "a*+", "a**", "a{1000}", "(a{100}){100}",
                    "((){200}){200}",
            "(((((){200}){200}){200}){200}){200}", "\\p{L}", "a{2,1}", "[a", "a]", "a}", "*a", "x{", "\\", "[z-a]",
            "[\\D]", "[[a]]", "[a&&b]", "(".repeat(30) + ")".repeat(30), ")"
        }) {
            assertThrows(pattern, UserException.class, () -> LinearPattern.of(pattern));
        }
    }
}
