package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Action;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A page with calendars, each of which has a page below it. */
@Restricted(NoExternalUse.class) // calendars.jelly
public abstract class CalendarsPage implements Action {

    @Override
    public final String getDisplayName() {
        return Messages.WindowsTab_DisplayName();
    }

    @Override
    public final String getUrlName() {
        return WindowsTab.URL;
    }

    @NonNull
    abstract List<NamedCalendar> calendars();

    @NonNull
    public final List<CalendarView> getCalendars() {
        Instant now = WaitingWindows.clock().instant();
        return calendars().stream()
                .map(calendar -> new CalendarView(calendar, now))
                .toList();
    }

    /** The page of one of them; null if there is none of that name. */
    @CheckForNull
    public final CalendarView getCalendar(String name) {
        return getCalendars().stream()
                .filter(calendar -> calendar.getName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
