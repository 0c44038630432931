package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.RootAction;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
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
public final class WindowsPage extends CalendarsPage implements RootAction {

    @Override
    public String getIconFileName() {
        return isMayTurn() || getStopped() != null ? "symbol-time-outline plugin-ionicons-api" : null;
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

    @NonNull
    @Override
    List<NamedCalendar> calendars() {
        return SafeDeploymentsConfiguration.get().getCalendars();
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public List<FileView> getFiles() {
        return SafeDeploymentsConfiguration.get().getIcsFiles().stream()
                .map(FileView::new)
                .toList();
    }

    /** Closes every window and release of this Jenkins: 403 without the permission, 400 without a reason, 409 if it is so. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // index.jelly, and REST
    public HttpResponse doStop(@QueryParameter String reason) {
        Jenkins.get().checkPermission(SafeDeploymentsPermissions.STOP_THE_LINE);
        String why = WindowsTab.oneLine(reason);
        if (why.isEmpty()) {
            return RefusedRequest.of(400, Messages.WindowsPage_ReasonMissing());
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
                : RefusedRequest.of(409, stop ? Messages.WindowsPage_IsStopped() : Messages.WindowsPage_GoesOn());
    }
}
