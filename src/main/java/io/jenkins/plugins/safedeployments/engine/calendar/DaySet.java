package io.jenkins.plugins.safedeployments.engine.calendar;

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
        this.filters = filters.toArray(new DayFilter[0]);
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
        long last = dayOf(limit) + 1;
        for (long day = nextDay(firstDay(from), last); day <= last; day = nextDay(day + 1, last)) {
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
                day = Math.max(day, Math.min(nextMiss(day), last + 1) - 1);
                end = Math.max(end, clock.end((day + 1) * LocalClock.DAY));
            }
        }
        return Math.min(end, limit);
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
        } while (day > before);
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
