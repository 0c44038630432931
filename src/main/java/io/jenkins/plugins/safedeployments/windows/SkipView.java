package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import java.time.temporal.ChronoUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A skip, as pages show it. */
@Restricted(NoExternalUse.class) // windows.jelly
public final class SkipView {

    private final Skip skip;

    SkipView(Skip skip) {
        this.skip = skip;
    }

    @NonNull
    public String getUser() {
        return skip.getUser();
    }

    @NonNull
    public String getReason() {
        return skip.getReason();
    }

    @NonNull
    public String getWhat() {
        return skip.getWhat();
    }

    @NonNull
    public String getAt() {
        return skip.getAt().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @NonNull
    public String getAtText() {
        return TimeText.utc(skip.getAt());
    }
}
