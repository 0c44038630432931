package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.AtmostOneTaskExecutor;
import jenkins.util.Timer;
import org.springframework.security.core.Authentication;

/**
 * All judgments of this Jenkins that wait for people. One timer serves them: it goes off when the next reminder or end is due,
 * and after a minute at the latest, since timers do not notice that the clock was set. What may wait for a cluster or the security realm is done by one
 * thread of its own, so that it delays none of the others.
 */
@Extension
public final class PendingJudgments {

    private static final Logger LOGGER = Logger.getLogger(PendingJudgments.class.getName());
    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final Duration AT_LEAST = Duration.ofMillis(100);

    /** Static, so that what is resumed after a restart finds the one that a test has set. */
    private static volatile Clock clock = Clock.systemUTC();

    private final Set<LiveJudgment> all = ConcurrentHashMap.newKeySet();

    /** When those are tried again with which something went wrong. */
    private final Map<LiveJudgment, Instant> again = new ConcurrentHashMap<>();

    private final AtmostOneTaskExecutor<Void> looks = new AtmostOneTaskExecutor<>(this::lookAtClusters);

    /** Whether those are to be looked at that have votes. */
    private final AtomicBoolean round = new AtomicBoolean();

    private Instant nextRound = Instant.MIN;
    private ScheduledFuture<?> timer;
    private boolean terminated;

    @NonNull
    public static PendingJudgments get() {
        return ExtensionList.lookupSingleton(PendingJudgments.class);
    }

    @NonNull
    static Clock clock() {
        return clock;
    }

    /** For tests. */
    static void setClock(Clock other) {
        clock = other;
    }

    /**
     * Those that somebody may vote on now: who may read the job, is let vote by the rules, and has not voted yet. Asks nothing
     * but this Jenkins, so that it is fast; whether the vote counts is looked at again when it is cast.
     *
     * @return the longest waiting first
     */
    @NonNull
    public List<PendingJudgment> of(Authentication user) {
        return all.stream()
                .filter(judgment -> judgment.awaits(user))
                .sorted(Comparator.comparing(PendingJudgment::since).thenComparing(PendingJudgment::path))
                .map(PendingJudgment.class::cast)
                .toList();
    }

    @NonNull
    List<LiveJudgment> all() {
        return List.copyOf(all);
    }

    @CheckForNull
    LiveJudgment find(Subject subject, String id) {
        return all.stream()
                .filter(judgment -> judgment.subject().equals(subject) && Judgments.isSame(judgment.id(), id))
                .findFirst()
                .orElse(null);
    }

    void add(LiveJudgment judgment) {
        all.add(judgment);
        schedule();
    }

    void remove(LiveJudgment judgment) {
        all.remove(judgment);
        again.remove(judgment);
    }

    /** Looks at those whose time has come, in another thread. */
    void wake() {
        ReleaseRuntime.get().executeSoon(this::lookAtAll);
    }

    void lookAtAll() {
        Instant now = clock.instant();
        for (LiveJudgment judgment : all) {
            if (!judgment.waitsToTick(now)) {
                attempt(judgment, now, () -> judgment.tick(now));
            }
        }
        if (isTimeForRound(now)) {
            round.set(true);
        }
        if (all.stream().anyMatch(judgment -> judgment.canLapse() || judgment.waitsToTick(now))) {
            looks.submit();
        }
        schedule();
    }

    private synchronized boolean isTimeForRound(Instant now) {
        if (isAhead(nextRound, now)) {
            return false;
        }
        nextRound = now.plus(AT_MOST);
        return true;
    }

    /** Whether it is still to come; what is further ahead than it was ever put was so before the clock was set back. */
    private static boolean isAhead(Instant instant, Instant now) {
        return now.isBefore(instant) && !instant.isAfter(now.plus(AT_MOST));
    }

    private Void lookAtClusters() {
        boolean atVotes = round.getAndSet(false);
        Instant now = clock.instant();
        for (LiveJudgment judgment : all) {
            if (judgment.waitsToTick(now)) {
                attempt(judgment, now, () -> judgment.tick(now));
            } else if (atVotes && judgment.canLapse()) {
                attempt(judgment, now, judgment::look);
            }
        }
        schedule();
        return null;
    }

    /** What is done with one. */
    private interface Work {
        void run() throws IOException;
    }

    private void attempt(LiveJudgment judgment, Instant now, Work work) {
        if (isAhead(again.getOrDefault(judgment, Instant.MIN), now)) {
            return;
        }
        try {
            work.run();
            again.remove(judgment);
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    Level.WARNING, e, () -> "can't go on with " + judgment.path() + "; it is tried again in a minute");
            again.put(judgment, now.plus(AT_MOST));
            if (!all.contains(judgment)) {
                again.remove(judgment); // it was taken away meanwhile
            }
        }
    }

    private synchronized void schedule() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (terminated || all.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Duration delay = all.stream()
                .filter(judgment -> !judgment.waitsToTick(now)) // that is under way, or is tried again in a minute
                .map(this::nextDue)
                .flatMap(Optional::stream)
                .map(due -> Duration.between(now, due))
                .min(Comparator.naturalOrder())
                .filter(first -> first.compareTo(AT_MOST) < 0)
                .orElse(AT_MOST);
        long millis = Math.max(delay.toMillis(), AT_LEAST.toMillis());
        timer = Timer.get().schedule(this::wake, millis, TimeUnit.MILLISECONDS);
    }

    private Optional<Instant> nextDue(LiveJudgment judgment) {
        Instant earliest = again.getOrDefault(judgment, Instant.MIN);
        return judgment.judgment().nextDue().map(due -> due.isBefore(earliest) ? earliest : due);
    }

    /** Nothing of it may go on in a Jenkins that is restarted in the same process. */
    @Terminator
    public static void terminate() {
        PendingJudgments pending = get();
        synchronized (pending) {
            pending.terminated = true;
            pending.all.clear();
            if (pending.timer != null) {
                pending.timer.cancel(false);
            }
        }
    }

    /** A run that is killed does not stop its steps. */
    @Extension
    public static final class EndListener extends RunListener<Run<?, ?>> {

        @Override
        public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
            Subject over = new RunSubject(run);
            for (LiveJudgment judgment : get().all) {
                if (judgment.subject().equals(over)) {
                    get().remove(judgment);
                    if (judgment.withdraw("the build is over.")) {
                        write(judgment);
                    }
                }
            }
        }

        private static void write(LiveJudgment judgment) {
            try {
                judgment.tellWithdrawn();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "can't record that nobody decides " + judgment.path());
            }
        }
    }
}
