package io.jenkins.plugins.safedeployments.engine.calendar;

import io.jenkins.plugins.safedeployments.engine.calendar.Slot.Lasting;
import io.jenkins.plugins.safedeployments.engine.calendar.Slot.Times;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * When, in a zone's local time. Its text, as {@link #toString()} writes it, is read back to an equal rule by
 * {@link RuleParser}.
 */
sealed interface Rule {

    /** @param clocks one for each zone */
    TimeSet in(ZoneId zone, Function<ZoneId, LocalClock> clocks);

    /**
     * Days, and times at which something opens on each of them.
     *
     * @param filters a day must match all; none means every day; at most one of each kind, in the order of the kinds
     * @param times sorted, none twice; one that lasts longer than a day is alone, and so is its weekday
     */
    record Days(List<DayFilter> filters, List<Times> times) implements Rule {

        @Override
        public TimeSet in(ZoneId zone, Function<ZoneId, LocalClock> clocks) {
            return new DaySet(filters, times, clocks.apply(zone));
        }

        @Override
        public String toString() {
            String days = filters.isEmpty()
                    ? "daily"
                    : filters.stream().map(DayFilter::toString).collect(Collectors.joining(" "));
            if (times.equals(List.of(Times.WHOLE_DAY))) {
                return days;
            }
            Times first = times.get(0);
            if (first.isLong()) {
                return days + " " + Words.time(first.from()) + "-" + endDay(first) + " "
                        + Words.time(first.to() % Slot.MINUTES);
            }
            return days + " " + times.stream().map(Times::toString).collect(Collectors.joining(","));
        }

        /** The weekday on which something ends that takes several days. */
        private String endDay(Times time) {
            int start = filters.stream()
                    .filter(DayFilter.Weekdays.class::isInstance)
                    .mapToInt(filter -> Integer.numberOfTrailingZeros(((DayFilter.Weekdays) filter).days()))
                    .findFirst()
                    .orElseThrow();
            return Words.weekdays(1 << (start - 1 + time.to() / Slot.MINUTES) % 7 + 1);
        }
    }

    /** From one moment on the local clock to another: {@code 2026-12-23 18:00..2027-01-02 08:00}. */
    record Span(LocalDateTime from, LocalDateTime to) implements Rule {

        @Override
        public TimeSet in(ZoneId zone, Function<ZoneId, LocalClock> clocks) {
            LocalClock clock = clocks.apply(zone);
            return new Seconds(
                    clock.start(from.toEpochSecond(ZoneOffset.UTC)), clock.end(to.toEpochSecond(ZoneOffset.UTC)));
        }

        @Override
        public String toString() {
            return text(from) + ".." + text(to);
        }

        private static String text(LocalDateTime time) {
            return time.toString().replace('T', ' ');
        }
    }

    /** {@code cron 0 22 * * 5 for 4h}: openings at the times of a cron line, each for so long. */
    record Cron(CronLine line, int minutes) implements Rule {

        @Override
        public TimeSet in(ZoneId zone, Function<ZoneId, LocalClock> clocks) {
            List<Lasting> slots = line.starts().stream()
                    .map(start -> new Lasting(start, minutes))
                    .toList();
            return new DaySet(line.filters(), slots, clocks.apply(zone));
        }

        @Override
        public String toString() {
            return "cron " + line + " for "
                    + (minutes < 60 ? "" : minutes / 60 + "h")
                    + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
        }
    }

    /** All from one second to before another. */
    record Seconds(long from, long to) implements TimeSet {

        @Override
        public long next(long second, long limit) {
            return second >= to || from >= to ? limit : Math.min(limit, Math.max(second, from));
        }

        @Override
        public long end(long second, long limit) {
            return second < from || second >= to ? second : Math.min(to, limit);
        }
    }
}
