package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.LocalDate;
import java.time.temporal.IsoFields;

/**
 * Which days of a local calendar; a day is counted from 1970-01-01. The order of the kinds is that in which they are
 * written. A date that a year or month does not have is no day, so nothing falls on it and nothing takes its place.
 */
sealed interface DayFilter {

    /** Later than any day that is asked for. */
    long NEVER = LocalDate.of(20_000, 1, 1).toEpochDay();

    boolean matches(long day);

    /** The first such day from {@code day} to {@code last}, else one after that. */
    default long next(long day, long last) {
        for (long candidate = day; candidate <= last; candidate++) {
            if (matches(candidate)) {
                return candidate;
            }
        }
        return NEVER;
    }

    /** The first day from {@code day} on that is none of them, or {@link #NEVER}. */
    default long nextMiss(long day) {
        long last = day + 366;
        for (long candidate = day; candidate <= last; candidate++) {
            if (!matches(candidate)) {
                return candidate;
            }
        }
        return NEVER;
    }

    /** {@code 2026-12-24..2027-01-02}, both included; one end may be open. */
    record Dates(long from, long to) implements DayFilter {

        /** An open beginning. */
        static final long ALWAYS = LocalDate.of(1, 1, 1).toEpochDay();

        @Override
        public boolean matches(long day) {
            return day >= from && day <= to;
        }

        @Override
        public long next(long day, long last) {
            return day > to ? NEVER : Math.max(day, from);
        }

        @Override
        public long nextMiss(long day) {
            return matches(day) ? to == NEVER ? NEVER : to + 1 : day;
        }

        @Override
        public String toString() {
            String start = from == ALWAYS ? "" : LocalDate.ofEpochDay(from).toString();
            String end = to == NEVER ? "" : LocalDate.ofEpochDay(to).toString();
            return start.equals(end) ? start : start + ".." + end;
        }
    }

    /** {@code yearly 12-24..01-02}, both included, as month times 100 and day. */
    record Yearly(int from, int to) implements DayFilter {

        @Override
        public boolean matches(long day) {
            LocalDate date = LocalDate.ofEpochDay(day);
            int monthDay = date.getMonthValue() * 100 + date.getDayOfMonth();
            return from <= to ? monthDay >= from && monthDay <= to : monthDay >= from || monthDay <= to;
        }

        @Override
        public long next(long day, long last) {
            if (matches(day)) {
                return day;
            }
            int year = LocalDate.ofEpochDay(day).getYear();
            long first = first(year);
            while (first < day || first <= last && !matches(first)) {
                year++;
                first = first(year);
            }
            return first;
        }

        /** The day that begins it in a year, or the one after where there is no 29 February. */
        private long first(int year) {
            return LocalDate.of(year, from / 100, 1).toEpochDay() + from % 100 - 1;
        }

        @Override
        public String toString() {
            return "yearly " + text(from) + (from == to ? "" : ".." + text(to));
        }

        private static String text(int monthDay) {
            return Words.twoDigits(monthDay / 100) + "-" + Words.twoDigits(monthDay % 100);
        }
    }

    /** {@code week 51-53}: weeks of the ISO calendar, from Monday to Sunday; a bit for each. */
    record Weeks(long weeks) implements DayFilter {

        @Override
        public boolean matches(long day) {
            return (weeks >> LocalDate.ofEpochDay(day).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) & 1) == 1;
        }

        @Override
        public long next(long day, long last) {
            for (long candidate = day; candidate <= last; candidate += 7 - Math.floorMod(candidate + 3, 7)) {
                if (matches(candidate)) {
                    return candidate;
                }
            }
            return NEVER;
        }

        @Override
        public String toString() {
            return "week " + Words.numbers(weeks, 1, 53);
        }
    }

    /** {@code monthly 1,15,last}: days of the month, a bit for each; bit 0 is the last one. */
    record Monthly(long days) implements DayFilter {

        @Override
        public boolean matches(long day) {
            LocalDate date = LocalDate.ofEpochDay(day);
            return (days >> date.getDayOfMonth() & 1) == 1
                    || (days & 1) == 1 && date.getDayOfMonth() == date.lengthOfMonth();
        }

        @Override
        public String toString() {
            String numbers = Words.numbers(days, 1, 31);
            return "monthly " + ((days & 1) == 0 ? numbers : numbers.isEmpty() ? "last" : numbers + ",last");
        }
    }

    /** {@code 1st,3rd} and so on, of the same weekday in its month: a bit for each; bit 0 is the last one. */
    record Nth(int ordinals) implements DayFilter {

        @Override
        public boolean matches(long day) {
            LocalDate date = LocalDate.ofEpochDay(day);
            return (ordinals >> (date.getDayOfMonth() + 6) / 7 & 1) == 1
                    || (ordinals & 1) == 1 && date.getDayOfMonth() + 7 > date.lengthOfMonth();
        }

        @Override
        public String toString() {
            return Words.ordinals(ordinals);
        }
    }

    /** {@code Mon-Fri}: a bit for each, Monday's is bit 1. */
    record Weekdays(int days) implements DayFilter {

        @Override
        public boolean matches(long day) {
            return (days >> weekday(day) & 1) == 1;
        }

        @Override
        public long next(long day, long last) {
            // from that weekday on to the end of the next week
            int coming = (days | days << 7) >> weekday(day);
            return day + Integer.numberOfTrailingZeros(coming);
        }

        /** 1 for Monday; 1970-01-01 was a Thursday. */
        private static int weekday(long day) {
            return Math.floorMod(day + 3, 7) + 1;
        }

        @Override
        public String toString() {
            return Words.weekdays(days);
        }
    }

    /** {@code of Jan,Jul}: a bit for each, January's is bit 1. */
    record Months(int months) implements DayFilter {

        @Override
        public boolean matches(long day) {
            return (months >> LocalDate.ofEpochDay(day).getMonthValue() & 1) == 1;
        }

        @Override
        public long next(long day, long last) {
            LocalDate date = LocalDate.ofEpochDay(day);
            for (int i = 0; i <= 12; i++) {
                if ((months >> date.getMonthValue() & 1) == 1) {
                    return date.toEpochDay();
                }
                date = date.plusMonths(1).withDayOfMonth(1);
            }
            return NEVER;
        }

        @Override
        public String toString() {
            return "of " + Words.months(months);
        }
    }
}
