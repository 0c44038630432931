package io.jenkins.plugins.safedeployments.engine.calendar;

import java.util.Comparator;
import java.util.List;

/**
 * Slots on the days that match all of some filters. Days and slots are in the order of their starts, so the first of them
 * that ends after a moment is also the next to start, or has started.
 */
final class DaySet implements TimeSet {

    private final DayFilter[] filters;
    private final Slot[] slots;
    private final LocalClock clock;
    private final boolean wholeDays;
    private final long lookBack;

    /** @param slots sorted by their starts */
    DaySet(List<DayFilter> filters, List<? extends Slot> slots, LocalClock clock) {
        // weekdays first: they leave the fewest days to ask the others about, and cost least
        this.filters = filters.stream()
                .sorted(Comparator.comparing(filter -> !(filter instanceof DayFilter.Weekdays)))
                .toArray(DayFilter[]::new);
        this.slots = slots.toArray(new Slot[0]);
        this.clock = clock;
        wholeDays = slots.equals(List.of(Slot.Times.WHOLE_DAY));
        // one more, since a clock that is put back shows yesterday's date again
        lookBack = 1 + slots.stream().mapToInt(Slot::days).max().orElse(0);
    }

    @Override
    public long next(long from, long limit) {
        long last = dayOf(limit) + 1;
        for (long day = nextDay(firstDay(from), last); day <= last; day = nextDay(day + 1, last)) {
            for (Slot slot : slots) {
                long end = slot.end(day, clock);
                if (end <= from) {
                    continue;
                }
                long start = slot.start(day, clock);
                if (start >= limit) {
                    return limit;
                }
                if (start < end) {
                    return Math.max(start, from);
                }
            }
        }
        return limit;
    }

    @Override
    public long end(long from, long limit) {
        long end = from;
        for (long day = touching(firstDay(from), end); day != DayFilter.NEVER; day = touching(day + 1, end)) {
            for (Slot slot : slots) {
                long start = slot.start(day, clock);
                if (start > end) {
                    return Math.min(end, limit);
                }
                end = Math.max(end, slot.end(day, clock));
            }
            if (end >= limit) {
                return limit;
            }
            if (wholeDays && end > from) {
                day = Math.max(day, Math.min(nextMiss(day), dayOf(limit) + 2) - 1);
                end = Math.max(end, clock.end((day + 1) * LocalClock.DAY));
            }
        }
        return Math.min(end, limit);
    }

    /** The next day on which something may start up to a moment; for later ones nobody has to search, which may take years. */
    private long touching(long day, long second) {
        return nextDay(day, dayOf(second) + 1);
    }

    private long dayOf(long second) {
        return Math.floorDiv(clock.local(second), LocalClock.DAY);
    }

    private long firstDay(long second) {
        return dayOf(second) - lookBack;
    }

    private long nextDay(long from, long last) {
        long day = from;
        long before;
        do {
            before = day;
            for (DayFilter filter : filters) {
                day = filter.next(day, last);
                if (day > last) {
                    return DayFilter.NEVER;
                }
            }
        } while (day > before && filters.length > 1);
        return day;
    }

    private long nextMiss(long day) {
        long miss = DayFilter.NEVER;
        for (DayFilter filter : filters) {
            miss = Math.min(miss, filter.nextMiss(day));
        }
        return miss;
    }
}
