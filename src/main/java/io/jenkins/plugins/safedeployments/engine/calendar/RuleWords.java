package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;

/** Reads the words of which a rule is made: dates, times, names and numbers. */
record RuleWords(Refusal refusal) {

    DayFilter dates(String word) {
        String[] ends = word.split("\\.\\.", -1);
        if (ends.length > 2 || word.equals("..")) {
            throw refusal.because("'" + word + "' is no range of dates: write it like '2026-12-24..2027-01-02'.");
        }
        long from = ends[0].isEmpty() ? DayFilter.Dates.ALWAYS : date(ends[0]).toEpochDay();
        String last = ends[ends.length - 1];
        long to = last.isEmpty() ? DayFilter.NEVER : date(last).toEpochDay();
        if (to < from) {
            throw refusal.because("'" + word + "' ends before it begins.");
        }
        return new DayFilter.Dates(from, to);
    }

    LocalDate date(String text) {
        try {
            LocalDate date = LocalDate.parse(text);
            if (date.getYear() >= 1970 && date.getYear() < 10_000) {
                return date;
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw refusal.because("'" + text + "' is no date from 1970 on: write year-month-day, like 2026-12-24.");
    }

    DayFilter yearly(String word) {
        String[] ends = word.split("\\.\\.", -1);
        if (ends.length > 2) {
            throw refusal.because("'" + word + "' is no range: write it like 'yearly 12-24..12-26'.");
        }
        return new DayFilter.Yearly(monthDay(ends[0]), monthDay(ends[ends.length - 1]));
    }

    private int monthDay(String text) {
        // that year has a 29 February
        if (!text.matches("[0-9]{2}-[0-9]{2}") || !isDate("2024-" + text)) {
            throw refusal.because("'" + text + "' is no day of a year: write month-day, like 12-24.");
        }
        return Integer.parseInt(text.substring(0, 2)) * 100 + Integer.parseInt(text.substring(3));
    }

    private static boolean isDate(String text) {
        try {
            LocalDate.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** A bit for each; bit 0 for {@code last}. */
    long numbers(String word, int max, boolean withLast) {
        long bits = 0;
        for (String part : word.split(",", -1)) {
            if (withLast && part.equalsIgnoreCase("last")) {
                bits |= 1;
                continue;
            }
            String[] ends = part.split("-", -1);
            int from = number(ends[0], max);
            int to = number(ends[ends.length - 1], max);
            if (from == 0 || to < from || ends.length > 2) {
                throw refusal.because("'" + part + "' must be a number from 1 to " + max + ", or a range of them.");
            }
            for (int i = from; i <= to; i++) {
                bits |= 1L << i;
            }
        }
        return bits;
    }

    private static int number(String text, int max) {
        return text.matches("[0-9]{1,2}") && Integer.parseInt(text) <= max ? Integer.parseInt(text) : 0;
    }

    int ordinals(String word) {
        int bits = 0;
        for (String ordinal : word.split(",")) {
            int index = Words.ORDINALS.indexOf(ordinal);
            if (index < 0) {
                throw refusal.because("'" + ordinal + "' is none of 1st, 2nd, 3rd, 4th, 5th and last.");
            }
            bits |= 1 << index;
        }
        return bits;
    }

    DayFilter.Months months(String word) {
        return new DayFilter.Months(names(Words.MONTHS, word, "month", "Jan to Dec"));
    }

    DayFilter.Weekdays weekdays(String word) {
        return new DayFilter.Weekdays(names(
                Words.WEEKDAYS,
                word,
                "weekday",
                "Mon to Sun, or 1 (Monday) to 7; times have minutes, like 09:00-17:00"));
    }

    private int names(List<String> names, String word, String kind, String all) {
        int bits = 0;
        for (String part : word.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                throw refusal.because("'" + part + "' is no range of two: write it like 'Mon-Fri'.");
            }
            int to = name(names, ends[ends.length - 1], kind, all);
            for (int i = name(names, ends[0], kind, all); i != to; i = i % names.size() + 1) {
                bits |= 1 << i;
            }
            bits |= 1 << to;
        }
        return bits;
    }

    private int name(List<String> names, String text, String kind, String all) {
        int number = Words.number(names, text);
        if (number == 0 && names.size() == 7) {
            number = number(text, 7);
        }
        if (number == 0) {
            throw refusal.because("'" + text + "' is no " + kind + ": write " + all + ".");
        }
        return number;
    }

    /** In minutes from midnight. */
    int time(String text, boolean isEnd) {
        if (text.matches("[0-2][0-9]:[0-5][0-9]")) {
            int minutes = Integer.parseInt(text.substring(0, 2)) * 60 + Integer.parseInt(text.substring(3));
            if (minutes < Slot.MINUTES || isEnd && minutes == Slot.MINUTES) {
                return minutes;
            }
            if (minutes == Slot.MINUTES) {
                throw refusal.because("24:00 can only be an end: start at 00:00 of the next day.");
            }
        }
        throw refusal.because(
                "'" + text + "' is no time of day: write hours and minutes in two digits each, 00:00 to 23:59"
                        + " (an end may be 24:00).");
    }
}
