package io.jenkins.plugins.safedeployments.engine.condition;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.Test;

/** What is true of all conditions, tried on many that are made by chance, and always the same. */
public class ConditionPropertiesTest {

    private static final List<String> SUBJECTS = List.of(
            "branch",
            "tag",
            "pull_request",
            "app",
            "cluster",
            "namespace",
            "release",
            "result_reason",
            "judgment('qa')",
            "parameter('it''s')");
    private static final List<String> TEXTS = List.of("a", "b", "it's", "\"", "x y", "(", "and");

    /** A condition, and whether it holds, found out by other means. */
    private record Sample(String text, Predicate<Map<String, String>> holds) {}

    private final Random random = new Random(20_240_229);

    @Test
    public void parse_writtenOut_isTheSame() {
        for (int i = 0; i < 20_000; i++) {
            Sample sample = sample(3);
            Condition condition = Condition.parse(sample.text);

            assertThat(sample.text, Condition.parse(condition.toString()), is(condition));
        }
    }

    @Test
    public void check_isWhatTheTreeSays() {
        for (int i = 0; i < 20_000; i++) {
            Sample sample = sample(3);
            Map<String, String> values = new HashMap<>();
            for (String subject : SUBJECTS) {
                if (random.nextInt(3) > 0) {
                    values.put(subject, pick(TEXTS));
                }
            }

            Answer answer = Condition.parse(sample.text).check(subject -> values.get(subject.toString()));

            assertThat(sample.text + " with " + values, answer.holds(), is(sample.holds.test(values)));
            assertThat(sample.text, answer.why().length(), greaterThan(0));
        }
    }

    /** One character more, less or other than in a good condition: it is good again, or the message says where it is not. */
    @Test
    public void parse_mutilated_saysWhere() {
        String signs = "abr()'\"=!~ and0\\{[*+?|^$\n\u0000\u00e4\ud83d";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(sample(2).text);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, signs.charAt(random.nextInt(signs.length())));
                    default -> text.setCharAt(at, signs.charAt(random.nextInt(signs.length())));
                }
                if (text.length() == 0) {
                    text.append(' ');
                }
            }
            parseOrSay(text.toString());
        }
    }

    @Test
    public void parse_anything_endsWithATreeOrASentence() {
        String[] parts = {
            "(",
            ")",
            "and",
            "or",
            "not",
            "'",
            "''",
            "'a'",
            "\"",
            "branch",
            "result",
            "'passed'",
            "judgment",
            "=",
            "!=",
            "=~",
            "!~",
            "~",
            " ",
            "\t",
            "'(a*)*'",
            "'[a-'",
            "\\",
            "\u0000",
            "tag =~ '('"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(parts[random.nextInt(parts.length)]);
                text.append(random.nextBoolean() ? " " : "");
            }
            parseOrSay(text.toString());
        }
    }

    private static void parseOrSay(String text) {
        try {
            Condition.parse(text);
        } catch (UserException e) {
            assertThat(text, e.getMessage(), containsString("ondition"));
            assertThat(
                    text, e.getMessage().contains("at position ") || text.isBlank() || text.length() > 1000, is(true));
        }
    }

    private Sample sample(int depth) {
        int kind = random.nextInt(depth == 0 ? 1 : 5);
        if (kind <= 1) {
            return clause();
        }
        if (kind == 2) {
            Sample inner = sample(depth - 1);
            return new Sample("not (" + inner.text + ")", values -> !inner.holds.test(values));
        }
        boolean and = kind == 3;
        Sample left = sample(depth - 1);
        Sample right = sample(depth - 1);
        String word = and ? pick(List.of(" and ", " AND ")) : pick(List.of(" or ", " OR "));
        return new Sample(
                "(" + left.text + ")" + word + "(" + right.text + ")",
                values -> and
                        ? left.holds.test(values) && right.holds.test(values)
                        : left.holds.test(values) || right.holds.test(values));
    }

    private Sample clause() {
        String subject = pick(SUBJECTS);
        String text = pick(TEXTS);
        String written =
                random.nextBoolean() && !text.contains("\"") ? "\"" + text + "\"" : "'" + text.replace("'", "''") + "'";
        return switch (random.nextInt(4)) {
            case 0 -> new Sample(subject + "=" + written, values -> text.equals(values.get(subject)));
            case 1 -> new Sample(subject + " != " + written, values -> !text.equals(values.get(subject)));
            case 2 ->
                new Sample(
                        subject + " =~ '^[ab]$'",
                        values -> "a".equals(values.get(subject)) || "b".equals(values.get(subject)));
            default -> new Sample(subject + " !~ '.'", values -> values.get(subject) == null);
        };
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
