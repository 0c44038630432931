package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The clock on the wall of a zone, and the one home of what its changes mean. Local times are seconds since
 * 1970-01-01T00:00 of that clock, so that a local day is 86,400 of them.
 *
 * <p>A start is the first moment at which the clock shows that time or a later one: after a skipped hour its end, in a
 * repeated one the first pass. An end is the moment from which on it shows nothing earlier any more: inside a repeated hour
 * the second pass, but the first one where that hour begins. So all is inside that the clock shows as inside, and a day has
 * all of its hours. Both never decrease with the local time, so the order of local times is that of the moments.
 */
final class LocalClock {

    static final long DAY = 86_400;

    /** More than any change of a clock: Samoa and Kiribati have each skipped a whole day. */
    private static final long MARGIN = 25 * 3_600;

    private final ZoneRules rules;

    /** The stretch of time without a change that was asked for last; most questions are about the same one. */
    private volatile Stretch stretch;

    LocalClock(ZoneId zone) {
        rules = zone.getRules();
        stretch = stretchAt(0);
    }

    /** From {@code start} to {@code end}, both in seconds since 1970-01-01T00:00Z, the offset from UTC is the same. */
    private record Stretch(long start, long end, long offset) {

        boolean contains(long second) {
            return second >= start && second < end;
        }

        boolean isFarInside(long second) {
            return second >= start + MARGIN && second < end - MARGIN;
        }
    }

    private Stretch stretchAt(long second) {
        Instant instant = Instant.ofEpochSecond(second);
        ZoneOffsetTransition next = rules.nextTransition(instant);
        ZoneOffsetTransition previous = rules.previousTransition(instant.plusSeconds(1));
        return new Stretch(
                previous == null ? Long.MIN_VALUE / 2 : previous.toEpochSecond(),
                next == null ? Long.MAX_VALUE / 2 : next.toEpochSecond(),
                rules.getOffset(instant).getTotalSeconds());
    }

    /** What the clock shows. */
    long local(long second) {
        Stretch known = stretch;
        if (!known.contains(second)) {
            known = stretchAt(second);
            stretch = known;
        }
        return second + known.offset;
    }

    /** The moment at which something that starts at this local time does. */
    long start(long local) {
        return moment(local, true);
    }

    /** The moment at which something that ends at this local time does. */
    long end(long local) {
        return moment(local, false);
    }

    /** Whether the clock never shows this local time. */
    boolean isSkipped(long local) {
        ZoneOffsetTransition change = rules.getTransition(LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC));
        return change != null && change.isGap();
    }

    private long moment(long local, boolean first) {
        Stretch known = stretch;
        long second = local - known.offset;
        if (known.isFarInside(second)) {
            return second;
        }
        LocalDateTime time = LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC);
        ZoneOffsetTransition change = rules.getTransition(time);
        if (change == null) {
            return local - rules.getOffset(time).getTotalSeconds();
        }
        if (change.isGap()) {
            return change.toEpochSecond();
        }
        boolean firstPass = first || time.equals(change.getDateTimeAfter());
        ZoneOffset offset = firstPass ? change.getOffsetBefore() : change.getOffsetAfter();
        return local - offset.getTotalSeconds();
    }
}
