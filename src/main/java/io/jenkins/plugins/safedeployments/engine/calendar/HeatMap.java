package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of each hour it is open in the coming days, for drawing. Hours are those of a zone's clock: one that it skips is
 * empty, and one that it shows twice is longer.
 */
public final class HeatMap {

    private static final int HOURS = 24;

    private final ZoneId zone;
    private final ZoneRules rules;
    private final List<Opening> open;
    private final List<Opening> frozen;

    private HeatMap(ZoneId zone, List<Opening> open, List<Opening> frozen) {
        this.zone = zone;
        this.rules = zone.getRules();
        this.open = open;
        this.frozen = frozen;
    }

    /**
     * One day on the clock of a zone.
     *
     * @param hours 24, by what the clock shows
     * @param openings what is open on it, cut off at its ends
     */
    public record Day(LocalDate date, List<Hour> hours, List<Opening> openings) {

        public Day {
            hours = List.copyOf(hours);
            openings = List.copyOf(openings);
        }
    }

    /**
     * One hour on the clock, in seconds of real time.
     *
     * @param lasts 3,600 but for clock changes; 0 if the clock skips it
     * @param open of these
     * @param frozen of these: not open, since a freeze applies
     */
    public record Hour(long lasts, long open, long frozen) {

        /** 0 for closed, 4 for open all the time, and 1 to 3 between. */
        public int level() {
            return open == 0 ? 0 : open == lasts ? 4 : (int) (1 + open * 3 / (lasts + 1));
        }
    }

    /** @param days how many, at least 1 */
    @NonNull
    public static List<Day> of(Schedule schedule, ZoneId zone, LocalDate first, int days) {
        Instant from = first.atStartOfDay(zone).toInstant();
        Instant to = first.plusDays(days).atStartOfDay(zone).toInstant();
        List<Opening> frozen =
                schedule.freezes(from, to).stream().map(Frozen::time).toList();
        HeatMap map = new HeatMap(zone, schedule.openings(from, to), frozen);
        List<Day> result = new ArrayList<>();
        for (int i = 0; i < days; i++) {
            result.add(map.day(first.plusDays(i)));
        }
        return result;
    }

    private Day day(LocalDate date) {
        Instant start = date.atStartOfDay(zone).toInstant();
        Instant end = date.plusDays(1).atStartOfDay(zone).toInstant(); // the same if the clock skips the day
        long[] lasts = new long[HOURS];
        long[] opens = new long[HOURS];
        long[] freezes = new long[HOURS];
        Instant at = start;
        while (at.isBefore(end)) {
            Instant next = nextHour(at, end);
            int hour = at.atZone(zone).getHour();
            lasts[hour] += Duration.between(at, next).toSeconds();
            opens[hour] += seconds(open, at, next);
            freezes[hour] += seconds(frozen, at, next);
            at = next;
        }
        List<Hour> hours = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            // freezes may overlap each other
            hours.add(new Hour(lasts[hour], opens[hour], Math.min(freezes[hour], lasts[hour] - opens[hour])));
        }
        return new Day(date, hours, within(open, start, end));
    }

    /** When the clock shows another hour, changes or comes to the end of the day. */
    private Instant nextHour(Instant at, Instant end) {
        LocalTime local = at.atZone(zone).toLocalTime();
        Instant next = at.plusSeconds(3_600 - local.toSecondOfDay() % 3_600);
        ZoneOffsetTransition change = rules.nextTransition(at);
        if (change != null && change.getInstant().isBefore(next)) {
            next = change.getInstant();
        }
        return next.isAfter(end) ? end : next;
    }

    private static long seconds(List<Opening> times, Instant from, Instant to) {
        return within(times, from, to).stream()
                .mapToLong(time -> Duration.between(time.start(), time.end()).toSeconds())
                .sum();
    }

    private static List<Opening> within(List<Opening> times, Instant from, Instant to) {
        return times.stream()
                .filter(time -> time.start().isBefore(to) && time.end().isAfter(from))
                .map(time -> new Opening(
                        time.start().isBefore(from) ? from : time.start(),
                        time.end().isAfter(to) ? to : time.end()))
                .toList();
    }
}
