import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** How long the worst inputs of 10 kB keep a condition busy: its text, or the value that it looks at. */
public final class ConditionTimes {

    /** Other work of the machine does not count. */
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private static final int SIZE = 10_000;

    private static final String[] PATTERNS = {
        "(a+)+$", "(a|aa)+$", "(a|a?)+$", "([a-z]+)*$", "(a*)*(a*)*(a*)*b", "(.*a){30}$", "a{0,60}a{0,30}x", "(.*.*=){25}",
        "(\\w+\\s?)*$", "((((a?){9}){9}))b", ".{0,80}.{0,15}b", "([ab]?){97}c", "(x|y|z|a|b|c|d|e|f|g|h|i|a)*$"
    };

    public static void main(String[] args) {
        List<long[]> all = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            List<long[]> times = new ArrayList<>();
            Random random = new Random(4711);
            for (String pattern : PATTERNS) {
                for (char c : new char[] {'a', 'b', ' ', '='}) {
                    String value = String.valueOf(c).repeat(SIZE - 1) + "!";
                    times.add(time("parameter('X') =~ '" + pattern + "'", value));
                }
            }
            for (String part : new String[] {"(", "not ", "branch = 'a' and ", "'", "a", "branch =~ '((((", "\u0000", "((a*)*"}) {
                times.add(time(part.repeat(SIZE / part.length()), ""));
                times.add(time("branch =~ '" + part.repeat(900 / part.length()), ""));
            }
            for (int i = 0; i < 2000; i++) {
                StringBuilder text = new StringBuilder();
                String signs = "ab()'=!~ andorbranch*+?{}[]\\|.^$";
                while (text.length() < (i % 2 == 0 ? SIZE : 900)) {
                    text.append(signs.charAt(random.nextInt(signs.length())));
                }
                times.add(time(text.toString(), ""));
            }
            all = times;
        }
        long[] sorted = all.stream().mapToLong(t -> t[0]).sorted().toArray();
        System.out.printf(
                "%d inputs, after warming up: median %.3f ms, 99%% %.3f ms, worst %.3f ms%n",
                sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }

    private static long[] time(String condition, String value) {
        long begin = CPU.getCurrentThreadCpuTime();
        try {
            Condition.parse(condition).check(subject -> value);
        } catch (UserException e) {
            // most of them are no good, which has to be found out as fast
        }
        return new long[] {CPU.getCurrentThreadCpuTime() - begin};
    }
}
