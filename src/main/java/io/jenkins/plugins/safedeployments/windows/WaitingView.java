package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.security.AccessControlled;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.calendar.Verdict;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** One that waits, as pages show it. */
@Restricted(NoExternalUse.class) // windows.jelly
public final class WaitingView {

    private final Waiting waiting;
    private final String text;
    private final boolean frozen;
    private final Instant opens;
    private final String opensText;
    private final boolean skippable;

    WaitingView(Waiting waiting, AccessControlled access) {
        this.waiting = waiting;
        WindowState state = waiting.state(WaitingWindows.clock().instant());
        text = state.sentence();
        frozen = state.isFrozen();
        opens = state.opens();
        Verdict verdict = state.verdict();
        opensText = opens == null || verdict == null
                ? Messages.WaitingView_Unknown()
                : TimeText.moment(opens, verdict.zone());
        skippable = access.hasPermission(WindowsTab.needed(state));
    }

    @NonNull
    public String getId() {
        return waiting.id();
    }

    @NonNull
    public String getText() {
        return text;
    }

    @NonNull
    public String getTitle() {
        String title = frozen ? Messages.WaitingView_Frozen() : Messages.WaitingView_Waiting();
        return waiting.label().isEmpty() ? title : waiting.label() + ": " + title;
    }

    /** In ISO form; null if it is not known. */
    @CheckForNull
    public String getOpens() {
        return opens == null ? null : opens.toString();
    }

    /** In the zone of the window. */
    @NonNull
    public String getOpensText() {
        return opensText;
    }

    @NonNull
    public String getSince() {
        return waiting.since()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
    }

    @NonNull
    public String getSinceText() {
        return TimeText.utc(waiting.since());
    }

    /** Whether who looks at it may skip it. */
    public boolean isSkippable() {
        return skippable;
    }

    /** What to consider before it is skipped. */
    @NonNull
    public String getSkipMessage() {
        return skipMessage(waiting, frozen);
    }

    @NonNull
    static String skipMessage(Waiting waiting, boolean frozen) {
        String own = waiting.skipMessage();
        if (own != null) {
            return own;
        }
        return frozen ? Messages.WaitingView_SkipFreeze() : Messages.WaitingView_SkipWindow();
    }
}
