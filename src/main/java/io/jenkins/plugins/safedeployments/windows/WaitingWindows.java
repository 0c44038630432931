package io.jenkins.plugins.safedeployments.windows;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.init.Terminator;
import hudson.model.Actionable;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.Saveable;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.model.listeners.SaveableListener;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.AtmostOneTaskExecutor;
import jenkins.util.Timer;

/**
 * All that waits for a window. One timer serves them: it goes off at the earliest of their next changes, and after a minute
 * at the latest, since timers do not notice that the clock was set.
 */
@Extension
public final class WaitingWindows {

    private static final Logger LOGGER = Logger.getLogger(WaitingWindows.class.getName());
    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final Duration AT_LEAST = Duration.ofMillis(100);

    /** Static, so that what is resumed after a restart finds the one that a test has set. */
    private static volatile Clock clock = Clock.systemUTC();

    private final Map<String, Watched> all = new ConcurrentHashMap<>();

    /** When each is to be looked at. */
    private final Map<String, Instant> next = new ConcurrentHashMap<>();

    private final AtmostOneTaskExecutor<Void> looks = new AtmostOneTaskExecutor<>(this::lookAtAll);
    private Instant lastLook = Instant.MIN;
    private ScheduledFuture<?> timer;
    private boolean terminated;

    @NonNull
    static WaitingWindows get() {
        return ExtensionList.lookupSingleton(WaitingWindows.class);
    }

    @NonNull
    static Clock clock() {
        return clock;
    }

    /** For tests. */
    static void setClock(Clock other) {
        clock = other;
    }

    /** Looks after something from now on. */
    void add(Watched watched) {
        all.put(watched.id(), watched);
        next.put(watched.id(), Instant.MIN);
        looks.submit();
    }

    void remove(String id) {
        all.remove(id);
        next.remove(id);
    }

    boolean isKnown(String id) {
        return all.containsKey(id);
    }

    /** Those of a run or an item in the queue that wait; the longest waiting first. */
    @NonNull
    List<Waiting> of(Actionable owner) {
        if (all.isEmpty()) {
            return List.of();
        }
        String key = Waiting.keyOf(owner);
        return waiting().stream()
                .filter(waiting -> waiting.ownerKey().equals(key))
                .toList();
    }

    /** All that wait; the longest waiting first. */
    @NonNull
    List<Waiting> waiting() {
        return all.values().stream()
                .filter(Waiting.class::isInstance)
                .map(Waiting.class::cast)
                .filter(Waiting::isWaiting)
                .sorted(Comparator.comparing(Waiting::since).thenComparing(Waiting::id))
                .toList();
    }

    /** Looks at those whose time has come, in another thread. */
    void wake() {
        looks.submit();
    }

    /** Looks at all, in another thread, since something other than the time has changed. */
    void wakeAll() {
        next.replaceAll((id, moment) -> Instant.MIN);
        looks.submit();
    }

    private Void lookAtAll() {
        Instant now = clock.instant();
        if (now.isBefore(lastLook)) { // the clock was set back: what was reckoned before does not hold
            next.replaceAll((id, moment) -> Instant.MIN);
        }
        lastLook = now;
        Instant earliest = now.plus(AT_MOST);
        for (Watched watched : all.values()) {
            Instant moment = look(watched, now);
            if (moment != null && moment.isBefore(earliest)) {
                earliest = moment;
            }
        }
        if (!all.isEmpty()) {
            schedule(Duration.between(now, earliest));
        }
        return null;
    }

    @CheckForNull
    private Instant look(Watched watched, Instant now) {
        Instant due = next.get(watched.id());
        if (due == null || now.isBefore(due)) {
            return due;
        }
        // before the look, so that a change in the meantime is not lost
        next.replace(watched.id(), Instant.MAX);
        Instant moment;
        try {
            moment = watched.look(now);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "can't look at what waits for a window", e);
            moment = now.plus(AT_MOST);
        }
        if (moment != null) {
            next.replace(watched.id(), Instant.MAX, moment);
        }
        return moment;
    }

    private synchronized void schedule(Duration delay) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (!terminated) {
            long millis = Math.max(delay.toMillis(), AT_LEAST.toMillis());
            timer = Timer.get().schedule(this::wake, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Nothing of it may go on in a Jenkins that is restarted in the same process. */
    @Terminator
    public static void terminate() {
        WaitingWindows windows = get();
        windows.all.clear();
        synchronized (windows) {
            windows.terminated = true;
            if (windows.timer != null) {
                windows.timer.cancel(false);
            }
        }
    }

    /** What was configured may open or close windows. */
    @Extension
    public static final class ConfigurationListener extends SaveableListener {

        @Override
        public void onChange(Saveable changed, XmlFile file) {
            if (changed instanceof SafeDeploymentsConfiguration
                    || changed instanceof StopTheLine
                    || changed instanceof AbstractFolder
                    || changed instanceof Job) {
                WaitingWindows.get().wakeAll();
            }
        }
    }

    /** A run that is killed does not stop its steps. */
    @Extension
    public static final class EndListener extends RunListener<Run<?, ?>> {

        @Override
        public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
            WaitingWindows windows = WaitingWindows.get();
            windows.all.values().removeIf(watched -> watched.ownerKey().equals(run.getExternalizableId()));
            windows.next.keySet().retainAll(windows.all.keySet());
        }
    }
}
