package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Moments and distances as people read them, the same whatever language or zone Jenkins runs in. */
public final class TimeText {

    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm zzz", Locale.ENGLISH);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss zzz", Locale.ENGLISH);

    private TimeText() {}

    /** {@code Mon 2026-03-30 09:00 CEST}; with seconds if it has any. */
    public static String moment(Instant instant, ZoneId zone) {
        boolean full = instant.equals(instant.truncatedTo(ChronoUnit.MINUTES));
        return (full ? MINUTES : SECONDS).format(instant.atZone(zone));
    }

    /** In UTC, to the second. */
    public static String utc(Instant instant) {
        return moment(instant.truncatedTo(ChronoUnit.SECONDS), ZoneId.of("UTC"));
    }

    /** {@code 1 day 14 h}: the two largest units, rounded down. */
    public static String between(Instant from, Instant to) {
        Duration time = Duration.between(from, to);
        if (time.toDays() > 0) {
            String days = time.toDays() == 1 ? "1 day" : time.toDays() + " days";
            return days + (time.toHoursPart() == 0 ? "" : " " + time.toHoursPart() + " h");
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h" + (time.toMinutesPart() == 0 ? "" : " " + time.toMinutesPart() + " min");
        }
        return time.toMinutes() > 0 ? time.toMinutes() + " min" : Math.max(1, time.toSeconds()) + " s";
    }
}
