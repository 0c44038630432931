package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Optional;

/**
 * What every release obeys, whatever its job says: the calendars that its folders and its cluster enforce, and the line that
 * may be stopped. Rollbacks don't ask.
 */
public final class WindowPolicy {

    private WindowPolicy() {}

    /**
     * Whether a release may begin now.
     *
     * @param cluster name of the cluster; empty for the only one there is
     * @return empty if it may; else why not and when it may, as one sentence without a full stop
     * @throws UserException if a calendar that is enforced does not exist or can't be understood, or there is no such cluster
     */
    @NonNull
    public static Optional<String> check(Run<?, ?> run, String cluster) {
        String name = SafeDeploymentsConfiguration.get().cluster(cluster).getCalendar();
        List<WindowCalendar> calendars = Calendars.enforced(run.getParent(), name);
        WindowState state = WindowState.of(calendars, WaitingWindows.clock().instant());
        return state.isOpen() ? Optional.empty() : Optional.of(state.sentence());
    }
}
