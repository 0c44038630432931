package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry.ZonedRule;
import io.jenkins.plugins.safedeployments.engine.calendar.Finding.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds windows that never open, overlap or contradict a freeze, and what clock changes do to them, within 400 days from a
 * moment on.
 */
public final class CalendarCheck {

    /** Pairs of more than so many windows are not compared. */
    private static final int MAX_COMPARED = 60;

    private final WindowCalendar calendar;
    private final Instant now;
    private final long start;
    private final long limit;
    private final Function<ZoneId, LocalClock> clocks;
    private final List<Finding> findings = new ArrayList<>();

    private CalendarCheck(WindowCalendar calendar, Instant now) {
        this.calendar = calendar;
        this.now = now;
        start = Schedule.second(now);
        limit = start + Schedule.CLOSING_HORIZON.toSeconds();
        Map<ZoneId, LocalClock> known = new HashMap<>();
        clocks = zone -> known.computeIfAbsent(zone, LocalClock::new);
    }

    /** The worst first. */
    @NonNull
    public static List<Finding> of(WindowCalendar calendar, Instant now) {
        CalendarCheck check = new CalendarCheck(calendar, now);
        check.whole();
        calendar.windows().forEach(check::window);
        calendar.freezes().forEach(check::freeze);
        check.overlaps();
        check.findings.sort((a, b) -> a.severity().compareTo(b.severity()));
        return List.copyOf(check.findings);
    }

    private void whole() {
        Optional<Instant> opening = Schedule.of(calendar).nextOpening(now);
        if (opening.isEmpty()) {
            add(Severity.ERROR, "It never opens.");
        } else if (opening.get().getEpochSecond() >= limit) {
            boolean frozen = calendar.windows().isEmpty()
                    || Schedule.of(calendar.with(calendar.windows(), List.of()))
                                    .nextOpening(now)
                                    .orElse(opening.get())
                                    .getEpochSecond()
                            < limit;
            add(
                    frozen ? Severity.ERROR : Severity.WARNING,
                    "It does not open before " + TimeText.moment(opening.get(), calendar.zone())
                            + ", which is more than 400 days away"
                            + (frozen ? ", since freezes cover all windows." : "."));
        }
    }

    private void window(CalendarEntry window) {
        TimeSet set = set(window);
        long opening = set.next(start, limit);
        String name = "The window '" + window + "' ";
        if (opening >= limit) {
            boolean later = Schedule.next(set, now, Schedule.OPENING_HORIZON).isPresent();
            add(Severity.WARNING, name + (later ? "does not open within 400 days." : "never opens again."));
            return;
        }
        TimeSet open = set.minus(calendar.freezes().stream().map(this::set).toList());
        if (open.next(start, limit) >= limit) {
            add(
                    Severity.WARNING,
                    name + "does not open within 400 days, since "
                            + Words.list(calendar.freezes().stream()
                                    .filter(freeze -> meet(set, set(freeze)).isPresent())
                                    .map(freeze -> "the freeze '" + freeze.when() + "'")
                                    .toList())
                            + " cover it.");
        }
        window.rules().forEach(rule -> lengthOf(name, rule));
        window.rules().forEach(rule -> clockChanges(name, rule));
        exceptions(name, window);
    }

    private void freeze(CalendarEntry freeze) {
        String name = "The freeze '" + freeze + "' ";
        if (Schedule.next(set(freeze), now, Schedule.OPENING_HORIZON).isEmpty()) {
            add(Severity.WARNING, name + "does not apply any more.");
            return;
        }
        freeze.rules().forEach(rule -> lengthOf(name, rule));
        exceptions(name, freeze);
    }

    private void lengthOf(String name, ZonedRule rule) {
        if (rule.rule() instanceof Rule.Days days) {
            for (Slot.Times times : days.times()) {
                if (times.to() - times.from() == Slot.MINUTES && times.from() > 0) {
                    add(Severity.NOTE, name + "lasts 24 hours, since it ends when it begins: " + times + ".");
                }
            }
        }
    }

    /** Days on which a window does not open since the clock skips all of it. */
    private void clockChanges(String name, ZonedRule rule) {
        if (!(rule.rule() instanceof Rule.Days days)) {
            return;
        }
        LocalClock clock = clocks.apply(zone(rule));
        long first = Math.floorDiv(clock.local(start), LocalClock.DAY);
        for (long day = first; day < first + Schedule.CLOSING_HORIZON.toDays(); day++) {
            for (Slot.Times times : days.times()) {
                long date = day;
                if (days.filters().stream().allMatch(filter -> filter.matches(date))
                        && times.start(day, clock) >= times.end(day, clock)) {
                    add(
                            Severity.NOTE,
                            name + "does not open on " + LocalDate.ofEpochDay(day) + ", when the clock skips " + times
                                    + " in " + zone(rule) + ".");
                }
            }
        }
    }

    private void exceptions(String name, CalendarEntry entry) {
        TimeSet rules = TimeSet.union(CalendarEntry.sets(entry.rules(), calendar.zone(), clocks));
        for (ZonedRule exception : entry.exceptions()) {
            if (meet(rules, exception.in(calendar.zone(), clocks)).isEmpty()) {
                add(
                        Severity.WARNING,
                        name + "has the exception '" + exception + "', which changes nothing within 400 days.");
            }
        }
    }

    private void overlaps() {
        List<CalendarEntry> windows = calendar.windows();
        if (windows.size() > MAX_COMPARED) {
            return;
        }
        for (int i = 0; i < windows.size(); i++) {
            for (int j = i + 1; j < windows.size(); j++) {
                overlap(windows.get(i), windows.get(j));
            }
        }
    }

    private void overlap(CalendarEntry one, CalendarEntry other) {
        Optional<Instant> both = meet(set(one), set(other));
        if (both.isEmpty()) {
            return;
        }
        if (isWithin(other, one) || isWithin(one, other)) {
            CalendarEntry inner = isWithin(other, one) ? other : one;
            CalendarEntry outer = inner == other ? one : other;
            add(Severity.WARNING, "The window '" + inner + "' adds nothing to '" + outer + "'.");
        } else {
            add(
                    Severity.NOTE,
                    "The windows '" + one + "' and '" + other + "' overlap, next on "
                            + TimeText.moment(both.get(), calendar.zone()) + "; together they are one.");
        }
    }

    private boolean isWithin(CalendarEntry inner, CalendarEntry outer) {
        return set(inner).minus(List.of(set(outer))).next(start, limit) >= limit;
    }

    private Optional<Instant> meet(TimeSet one, TimeSet other) {
        return Schedule.next(TimeSet.intersection(List.of(one, other)), now, Schedule.CLOSING_HORIZON);
    }

    private TimeSet set(CalendarEntry entry) {
        return entry.in(calendar.zone(), clocks);
    }

    private ZoneId zone(ZonedRule rule) {
        return rule.zone() == null ? calendar.zone() : rule.zone();
    }

    private void add(Severity severity, String text) {
        findings.add(new Finding(severity, text));
    }
}
