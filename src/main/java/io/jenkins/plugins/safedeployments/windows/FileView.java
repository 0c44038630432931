package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.IcsFile;
import io.jenkins.plugins.safedeployments.config.IcsFiles;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** An iCalendar file as the page shows it; not its address, which may be secret. */
@Restricted(NoExternalUse.class) // index.jelly
public final class FileView {

    private final IcsFile file;

    FileView(IcsFile file) {
        this.file = file;
    }

    @NonNull
    public String getName() {
        return file.getName();
    }

    @NonNull
    public String getState() {
        if (file.getUrl().isEmpty()) {
            return Messages.WindowsPage_InConfiguration();
        }
        Instant fetched = IcsFiles.get().fetched(file);
        return fetched == null
                ? Messages.WindowsPage_NotFetched()
                : Messages.WindowsPage_Fetched(TimeText.utc(fetched));
    }

    /** Why it could not be fetched the last time; null if it could. */
    @CheckForNull
    public String getProblem() {
        return IcsFiles.get().problem(file);
    }
}
