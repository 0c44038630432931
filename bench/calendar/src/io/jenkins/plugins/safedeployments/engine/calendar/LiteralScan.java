package io.jenkins.plugins.safedeployments.engine.calendar;

import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry.ZonedRule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;

/**
 * What one writes without a search: looks at the clock on the wall in each minute, and asks all rules about that day and
 * time. It knows nothing of repeated and skipped hours, so in those, and for a moment after them, it may be wrong.
 */
final class LiteralScan {

    private final WindowCalendar calendar;

    LiteralScan(WindowCalendar calendar) {
        this.calendar = calendar;
    }

    Instant nextOpening(Instant from) {
        Instant minute = from;
        while (!isOpen(minute)) {
            minute = minute.plusSeconds(60);
        }
        return minute;
    }

    private boolean isOpen(Instant minute) {
        return anyEntry(calendar.windows(), minute) && !anyEntry(calendar.freezes(), minute);
    }

    private boolean anyEntry(List<CalendarEntry> entries, Instant minute) {
        for (CalendarEntry entry : entries) {
            if (any(entry.rules(), minute) && !any(entry.exceptions(), minute)) {
                return true;
            }
        }
        return false;
    }

    private boolean any(List<ZonedRule> rules, Instant minute) {
        for (ZonedRule rule : rules) {
            ZoneId zone = rule.zone() == null ? calendar.zone() : rule.zone();
            if (contains(rule.rule(), LocalDateTime.ofInstant(minute, zone))) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(Rule rule, LocalDateTime wall) {
        if (rule instanceof Rule.Span span) {
            return !wall.isBefore(span.from()) && wall.isBefore(span.to());
        }
        if (rule instanceof Rule.Days days) {
            for (Slot.Times times : days.times()) {
                if (contains(days.filters(), times.from(), times.to(), wall)) {
                    return true;
                }
            }
            return false;
        }
        Rule.Cron cron = (Rule.Cron) rule;
        for (int start : cron.line().starts()) {
            if (contains(cron.line().filters(), start, start + cron.minutes(), wall)) {
                return true;
            }
        }
        return false;
    }

    /** @param to in minutes from midnight of the day on which it opens */
    private static boolean contains(List<DayFilter> filters, int from, int to, LocalDateTime wall) {
        int minute = wall.getHour() * 60 + wall.getMinute();
        for (long day = wall.toLocalDate().toEpochDay(); minute < to; day--, minute += Slot.MINUTES) {
            if (minute >= from && matches(filters, day)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<DayFilter> filters, long day) {
        for (DayFilter filter : filters) {
            if (!filter.matches(day)) {
                return false;
            }
        }
        return true;
    }
}
