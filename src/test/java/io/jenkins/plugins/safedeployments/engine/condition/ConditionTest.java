package io.jenkins.plugins.safedeployments.engine.condition;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What conditions mean, how they explain themselves, and what is said of those that are no good. */
public class ConditionTest {

    private static final String CANARY = "result = 'passed' and (branch = 'master' or tag =~ '^hotfix*')";

    @Test
    public void chaptersConditions_mean_whatTheChapterSays() {
        assertThat(holds(CANARY, Map.of("result", "SUCCESS", "branch", "master")), is(true));
        assertThat(holds(CANARY, Map.of("result", "SUCCESS", "tag", "hotfix-12")), is(true));
        assertThat(holds(CANARY, Map.of("result", "SUCCESS", "branch", "setup-semaphore")), is(false));
        assertThat(holds(CANARY, Map.of("result", "FAILURE", "branch", "master")), is(false));
        assertThat(holds("result = 'failed'", Map.of("result", "FAILURE")), is(true));
        assertThat(holds("result = 'failed'", Map.of("result", "SUCCESS")), is(false));
    }

    @Test
    public void preconditionOfTheCodelab() {
        String condition = "parameter('Pipeline Successful') = 'true'";

        assertThat(holds(condition, Map.of("parameter('Pipeline Successful')", "true")), is(true));
        assertThat(
                why(condition, Map.of("parameter('Pipeline Successful')", "false")),
                is("parameter('Pipeline Successful') = 'false', needed 'true'"));
    }

    /** The footnote: why the automatic promotion has not happened. */
    @Test
    public void why_otherBranch_namesTheActualAndTheNeeded() {
        assertThat(
                why(
                        "result = 'passed' and branch = 'master'",
                        Map.of("result", "SUCCESS", "branch", "setup-semaphore")),
                is("branch = 'setup-semaphore', needed 'master'"));
        assertThat(
                why(CANARY, Map.of("result", "SUCCESS", "branch", "setup-semaphore")),
                is(
                        "branch = 'setup-semaphore', needed 'master'; and tag is not set, needed one that matches '^hotfix*';"
                                + " one of these is enough"));
        assertThat(
                why(CANARY, Map.of("result", "FAILURE", "branch", "x")),
                is(
                        "result = 'failed', needed 'passed'; and (branch = 'x', needed 'master'; and tag is not set, needed one"
                                + " that matches '^hotfix*'; one of these is enough)"));
    }

    @Test
    public void why_holds_namesWhatDecided() {
        assertThat(
                why(CANARY, Map.of("result", "passed", "tag", "hotfix-1", "branch", "x")),
                is("result = 'passed'; and tag = 'hotfix-1', which matches '^hotfix*'"));
        assertThat(why("branch != 'master'", Map.of()), is("branch is not set, not 'master'"));
        assertThat(why("tag !~ '.'", Map.of()), is("tag is not set, which does not match '.'"));
    }

    @Test
    public void not_turnsWhatIsNeeded() {
        assertThat(why("not branch = 'master'", Map.of("branch", "master")), is("branch = 'master', needed another"));
        assertThat(
                why("not (branch = 'a' or tag =~ 'b')", Map.of("branch", "a", "tag", "b")),
                is("branch = 'a', needed another; and tag = 'b', needed one that does not match 'b'"));
        assertThat(holds("NOT NOT branch = 'a'", Map.of("branch", "a")), is(true));
    }

    @Test
    public void clauses_areAllTold() {
        Answer answer = Condition.parse("result = 'failed' or branch = 'x'").check(of(Map.of("result", "FAILURE")));

        assertThat(answer.clauses().get(0).text(), is("result = 'failed': yes, it is 'failed'"));
        assertThat(answer.clauses().get(1).text(), is("branch = 'x': no, it is not set"));
        assertThat(
                answer.lines(),
                is(List.of("  result = 'failed': yes, it is 'failed'", "  branch = 'x': no, it is not set")));
    }

    @Test
    public void words_areKnownInUpperCaseToo() {
        assertThat(
                Condition.parse("RESULT = 'PASSED' AND (BRANCH = \"it's\" OR NOT TAG =~ 'x')")
                        .toString(),
                is("result = 'PASSED' and (branch = 'it''s' or not tag =~ 'x')"));
    }

    @Test
    public void result_isKnownInBothVocabularies() {
        assertThat(holds("result = 'stopped'", Map.of("result", "ABORTED")), is(true));
        assertThat(holds("result = 'ABORTED'", Map.of("result", "ABORTED")), is(true));
        assertThat(holds("result = 'canceled'", Map.of("result", "NOT_BUILT")), is(true));
        assertThat(holds("result = 'failed'", Map.of("result", "UNSTABLE")), is(false));
        assertThat(holds("result =~ '^(failed|UNSTABLE)$'", Map.of("result", "UNSTABLE")), is(true));
    }

    @Test
    public void mixed_showsBothReadings() {
        assertThat(
                error("branch = 'a' or tag = 'b' and result = 'passed' and app = 'd'"),
                is(
                        "The condition is no good at position 27: 'and' and 'or' are mixed. Say with parentheses what is meant:"
                                + " branch = 'a' or (tag = 'b' and result = 'passed' and app = 'd'), or: (branch = 'a' or tag ="
                                + " 'b') and result = 'passed' and app = 'd'"));
    }

    @Test
    public void bad_namesPositionAndRemedy() {
        assertThat(error("brnch = 'a'"), containsString("position 1: 'brnch' is no known word: write one of result, "));
        assertThat(error("branch == 'a'"), containsString("position 8: '==' means nothing here: write '='."));
        assertThat(
                error("branch = 'a' && tag = 'b'"),
                containsString("position 14: '&&' means nothing here: write 'and'."));
        assertThat(
                error("branch = master"),
                containsString(
                        "position 10: expected a text in quotes after =, but there is" + " 'master'. Write 'master'."));
        assertThat(error("branch = ''"), containsString("To ask whether there is no branch, write branch !~ '.'"));
        assertThat(error("branch = 'a"), containsString("position 10: the text that begins here has no end"));
        assertThat(
                error("result = 'faild'"), containsString("position 10: 'faild' is no result: write one of passed, "));
        assertThat(error("(branch = 'a'"), containsString("the ')' for the '(' at position 1, but there is the end."));
        assertThat(error("branch = 'a')"), containsString("position 13: there is no '(' for this ')'"));
        assertThat(error("branch = 'a' tag = 'b'"), containsString("position 14: expected 'and', 'or' or the end"));
        assertThat(error("and branch = 'a'"), containsString("position 1: expected one of result, "));
        assertThat(error("judgment = 'a'"), containsString("write judgment('qa')."));
        assertThat(error("parameter('') = 'a'"), containsString("write parameter('TAG')."));
        assertThat(error(" "), containsString("The condition is empty"));
        assertThat(error("branch 'a'"), containsString("position 8: expected =, !=, =~ or !~ after branch"));
        assertThat(error("(".repeat(50)), containsString("nested more than 20 deep"));
        assertThat(error("not ".repeat(50) + "branch = 'a'"), containsString("nested more than 20 deep"));
        assertThat(error("branch = '" + "a".repeat(1000) + "'"), containsString("1011 characters: 1000 are the most"));
        assertThat(
                error("branch =~ '(a'"),
                containsString("position 11: the pattern '(a' is no good: the '(' at its character 1 is not closed"));
        assertThat(error("branch =~ '(a+)\\1'"), containsString("since references to groups could take any time"));
    }

    /** Other expression languages are no way in. */
    @Test
    public void scripts_areRefused() {
        for (String script : new String[] {
            "${ parameters[\"Pipeline Successful\"].equals(\"true\") }",
            "T(java.lang.Runtime).getRuntime().exec('id')",
            "''.class.forName('java.lang.Runtime')",
            "#{7*7}",
            "'id'.execute()",
            "new ProcessBuilder('id').start()",
            "jenkins.model.Jenkins.instance.doSafeExit()",
            "result = 'passed'; System.exit(0)",
            "@groovy.transform.ASTTest(value={assert true}) def x"
        }) {
            assertThrows(script, UserException.class, () -> Condition.parse(script));
        }
    }

    @Test
    public void value_tooLong_isNotLookedAt() {
        Condition condition = Condition.parse("parameter('X') =~ 'a'");

        UserException e = assertThrows(
                UserException.class, () -> condition.check(subject -> "b".repeat(Condition.MAX_VALUE + 1)));

        assertThat(
                e.getMessage(),
                is("The value of parameter('X') has 10001 characters: a condition looks at 10000 at the" + " most."));
    }

    private static String error(String condition) {
        return assertThrows(condition, UserException.class, () -> Condition.parse(condition))
                .getMessage();
    }

    private static boolean holds(String condition, Map<String, String> values) {
        return Condition.parse(condition).check(of(values)).holds();
    }

    private static String why(String condition, Map<String, String> values) {
        return Condition.parse(condition).check(of(values)).why();
    }

    private static Values of(Map<String, String> values) {
        return subject -> values.get(subject.toString());
    }
}
