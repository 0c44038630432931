package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What every release obeys, whatever its job says: the calendars that its folders and its cluster enforce, and the line that
 * may be stopped. Steps wait for it by {@link HeldStepExecution}, builds by {@link #await}; rollbacks go on, and say so.
 */
public final class WindowPolicy {

    private static final Logger LOGGER = Logger.getLogger(WindowPolicy.class.getName());

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
        WindowState state =
                state(run.getParent(), cluster, WaitingWindows.clock().instant());
        return state.isOpen() ? Optional.empty() : Optional.of(state.sentence());
    }

    /**
     * Waits, in a build that is no Pipeline, until a release may begin.
     *
     * @param app for the log
     * @param cluster name of the cluster; empty for the only one there is
     * @throws AbortException if what is to be obeyed does not exist or can't be understood
     * @throws InterruptedException if the build was aborted meanwhile
     */
    public static void await(Run<?, ?> run, TaskListener listener, String app, String cluster)
            throws AbortException, InterruptedException {
        try {
            new WaitingBuild(run, listener, app, now -> state(run.getParent(), cluster, now)).await();
        } catch (UserException e) {
            throw new AbortException(e.getMessage());
        }
    }

    /** Tells the log of a rollback what it need not wait for, if there is anything. Nothing that is wrong with it stops one. */
    public static void sayExempt(Run<?, ?> run, TaskListener listener, String app, String cluster) {
        Optional<String> closed;
        try {
            closed = check(run, cluster);
        } catch (UserException e) {
            closed = Optional.of("not known whether it is open: " + e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "can't see which execution windows " + run + " need not wait for");
            closed = Optional.of("not known whether it is open; the system log says why");
        }
        closed.ifPresent(text -> listener.getLogger()
                .println("[" + app + "] Execution windows do not hold rollbacks, so it goes on although it is " + text
                        + (text.endsWith(".") ? "" : ".")));
    }

    static WindowState state(Item job, String cluster, Instant now) {
        String name = SafeDeploymentsConfiguration.get().cluster(cluster).getCalendar();
        return WindowState.of(Calendars.enforced(job, name), now);
    }
}
