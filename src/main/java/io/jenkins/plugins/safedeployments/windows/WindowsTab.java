package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Actionable;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.model.Tab;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The windows that a run, or an item in the queue, waits for, those that were skipped, and the button to skip one. */
public abstract class WindowsTab extends Tab {

    static final String URL = "execution-windows";

    private static final Logger LOGGER = Logger.getLogger(WindowsTab.class.getName());
    private static final int LONGEST_REASON = 1_000;

    WindowsTab(Actionable object) {
        super(object);
    }

    /** Whose permissions count. */
    @NonNull
    abstract AccessControlled access();

    @Override
    public String getIconFileName() {
        return waiting().isEmpty() && getSkips().isEmpty() ? null : "symbol-time-outline plugin-ionicons-api";
    }

    @Override
    public String getDisplayName() {
        return Messages.WindowsTab_DisplayName();
    }

    @Override
    public String getUrlName() {
        return URL;
    }

    private List<Waiting> waiting() {
        return WaitingWindows.get().of(getObject());
    }

    @Restricted(NoExternalUse.class) // windows.jelly
    @NonNull
    public List<WaitingView> getWaiting() {
        return waiting().stream()
                .map(waiting -> new WaitingView(waiting, access()))
                .toList();
    }

    @Restricted(NoExternalUse.class) // windows.jelly
    @NonNull
    public List<SkipView> getSkips() {
        return Skips.of(getObject()).stream().map(SkipView::new).toList();
    }

    @Restricted(NoExternalUse.class) // windows.jelly
    public boolean isReasonRequired() {
        return SafeDeploymentsConfiguration.get().isSkipReasonRequired();
    }

    @Restricted(NoExternalUse.class) // windows.jelly
    @NonNull
    public String getReasonTitle() {
        return isReasonRequired() ? Messages.WindowsTab_ReasonRequired() : Messages.WindowsTab_Reason();
    }

    /**
     * Lets one go on at once: 403 without the permission, 400 without a reason where one is required, 409 if it does not wait
     * any more.
     *
     * @param id which; may be left out if there is only one
     */
    @RequirePOST
    @Restricted(NoExternalUse.class) // windows.jelly, and REST
    public HttpResponse doSkip(@QueryParameter String id, @QueryParameter String reason) throws IOException {
        AccessControlled access = access();
        if (!access.hasPermission(SafeDeploymentsPermissions.SKIP_FREEZE)) {
            access.checkPermission(SafeDeploymentsPermissions.SKIP_WINDOW);
        }
        Waiting waiting = find(Util.fixEmptyAndTrim(id));
        if (waiting == null) {
            return RefusedRequest.of(409, Messages.WindowsTab_NothingWaits());
        }
        String why = oneLine(reason);
        WindowState state = waiting.state(WaitingWindows.clock().instant());
        access.checkPermission(needed(state));
        if (why.isEmpty() && isReasonRequired()) {
            return RefusedRequest.of(400, Messages.WindowsTab_ReasonMissing());
        }
        Skip skip = new Skip(
                waiting.id(),
                state,
                Jenkins.getAuthentication2().getName(),
                why,
                WaitingWindows.clock().instant());
        if (!waiting.skip(skip)) {
            return RefusedRequest.of(409, Messages.WindowsTab_NothingWaits());
        }
        LOGGER.log(Level.INFO, "{0}: a window was {1}; it was {2}", new Object[] {
            Waiting.keyOf(getObject()), skip.sentence(), skip.getWhat()
        });
        return HttpResponses.redirectToDot();
    }

    @NonNull
    static Permission needed(WindowState state) {
        return state.isFrozen() ? SafeDeploymentsPermissions.SKIP_FREEZE : SafeDeploymentsPermissions.SKIP_WINDOW;
    }

    @CheckForNull
    private Waiting find(@CheckForNull String id) {
        List<Waiting> all = waiting();
        if (id == null) {
            return all.size() == 1 ? all.get(0) : null;
        }
        return all.stream()
                .filter(waiting -> waiting.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @NonNull
    static String oneLine(@CheckForNull String text) {
        String line = InertText.oneLine(Util.fixNull(text));
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
    }
}
