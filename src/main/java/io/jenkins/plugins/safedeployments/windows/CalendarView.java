package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.ModelObject;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarCheck;
import io.jenkins.plugins.safedeployments.engine.calendar.Finding;
import io.jenkins.plugins.safedeployments.engine.calendar.HeatMap;
import io.jenkins.plugins.safedeployments.engine.calendar.Moments;
import io.jenkins.plugins.safedeployments.engine.calendar.Opening;
import io.jenkins.plugins.safedeployments.engine.calendar.Schedule;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.calendar.Zones;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The page of a calendar: its lines, what it says now and at any other moment, what may not be meant like that, and a heat map
 * of the coming weeks.
 */
@Restricted(NoExternalUse.class) // index.jelly, calendars.jelly
public final class CalendarView implements ModelObject {

    private static final Duration SHOWN = Duration.ofDays(30);
    private static final int MAX_SHOWN = 200;
    private static final int DAYS = 35;

    private final NamedCalendar named;
    private final Instant now;

    /** Null if it can't be understood; then {@link #problem} says why. */
    private final WindowCalendar calendar;

    private final Schedule schedule;
    private final String problem;

    CalendarView(NamedCalendar named, Instant now) {
        this.named = named;
        this.now = now;
        WindowCalendar read = null;
        String wrong = null;
        try {
            read = named.toCalendar();
        } catch (UserException e) {
            wrong = e.getMessage();
        }
        calendar = read;
        schedule = read == null ? null : Schedule.of(read);
        problem = wrong;
    }

    @Override
    public String getDisplayName() {
        return named.getName();
    }

    @NonNull
    public String getName() {
        return named.getName();
    }

    /** For the path of its page. */
    @NonNull
    public String getUrl() {
        return "calendar/" + Util.rawEncode(named.getName()) + "/";
    }

    @NonNull
    public String getText() {
        return named.getText();
    }

    /** Null unless it can't be understood, and nothing else can be asked. */
    @CheckForNull
    public String getProblem() {
        return problem;
    }

    @NonNull
    public String getState() {
        return problem == null ? schedule.at(now).sentence() : problem;
    }

    public boolean isOpen() {
        return problem == null && schedule.isOpen(now);
    }

    @NonNull
    public String getZone() {
        return calendar.zone().getId();
    }

    @NonNull
    public List<String> getErrors() {
        return findings(Finding.Severity.ERROR);
    }

    @NonNull
    public List<String> getWarnings() {
        return findings(Finding.Severity.WARNING);
    }

    @NonNull
    public List<String> getNotes() {
        return findings(Finding.Severity.NOTE);
    }

    private List<String> findings(Finding.Severity severity) {
        return CalendarCheck.of(calendar, now).stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::text)
                .toList();
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

    /** The coming five weeks, in its own zone. */
    @NonNull
    public List<DayView> getDays() {
        ZoneId zone = calendar.zone();
        return HeatMap.of(schedule, zone, now.atZone(zone).toLocalDate(), DAYS).stream()
                .map(day -> new DayView(day, zone))
                .toList();
    }

    /**
     * What it says at a moment, which a clock may show twice; nothing if none is asked for.
     *
     * @param zone empty for its own
     */
    @NonNull
    public List<String> answers(@CheckForNull String at, @CheckForNull String zone) {
        if (Util.fixEmptyAndTrim(at) == null) {
            return List.of();
        }
        try {
            ZoneId in = Util.fixEmptyAndTrim(zone) == null ? calendar.zone() : Zones.parse("zone", zone);
            return Moments.parse("at", Objects.requireNonNull(at), in).stream()
                    .map(moment -> Messages.CalendarView_Answer(
                            TimeText.moment(moment, in), schedule.at(moment).sentence()))
                    .toList();
        } catch (UserException e) {
            return List.of(e.getMessage());
        }
    }
}
