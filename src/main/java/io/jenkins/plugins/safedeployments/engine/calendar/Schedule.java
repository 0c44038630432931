package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers when it is open: one calendar, or several that must all be (that of a step, and those that a folder or a cluster
 * enforces). It depends on nothing but the moment it is asked about, so a clock that was set, a restart or time that was
 * missed change nothing but that moment. Ask anew rather than keep an answer: zones change their rules.
 */
public final class Schedule {

    /** Over a century without its leap day, 29 February is that far away. */
    static final Duration OPENING_HORIZON = Duration.ofDays(8 * 366L);

    /** What stays open or frozen for longer does so for good as far as people plan. */
    static final Duration CLOSING_HORIZON = Duration.ofDays(400);

    private static final int MAX_LISTED = 20_000;
    private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9990-01-01T00:00:00Z");

    private final List<Part> parts = new ArrayList<>();
    private final TimeSet open;

    private Schedule(List<WindowCalendar> calendars) {
        Map<ZoneId, LocalClock> clocks = new HashMap<>();
        for (WindowCalendar calendar : calendars) {
            parts.add(new Part(calendar, zone -> clocks.computeIfAbsent(zone, LocalClock::new)));
        }
        open = TimeSet.intersection(parts.stream().map(part -> part.open).toList());
    }

    @NonNull
    public static Schedule of(WindowCalendar calendar) {
        return new Schedule(List.of(calendar));
    }

    /** @param calendars at least one; the first that is closed is the first reason given */
    @NonNull
    public static Schedule ofAll(List<WindowCalendar> calendars) {
        if (calendars.isEmpty()) {
            throw new IllegalArgumentException("no calendar");
        }
        return new Schedule(calendars);
    }

    /** A calendar with its sets. */
    private static final class Part {

        private final WindowCalendar calendar;
        private final List<TimeSet> windows;
        private final List<TimeSet> freezes;
        private final TimeSet open;

        Part(WindowCalendar calendar, Function<ZoneId, LocalClock> clocks) {
            this.calendar = calendar;
            windows = sets(calendar.windows(), clocks);
            freezes = sets(calendar.freezes(), clocks);
            open = (windows.isEmpty() ? TimeSet.ALWAYS : TimeSet.union(windows)).minus(freezes);
        }

        private List<TimeSet> sets(List<CalendarEntry> entries, Function<ZoneId, LocalClock> clocks) {
            return entries.stream()
                    .map(entry -> entry.in(calendar.zone(), clocks))
                    .toList();
        }

        Cause cause(long second) {
            for (int i = 0; i < freezes.size(); i++) {
                if (freezes.get(i).contains(second)) {
                    return new Cause(
                            Cause.Kind.FREEZE, calendar, calendar.freezes().get(i));
                }
            }
            for (int i = 0; i < windows.size(); i++) {
                if (windows.get(i).contains(second)) {
                    return new Cause(
                            Cause.Kind.WINDOW, calendar, calendar.windows().get(i));
                }
            }
            return new Cause(windows.isEmpty() ? Cause.Kind.NO_FREEZE : Cause.Kind.OUTSIDE, calendar, null);
        }
    }

    /** Whether it is open, why, and until or from when. */
    @NonNull
    public Verdict at(Instant now) {
        long second = second(now);
        List<Cause> causes = parts.stream().map(part -> part.cause(second)).toList();
        Instant opens = nextOpening(now).orElse(null);
        Instant closes = opens == null ? null : nextClosing(opens).orElse(null);
        return new Verdict(now, causes, opens, closes);
    }

    public boolean isOpen(Instant now) {
        return open.contains(second(now));
    }

    /** {@code from} itself if it is open then; empty if it does not open within eight years. */
    @NonNull
    public Optional<Instant> nextOpening(Instant from) {
        return next(open, from, OPENING_HORIZON);
    }

    /** When it closes that is open at {@code from}, or opens after it; empty if that lasts for more than 400 days. */
    @NonNull
    public Optional<Instant> nextClosing(Instant from) {
        return nextOpening(from).flatMap(opening -> {
            long limit = opening.getEpochSecond() + CLOSING_HORIZON.toSeconds();
            long end = open.end(opening.getEpochSecond(), limit);
            return end < limit ? Optional.of(Instant.ofEpochSecond(end)) : Optional.empty();
        });
    }

    static Optional<Instant> next(TimeSet set, Instant from, Duration horizon) {
        long second = second(from);
        long limit = second + horizon.toSeconds();
        long next = set.next(second, limit);
        return next >= limit ? Optional.empty() : Optional.of(next == second ? from : Instant.ofEpochSecond(next));
    }

    /** All times in [from, to) at which it is open, each as long as it can be. */
    @NonNull
    public List<Opening> openings(Instant from, Instant to) {
        return list(open, from, to);
    }

    /** All times in [from, to) at which a freeze applies, one after the other for each freeze. */
    @NonNull
    public List<Frozen> freezes(Instant from, Instant to) {
        List<Frozen> result = new ArrayList<>();
        for (Part part : parts) {
            for (int i = 0; i < part.freezes.size(); i++) {
                CalendarEntry freeze = part.calendar.freezes().get(i);
                list(part.freezes.get(i), from, to)
                        .forEach(time -> result.add(new Frozen(time, part.calendar.name(), freeze)));
            }
        }
        return result;
    }

    private static List<Opening> list(TimeSet set, Instant from, Instant to) {
        List<Opening> list = new ArrayList<>();
        long limit = second(to);
        long start = set.next(second(from), limit);
        while (start < limit && list.size() < MAX_LISTED) {
            long end = set.end(start, limit);
            list.add(new Opening(Instant.ofEpochSecond(start), Instant.ofEpochSecond(end)));
            start = set.next(end, limit);
        }
        return list;
    }

    /** Windows begin and end at full seconds, so the part of a second makes no difference. */
    static long second(Instant instant) {
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new UserException("A calendar can't be asked about " + instant + ": the year must be 1900 to 9989.");
        }
        return instant.getEpochSecond();
    }
}
