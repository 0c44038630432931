package io.jenkins.plugins.safedeployments.engine.calendar;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The five fields of a cron line, a bit for each number; bit 0 of {@code weekdays} is not used, 7 is Sunday. Jenkins' own
 * reader of such lines is part of Jenkins core, which the engine does without; and it knows points of time only, which it
 * skips or repeats when clocks change.
 */
record CronLine(long minutes, long hours, long days, long months, long weekdays) {

    private static final List<String> FIELDS =
            List.of("minute", "hour", "day of the month", "month", "day of the week");
    private static final int[] FROM = {0, 0, 1, 1, 0};
    private static final int[] TO = {59, 23, 31, 12, 7};
    private static final Pattern PART = Pattern.compile("(?:\\*|(\\w+)(?:-(\\w+))?)(?:/(\\d{1,2}))?");

    private static final Pattern HASH = Pattern.compile("(^|[\\s,])H(?![a-zA-Z])");

    /** What opens more often than that is better said by days and times, and takes longer to search. */
    private static final int MAX_PER_DAY = 24;

    static CronLine parse(String text, Refusal refusal) {
        String[] fields = text.strip().split("\\s+");
        if (HASH.matcher(text).find()) {
            throw refusal.because(
                    "'H' spreads load by a hash, which leaves the time of a window open; write the minute.");
        }
        if (fields.length != FIELDS.size()) {
            throw refusal.because("a cron line has 5 fields (" + Words.list(FIELDS) + "), this has "
                    + (text.isBlank() ? 0 : fields.length) + ".");
        }
        long[] bits = new long[FIELDS.size()];
        for (int i = 0; i < bits.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                bits[i] |= bits(part, i, refusal);
            }
        }
        bits[4] = (bits[4] | (bits[4] & 1) << 7) & ~1L;
        CronLine line = new CronLine(bits[0], bits[1], bits[2], bits[3], bits[4]);
        if (!line.isEvery(2) && !line.isEvery(4)) {
            throw refusal.because(
                    "it has both a day of the month and a day of the week, which Jenkins takes as 'both' and"
                            + " others as 'either'; write days like '1st Fri' or 'monthly 13 Fri'.");
        }
        if (Long.bitCount(line.minutes) * Long.bitCount(line.hours) > MAX_PER_DAY) {
            throw refusal.because("it opens " + Long.bitCount(line.minutes) * Long.bitCount(line.hours)
                    + " times a day, more than " + MAX_PER_DAY + "; write days and times, like 'Mon-Fri 09:00-17:00'.");
        }
        return line;
    }

    private static long bits(String part, int field, Refusal refusal) {
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            throw refusal.because("'" + part + "' as the " + FIELDS.get(field)
                    + " is not understood; write numbers, ranges and steps, like '1,15', '1-5' or '*/2'.");
        }
        boolean all = matcher.group(1) == null;
        int from = all ? FROM[field] : number(matcher.group(1), field, refusal);
        int to = matcher.group(2) != null
                ? number(matcher.group(2), field, refusal)
                : all || matcher.group(3) != null ? TO[field] - (field == 4 ? 1 : 0) : from;
        int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
        if (step == 0 || to < from) {
            throw refusal.because("'" + part + "' as the " + FIELDS.get(field)
                    + (step == 0 ? " has the step 0." : " ends before it begins."));
        }
        long bits = 0;
        for (int number = from; number <= to; number += step) {
            bits |= 1L << number;
        }
        return bits;
    }

    private static int number(String text, int field, Refusal refusal) {
        int number = field < 3 ? 0 : Words.number(field == 3 ? Words.MONTHS : Words.WEEKDAYS, text);
        if (number > 0) {
            return number;
        }
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) < FROM[field] || Integer.parseInt(text) > TO[field]) {
            throw refusal.because(
                    "'" + text + "' is no " + FIELDS.get(field) + ": write " + FROM[field] + " to " + TO[field] + ".");
        }
        return Integer.parseInt(text);
    }

    /** In minutes from midnight, sorted. */
    List<Integer> starts() {
        List<Integer> starts = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            for (int minute = 0; minute < 60; minute++) {
                if ((hours >> hour & 1) == 1 && (minutes >> minute & 1) == 1) {
                    starts.add(hour * 60 + minute);
                }
            }
        }
        return starts;
    }

    List<DayFilter> filters() {
        List<DayFilter> filters = new ArrayList<>();
        if (!isEvery(2)) {
            filters.add(new DayFilter.Monthly(days));
        }
        if (!isEvery(4)) {
            filters.add(new DayFilter.Weekdays((int) weekdays));
        }
        if (!isEvery(3)) {
            filters.add(new DayFilter.Months((int) months));
        }
        return filters;
    }

    private boolean isEvery(int field) {
        return text(field).equals("*");
    }

    private String text(int field) {
        long bits = new long[] {minutes, hours, days, months, weekdays}[field];
        int from = field == 4 ? 1 : FROM[field];
        return Long.bitCount(bits) == TO[field] - from + 1 ? "*" : Words.numbers(bits, from, TO[field]);
    }

    @Override
    public String toString() {
        return text(0) + " " + text(1) + " " + text(2) + " " + text(3) + " " + text(4);
    }
}
