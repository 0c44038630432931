package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.engine.calendar.Opening;
import io.jenkins.plugins.safedeployments.engine.calendar.Schedule;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A calendar as the page shows it: its lines, what it says now, and when it opens in the next 30 days. */
@Restricted(NoExternalUse.class) // index.jelly
public final class CalendarView {

    private static final Duration SHOWN = Duration.ofDays(30);
    private static final int MAX_SHOWN = 200;

    private final NamedCalendar named;
    private final WindowCalendar calendar;
    private final Schedule schedule;
    private final Instant now;

    CalendarView(NamedCalendar named, Instant now) {
        this.named = named;
        this.now = now;
        calendar = named.toCalendar();
        schedule = Schedule.of(calendar);
    }

    @NonNull
    public String getName() {
        return named.getName();
    }

    @NonNull
    public String getText() {
        return named.getText();
    }

    @NonNull
    public String getState() {
        return schedule.at(now).sentence();
    }

    /** In its own zone, with how long each lasts. */
    @NonNull
    public List<String> getOpenings() {
        return schedule.openings(now, now.plus(SHOWN)).stream()
                .limit(MAX_SHOWN)
                .map(this::line)
                .toList();
    }

    private String line(Opening opening) {
        return TimeText.moment(opening.start(), calendar.zone()) + " to "
                + TimeText.moment(opening.end(), calendar.zone()) + ", "
                + TimeText.between(opening.start(), opening.end());
    }
}
