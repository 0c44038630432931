package io.jenkins.plugins.safedeployments.windows;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import io.jenkins.plugins.safedeployments.Messages;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The calendars of a folder, and what its releases obey. */
public final class FolderWindowsTab implements Action {

    private final AbstractFolder<?> folder;
    private final FolderCalendars calendars;

    private FolderWindowsTab(AbstractFolder<?> folder, FolderCalendars calendars) {
        this.folder = folder;
        this.calendars = calendars;
    }

    @Override
    public String getIconFileName() {
        return "symbol-time-outline plugin-ionicons-api";
    }

    @Override
    public String getDisplayName() {
        return Messages.WindowsTab_DisplayName();
    }

    @Override
    public String getUrlName() {
        return WindowsTab.URL;
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public AbstractFolder<?> getFolder() {
        return folder;
    }

    /** Empty if it enforces none of its own. */
    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String getEnforced() {
        return calendars.getEnforced();
    }

    @Restricted(NoExternalUse.class) // calendars.jelly
    @NonNull
    public List<CalendarView> getCalendars() {
        Instant now = WaitingWindows.clock().instant();
        return calendars.getCalendars().stream()
                .map(calendar -> new CalendarView(calendar, now))
                .toList();
    }

    /** The page of one of them; null if there is none of that name. */
    @Restricted(NoExternalUse.class) // the URL
    @CheckForNull
    public CalendarView getCalendar(String name) {
        return getCalendars().stream()
                .filter(calendar -> calendar.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    @SuppressWarnings("rawtypes") // so it is with factories of actions
    @Extension
    public static final class Factory extends TransientActionFactory<AbstractFolder> {

        @Override
        public Class<AbstractFolder> type() {
            return AbstractFolder.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull AbstractFolder target) {
            Object found = target.getProperties().get(FolderCalendars.class);
            return found instanceof FolderCalendars calendars
                    ? List.of(new FolderWindowsTab(target, calendars))
                    : List.of();
        }
    }
}
