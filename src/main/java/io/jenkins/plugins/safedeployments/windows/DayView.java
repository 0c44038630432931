package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.HeatMap;
import io.jenkins.plugins.safedeployments.engine.calendar.Opening;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A day of a heat map: its hours to look at, and the same in words. */
@Restricted(NoExternalUse.class) // heat.jelly
public final class DayView {

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
    private static final int MAX_NAMED = 4;

    private final HeatMap.Day day;
    private final ZoneId zone;

    DayView(HeatMap.Day day, ZoneId zone) {
        this.day = day;
        this.zone = zone;
    }

    @NonNull
    public String getDate() {
        return DATE.format(day.date());
    }

    /** Whether a week begins with it. */
    public boolean isMonday() {
        return day.date().getDayOfWeek().getValue() == 1;
    }

    @NonNull
    public List<Cell> getCells() {
        return IntStream.range(0, day.hours().size())
                .mapToObj(hour -> new Cell(hour, day.hours().get(hour)))
                .toList();
    }

    /** When it is open on that day, and whether it is frozen. */
    @NonNull
    public String getText() {
        List<String> texts = new ArrayList<>();
        if (day.openings().isEmpty()) {
            texts.add(Messages.DayView_Closed());
        } else {
            String times =
                    day.openings().stream().limit(MAX_NAMED).map(this::text).collect(Collectors.joining(", "));
            int more = day.openings().size() - MAX_NAMED;
            texts.add(more > 0 ? Messages.DayView_More(times, more) : times);
        }
        if (day.hours().stream().anyMatch(hour -> hour.frozen() > 0)) {
            texts.add(Messages.DayView_Frozen());
        }
        return String.join("; ", texts);
    }

    private String text(Opening opening) {
        return time(opening.start()) + "-" + (endsWithTheDay(opening) ? "24:00" : time(opening.end()));
    }

    private boolean endsWithTheDay(Opening opening) {
        return !opening.end().atZone(zone).toLocalDate().equals(day.date());
    }

    private String time(Instant instant) {
        return TIME.format(instant.atZone(zone));
    }

    /** An hour on the clock. */
    @Restricted(NoExternalUse.class) // heat.jelly
    public static final class Cell {

        private final int hour;
        private final HeatMap.Hour seconds;

        Cell(int hour, HeatMap.Hour seconds) {
            this.hour = hour;
            this.seconds = seconds;
        }

        /** What it looks like. */
        @NonNull
        public String getStyle() {
            if (seconds.lasts() == 0) {
                return "sd-heat__hour sd-heat__hour--none";
            }
            return "sd-heat__hour sd-heat__hour--" + seconds.level()
                    + (seconds.frozen() > 0 ? " sd-heat__hour--frozen" : "");
        }

        @NonNull
        public String getText() {
            String from = String.format(Locale.ROOT, "%02d:00", hour);
            if (seconds.lasts() == 0) {
                return Messages.DayView_Skipped(from);
            }
            String text =
                    switch (seconds.level()) {
                        case 0 -> Messages.DayView_HourClosed(from);
                        case 4 -> Messages.DayView_HourOpen(from);
                        default -> Messages.DayView_HourPartly(from, seconds.open() / 60, seconds.lasts() / 60);
                    };
            return seconds.frozen() > 0 ? text + ", " + Messages.DayView_Frozen() : text;
        }
    }
}
