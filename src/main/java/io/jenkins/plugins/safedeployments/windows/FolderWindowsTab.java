package io.jenkins.plugins.safedeployments.windows;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The calendars of a folder, and what its releases obey. */
public final class FolderWindowsTab extends CalendarsPage {

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

    @NonNull
    @Override
    List<NamedCalendar> calendars() {
        return calendars.getCalendars();
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
