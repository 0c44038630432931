package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A window, or a freeze: rules, exceptions from them, and for people a name and a reason. It is written in one line, which
 * {@link #toString()} gives back:
 *
 * <pre>Christmas: yearly 12-24..12-26; yearly 12-31 except 2026-12-31 09:00-12:00 because nobody is in the office</pre>
 */
public final class CalendarEntry {

    private static final Pattern NAMED = Pattern.compile("([^:;]{1,100}): (.*)");
    private static final Pattern ZONED = Pattern.compile("(.*\\S) in (\\S+)");
    private static final String BECAUSE = " because ";
    private static final String EXCEPT = " except ";

    private final String name;
    private final List<ZonedRule> rules;
    private final List<ZonedRule> exceptions;
    private final String reason;

    private CalendarEntry(String name, List<ZonedRule> rules, List<ZonedRule> exceptions, String reason) {
        this.name = name;
        this.rules = List.copyOf(rules);
        this.exceptions = List.copyOf(exceptions);
        this.reason = reason;
    }

    /** A rule in a zone of its own, or in that of the calendar. */
    record ZonedRule(Rule rule, @CheckForNull ZoneId zone) {

        TimeSet in(ZoneId calendars, Function<ZoneId, LocalClock> clocks) {
            return rule.in(zone == null ? calendars : zone, clocks);
        }

        @Override
        public String toString() {
            return rule + (zone == null ? "" : " in " + zone);
        }
    }

    /**
     * @param parameter what it was given as, for messages
     * @throws io.jenkins.plugins.safedeployments.engine.model.UserException if it can't be understood; says which part, and
     *     what to write
     */
    @NonNull
    public static CalendarEntry parse(String parameter, String text) {
        String line = text == null ? "" : text.strip();
        Refusal refusal = new Refusal(parameter, line);
        if (line.chars().anyMatch(Character::isISOControl)) {
            throw refusal.because(
                    "it must be one line without control characters; write each window or freeze as its own.");
        }
        if (line.endsWith(BECAUSE.stripTrailing())) {
            throw refusal.because("the reason is missing after 'because'.");
        }
        int because = line.indexOf(BECAUSE);
        String head = because < 0 ? line : line.substring(0, because);
        String reason =
                because < 0 ? "" : line.substring(because + BECAUSE.length()).strip();
        Matcher named = NAMED.matcher(head);
        String name = "";
        if (named.matches()) {
            name = named.group(1).strip();
            head = named.group(2);
        }
        String[] parts = head.split(EXCEPT, -1);
        if (parts.length > 2) {
            throw refusal.because("it has 'except' twice; separate several exceptions by ';'.");
        }
        return new CalendarEntry(
                name, rules(parts[0], refusal), parts.length == 1 ? List.of() : rules(parts[1], refusal), reason);
    }

    /**
     * What {@code days}, {@code from} and {@code to} say together.
     *
     * @param days weekdays like {@code Mon-Fri}; empty or null for all
     * @param from start, empty or null together with {@code to} for whole days
     */
    @NonNull
    public static CalendarEntry ofTimes(@CheckForNull String days, @CheckForNull String from, @CheckForNull String to) {
        List<DayFilter> filters = new ArrayList<>();
        if (!isBlank(days)) {
            DayFilter.Weekdays weekdays = weekdays(days);
            if (Long.bitCount(weekdays.days()) < 7) {
                filters.add(weekdays);
            }
        }
        Slot.Times times = Slot.Times.WHOLE_DAY;
        if (!isBlank(from) || !isBlank(to)) {
            int start = time("from", from, "to", to);
            int end = time("to", to, "from", from);
            times = new Slot.Times(start, end <= start ? end + Slot.MINUTES : end);
        }
        Rule rule = new Rule.Days(List.copyOf(filters), List.of(times));
        return new CalendarEntry("", List.of(new ZonedRule(rule, null)), List.of(), "");
    }

    private static DayFilter.Weekdays weekdays(String text) {
        String word = text.strip().replaceAll("\\s*([,-])\\s*", "$1").replaceAll("\\s+", ",");
        return new RuleWords(new Refusal("days", text.strip())).weekdays(word);
    }

    private static int time(String parameter, String text, String otherParameter, String other) {
        if (isBlank(text)) {
            throw new Refusal(otherParameter, other).because("'" + parameter + "' is missing; give both, or neither.");
        }
        return new RuleWords(new Refusal(parameter, text.strip())).time(text.strip(), parameter.equals("to"));
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static List<ZonedRule> rules(String text, Refusal refusal) {
        List<ZonedRule> rules = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            Matcher zoned = ZONED.matcher(part.strip());
            if (!zoned.matches()) {
                rules.add(new ZonedRule(RuleParser.parse(part, refusal), null));
                continue;
            }
            String zone = zoned.group(2);
            if (!Zones.isName(zone)) {
                throw refusal.because("'" + zone + "' is no name of a time zone" + Zones.hint(zone) + ".");
            }
            rules.add(new ZonedRule(RuleParser.parse(zoned.group(1), refusal), ZoneId.of(zone)));
        }
        return rules;
    }

    /** When it applies. */
    TimeSet in(ZoneId zone, Function<ZoneId, LocalClock> clocks) {
        return TimeSet.union(sets(rules, zone, clocks)).minus(sets(exceptions, zone, clocks));
    }

    static List<TimeSet> sets(List<ZonedRule> rules, ZoneId zone, Function<ZoneId, LocalClock> clocks) {
        return rules.stream().map(rule -> rule.in(zone, clocks)).toList();
    }

    /** Empty if it has none. */
    @NonNull
    public String name() {
        return name;
    }

    /** Empty if none was given. */
    @NonNull
    public String reason() {
        return reason;
    }

    List<ZonedRule> rules() {
        return rules;
    }

    List<ZonedRule> exceptions() {
        return exceptions;
    }

    /** When it applies, in words that can be parsed: all but name and reason. */
    @NonNull
    public String when() {
        return text(rules) + (exceptions.isEmpty() ? "" : EXCEPT + text(exceptions));
    }

    private static String text(List<ZonedRule> rules) {
        return rules.stream().map(ZonedRule::toString).collect(Collectors.joining("; "));
    }

    @Override
    public String toString() {
        return (name.isEmpty() ? "" : name + ": ") + when() + (reason.isEmpty() ? "" : BECAUSE + reason);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CalendarEntry && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
