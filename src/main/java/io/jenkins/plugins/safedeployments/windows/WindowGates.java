package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Actionable;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessControlled;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.waiting.WaitingGate;
import io.jenkins.plugins.safedeployments.waiting.WaitingGates;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;

/** The windows that the current user may skip, for the page of all that waits for them. */
@Extension
public final class WindowGates extends WaitingGates {

    /** Begins the key of an item in the queue, as {@link Waiting#keyOf} has it. */
    private static final String QUEUE = "queue ";

    @NonNull
    @Override
    public List<WaitingGate> mine() {
        Instant now = WaitingWindows.clock().instant();
        return WaitingWindows.get().waiting().stream()
                .map(waiting -> gate(waiting, now))
                .filter(Objects::nonNull)
                .toList();
    }

    @CheckForNull
    private static WaitingGate gate(Waiting waiting, Instant now) {
        Actionable owner = owner(waiting.ownerKey());
        WindowsTab tab = owner == null ? null : owner.getAction(WindowsTab.class);
        if (tab == null || !mayAny(tab.access())) {
            return null;
        }
        WindowState state = waiting.state(now);
        return tab.access().hasPermission(WindowsTab.needed(state)) ? new Gate(waiting, state, owner, tab) : null;
    }

    /** Quicker than what the calendars say, which decides between the two permissions. */
    private static boolean mayAny(AccessControlled access) {
        return access.hasPermission(Item.READ)
                && (access.hasPermission(SafeDeploymentsPermissions.SKIP_WINDOW)
                        || access.hasPermission(SafeDeploymentsPermissions.SKIP_FREEZE));
    }

    /** Whatever the current user may see of it, which is asked afterwards. */
    @CheckForNull
    private static Actionable owner(String key) {
        try (ACLContext system = ACL.as2(ACL.SYSTEM2)) {
            return key.startsWith(QUEUE)
                    ? Jenkins.get().getQueue().getItem(Long.parseLong(key.substring(QUEUE.length())))
                    : Run.fromExternalizableId(key);
        }
    }

    private record Gate(Waiting waiting, WindowState state, Actionable owner, WindowsTab tab) implements WaitingGate {

        @Override
        public String id() {
            return waiting.id();
        }

        @Override
        public String kind() {
            return state.isFrozen() ? Messages.WindowGates_Freeze() : Messages.WindowGates_Window();
        }

        @Override
        public String message() {
            return Messages.WindowGates_Message(state.sentence());
        }

        @Override
        public String hint() {
            return WaitingView.skipMessage(waiting, state.isFrozen());
        }

        @Override
        public String run() {
            return owner instanceof Run<?, ?> run
                    ? run.getFullDisplayName()
                    : ((Queue.Item) owner).task.getFullDisplayName();
        }

        @Override
        public String path() {
            String url = owner instanceof Run<?, ?> run ? run.getUrl() : ((Queue.Item) owner).getUrl();
            return url + WindowsTab.URL + "/";
        }

        @Override
        public Instant since() {
            return waiting.since();
        }

        @Override
        public Instant deadline() {
            return waiting.givesUp();
        }

        @Override
        public List<Outcome> outcomes() {
            return List.of(new Outcome("skip", Messages.WindowGates_Skip(), true));
        }

        @Override
        public boolean commentRequired() {
            return SafeDeploymentsConfiguration.get().isSkipReasonRequired();
        }

        @Override
        public String shown() {
            return "";
        }

        @Override
        public HttpResponse decide(String outcome, StaplerRequest2 request) throws IOException {
            return tab.doSkip(waiting.id(), request.getParameter("comment"));
        }
    }
}
