package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.RootAction;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The page of the whole of Jenkins: whether the line is stopped, with the switch, and the global calendars. */
@Extension
public final class WindowsPage implements RootAction {

    @Override
    public String getIconFileName() {
        return isMayTurn() || getStopped() != null ? "symbol-time-outline plugin-ionicons-api" : null;
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
    public boolean isMayTurn() {
        return Jenkins.get().hasPermission(SafeDeploymentsPermissions.STOP_THE_LINE);
    }

    /** Null while the line goes on. */
    @Restricted(NoExternalUse.class) // index.jelly
    @CheckForNull
    public StopTheLine.Turn getStopped() {
        return StopTheLine.get().stopped();
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public List<StopTheLine.Turn> getHistory() {
        return StopTheLine.get().history();
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String text(StopTheLine.Turn turn) {
        return TimeText.utc(turn.getAt());
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public List<CalendarView> getCalendars() {
        return SafeDeploymentsConfiguration.get().getCalendars().stream()
                .map(calendar ->
                        new CalendarView(calendar, WaitingWindows.clock().instant()))
                .toList();
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public List<FileView> getFiles() {
        return SafeDeploymentsConfiguration.get().getIcsFiles().stream()
                .map(FileView::new)
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

    /** Closes every window and release of this Jenkins: 403 without the permission, 400 without a reason, 409 if it is so. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // index.jelly, and REST
    public HttpResponse doStop(@QueryParameter String reason) {
        Jenkins.get().checkPermission(SafeDeploymentsPermissions.STOP_THE_LINE);
        String why = WindowsTab.oneLine(reason);
        if (why.isEmpty()) {
            return HttpResponses.errorWithoutStack(400, Messages.WindowsPage_ReasonMissing());
        }
        return turn(true, why);
    }

    /** Takes that back. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // index.jelly, and REST
    public HttpResponse doGoOn(@QueryParameter String reason) {
        Jenkins.get().checkPermission(SafeDeploymentsPermissions.STOP_THE_LINE);
        return turn(false, WindowsTab.oneLine(reason));
    }

    private static HttpResponse turn(boolean stop, String reason) {
        return StopTheLine.get().turn(stop, Jenkins.getAuthentication2().getName(), reason)
                ? HttpResponses.redirectToDot()
                : HttpResponses.errorWithoutStack(
                        409, stop ? Messages.WindowsPage_IsStopped() : Messages.WindowsPage_GoesOn());
    }
}
