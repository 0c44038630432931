package io.jenkins.plugins.safedeployments.engine.calendar;

import io.jenkins.plugins.safedeployments.engine.calendar.Slot.Times;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one rule. Its parts are separated by blanks; each part selects fewer days, and what has ':' is a time. */
final class RuleParser {

    private static final String FORMS = "write it like 'Mon-Fri 09:00-17:00', '2026-12-24..2027-01-02', 'yearly"
            + " 12-24..12-26', '3rd Thu of Nov', 'monthly 1,last' or 'cron 0 22 * * 5 for 4h'.";
    private static final Pattern SPAN =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d)\\.\\.(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d)");
    private static final Pattern CRON = Pattern.compile("cron\\b(.*?)(?:\\bfor\\b(.*))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern LASTING = Pattern.compile("(?:(\\d{1,2})d)?(?:(\\d{1,3})h)?(?:(\\d{1,4})m)?");
    private static final Pattern DATE = Pattern.compile("\\d{4}-.*|\\.\\..*|.*\\.\\.");
    private static final Pattern ORDINALS = Pattern.compile("(?:(?:last|\\d+(?:st|nd|rd|th)),?)+");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern DASH = Pattern.compile("[\u2013\u2014]");
    private static final Pattern JOINED = Pattern.compile(" ?([,-]) ?");
    private static final Pattern RANGE = Pattern.compile("(?<=\\d) ?\\.\\. ?(?=\\d{2}(?:\\d{2})?-\\d)");
    private static final Pattern NAMES = Pattern.compile("[\\p{L}\\d,-]+");
    private static final int MAX_DAYS = 7;

    private final Refusal refusal;
    private final RuleWords read;
    private final Map<Integer, DayFilter> filters = new TreeMap<>();
    private final List<Times> times = new ArrayList<>();

    private RuleParser(Refusal refusal) {
        this.refusal = refusal;
        read = new RuleWords(refusal);
    }

    static Rule parse(String text, Refusal refusal) {
        String plain = BLANKS.matcher(text.strip()).replaceAll(" ");
        if (plain.isEmpty()) {
            throw refusal.because("a rule is missing; " + FORMS);
        }
        Matcher cron = CRON.matcher(plain);
        if (cron.matches()) {
            return cron(cron, refusal);
        }
        plain = DASH.matcher(plain).replaceAll("-");
        plain = JOINED.matcher(plain).replaceAll("$1");
        plain = RANGE.matcher(plain).replaceAll("..");
        Matcher span = SPAN.matcher(plain);
        return span.matches() ? span(span, refusal) : new RuleParser(refusal).days(plain);
    }

    private static Rule cron(Matcher cron, Refusal refusal) {
        CronLine line = CronLine.parse(cron.group(1), refusal);
        String text = cron.group(2) == null ? "" : cron.group(2).strip();
        Matcher lasting = LASTING.matcher(text);
        if (text.isEmpty() || !lasting.matches()) {
            throw refusal.because("after the cron line it must say for how long, like 'for 4h' or 'for 1h30m'.");
        }
        int minutes =
                number(lasting.group(1)) * Slot.MINUTES + number(lasting.group(2)) * 60 + number(lasting.group(3));
        if (minutes == 0 || minutes > MAX_DAYS * Slot.MINUTES) {
            throw refusal.because("'" + text + "' must be at least 1m and at most 7d.");
        }
        return new Rule.Cron(line, minutes);
    }

    private static int number(String text) {
        return text == null ? 0 : Integer.parseInt(text);
    }

    private static Rule span(Matcher span, Refusal refusal) {
        RuleWords read = new RuleWords(refusal);
        LocalDateTime from = read.date(span.group(1)).atStartOfDay().plusMinutes(read.time(span.group(2), false));
        LocalDateTime to = read.date(span.group(3)).atStartOfDay().plusMinutes(read.time(span.group(4), true));
        if (!from.isBefore(to)) {
            throw refusal.because("it ends before it begins.");
        }
        return new Rule.Span(from, to);
    }

    private Rule days(String text) {
        Iterator<String> words = Arrays.asList(text.split(" ")).iterator();
        while (words.hasNext()) {
            word(words.next(), words);
        }
        boolean isNth = filters.containsKey(4);
        DayFilter.Weekdays weekdays = (DayFilter.Weekdays) filters.get(5);
        if (isNth && weekdays == null) {
            throw refusal.because("'" + filters.get(4) + "' needs a weekday, like '3rd Thu'.");
        }
        if (weekdays != null && Long.bitCount(weekdays.days()) == 7 && !isNth) {
            filters.remove(5);
        }
        List<Times> sorted = new ArrayList<>(times.isEmpty() ? List.of(Times.WHOLE_DAY) : times);
        sorted.sort((a, b) -> a.from() == b.from() ? a.to() - b.to() : a.from() - b.from());
        if (sorted.stream().anyMatch(Times::isLong) && (sorted.size() > 1 || weekdays == null || !isOne(weekdays))) {
            throw refusal.because("a window of several days has one start and one end, like 'Fri 22:00-Mon 06:00'.");
        }
        return new Rule.Days(
                List.copyOf(filters.values()), sorted.stream().distinct().toList());
    }

    private static boolean isOne(DayFilter.Weekdays weekdays) {
        return Long.bitCount(weekdays.days()) == 1;
    }

    private void word(String word, Iterator<String> more) {
        switch (word.toLowerCase(Locale.ROOT)) {
            case "daily" -> {
                // says nothing but that it is on purpose
            }
            case "yearly" -> add(1, read.yearly(argument(word, "like 'yearly 12-24..12-26'", more)));
            case "week" ->
                add(2, new DayFilter.Weeks(read.numbers(argument(word, "like 'week 51-53'", more), 53, false)));
            case "monthly" ->
                add(3, new DayFilter.Monthly(read.numbers(argument(word, "like 'monthly 1,15,last'", more), 31, true)));
            case "of" -> add(6, read.months(argument(word, "like '1st Mon of Jan,Jul'", more)));
            default -> other(word, more);
        }
    }

    private void other(String word, Iterator<String> more) {
        if (DATE.matcher(word).matches()) {
            add(0, read.dates(word));
        } else if (word.contains(":")) {
            times(word, more);
        } else if (ORDINALS.matcher(word).matches()) {
            add(4, new DayFilter.Nth(read.ordinals(word)));
        } else if (NAMES.matcher(word).matches()) {
            add(5, read.weekdays(word));
        } else {
            throw refusal.because("'" + word + "' is no day, date or time; " + FORMS);
        }
    }

    private String argument(String word, String example, Iterator<String> more) {
        if (!more.hasNext()) {
            throw refusal.because("something is missing after '" + word + "': write it " + example + ".");
        }
        return more.next();
    }

    private void add(int order, DayFilter filter) {
        DayFilter other = filters.put(order, filter);
        if (other != null) {
            throw refusal.because("'" + other + "' and '" + filter
                    + "' are of one kind; give one of each, and separate rules by ';'.");
        }
    }

    private void times(String word, Iterator<String> more) {
        for (String part : word.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length != 2) {
                throw refusal.because("'" + part + "' is no start and end like '09:00-17:00'; separate rules by ';'.");
            }
            int from = read.time(ends[0], false);
            int day = Words.number(Words.WEEKDAYS, ends[1]);
            if (day == 0) {
                int to = read.time(ends[1], true);
                times.add(new Times(from, to <= from ? to + Slot.MINUTES : to));
            } else {
                int to = read.time(argument(ends[1], "like 'Fri 22:00-Mon 06:00'", more), true);
                times.add(new Times(from, days(day, to <= from) * Slot.MINUTES + to));
            }
        }
    }

    /** From the weekday that was named before to this one. */
    private int days(int day, boolean afterMidnight) {
        DayFilter weekdays = filters.get(5);
        if (weekdays == null || !isOne((DayFilter.Weekdays) weekdays)) {
            throw refusal.because("a window of several days has one start and one end, like 'Fri 22:00-Mon 06:00'.");
        }
        int start = Integer.numberOfTrailingZeros(((DayFilter.Weekdays) weekdays).days());
        return day == start && afterMidnight ? MAX_DAYS : Math.floorMod(day - start, 7);
    }
}
