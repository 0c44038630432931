package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.PeriodicWork;
import hudson.model.Run;
import hudson.util.LogTaskListener;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.operation.EndOrphan;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import io.jenkins.plugins.safedeployments.engine.operation.Outcome;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.Wake;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends what runs have begun and nobody goes on with, because they are over or gone: killed, deleted, or not resumed after a
 * crash. A release does not stay half done for ever; what it may do is in {@link EndOrphan}.
 */
@Extension
public final class Orphans extends PeriodicWork {

    private static final Logger LOGGER = Logger.getLogger(Orphans.class.getName());

    /** After a start of Jenkins, so that runs have had their chance to go on. */
    private static final long FIRST_LOOK = TimeUnit.MINUTES.toMillis(2);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(2);
    private static final int LONGEST_RETRY = 5;

    /** Marks the id of who ends it, made from that of who began it. */
    private static final String MARK = "-orphan";

    /** How often it was tried in vain, by id of who began it. */
    private final Map<String, Try> tries = new ConcurrentHashMap<>();

    private record Try(int failures, Instant notBefore) {}

    @NonNull
    public static Orphans get() {
        return ExtensionList.lookupSingleton(Orphans.class);
    }

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.MINUTES.toMillis(1);
    }

    @Override
    public long getInitialDelay() {
        return FIRST_LOOK;
    }

    /** Looks at all that runs have left behind. */
    @Override
    public void doRun() {
        look(driven -> true);
    }

    /** Looks at what a run that has just ended, or has been deleted, leaves behind. */
    void look(Run<?, ?> over) {
        look(driven -> driven.isOf(over));
    }

    private void look(Predicate<DrivenOperation> which) {
        Instant now = clock().instant();
        for (DrivenOperation driven : DrivenOperations.get().left()) {
            Try last = tries.get(driven.actor());
            if (which.test(driven) && isOver(driven) && (last == null || !now.isBefore(last.notBefore))) {
                ReleaseRuntime.get().execute(() -> end(driven));
            }
        }
    }

    private static boolean isOver(DrivenOperation driven) {
        Run<?, ?> run = driven.run();
        return run == null || !run.isBuilding();
    }

    private void end(DrivenOperation driven) {
        String id = driven.actor() + MARK;
        DrivenOperations operations = DrivenOperations.get();
        if (operations.isLive(driven.actor()) || !operations.take(id)) {
            return;
        }
        ClusterLogin login = null;
        boolean started = false;
        try {
            Run<?, ?> run = driven.run();
            ClusterAccess access = access(driven, run);
            BuildReport report =
                    new BuildReport(driven.target().app(), run, new LogTaskListener(LOGGER, Level.INFO), access);
            ClusterLogin in = new ClusterLogin(
                    driven.target().namespace(), access, () -> access(driven, driven.run()), report::hide);
            login = in;
            Wake wake = new Wake();
            ReleaseRecorder recorder = run == null ? null : ReleaseRecorder.ofWhatWasLeft(report, run, driven);
            Session session = session(driven, id, in, recorder == null ? report : recorder, wake);
            String reason = "The run " + driven.runName() + " is over without having ended it.";
            OperationRun ending =
                    in.engine().start(new EndOrphan(session, driven.actor(), driven.takesBack(), reason), report, wake);
            started = true;
            ending.result().whenComplete((outcome, problem) -> {
                in.close();
                if (recorder != null && problem == null) {
                    recorder.failed(false, reason);
                }
                ended(driven, id, outcome, problem);
            });
        } catch (RuntimeException e) {
            ended(driven, id, null, e);
        } finally {
            if (login != null && !started) {
                login.close();
            }
        }
    }

    private static Session session(DrivenOperation driven, String id, ClusterLogin login, Report report, Wake wake) {
        Duration timeout = Duration.ofMillis(driven.timeoutMillis());
        return new Session(
                driven.target(),
                login.cluster(),
                new Actor(id, "Jenkins, instead of " + driven.runName(), driven.runUrl(), ""),
                clock(),
                report,
                clock().instant().plus(timeout),
                timeout,
                wake,
                RunningReleases::isOver);
    }

    private static ClusterAccess access(DrivenOperation driven, @CheckForNull Run<?, ?> run) {
        ClusterConfiguration cluster =
                SafeDeploymentsConfiguration.get().cluster(driven.target().cluster());
        return run == null
                ? ClusterCredentials.access(cluster, driven.credentialsId(), driven.job())
                : ClusterCredentials.access(cluster, driven.credentialsId(), run);
    }

    private void ended(DrivenOperation driven, String id, Outcome outcome, Throwable problem) {
        String what = "what " + driven.runName() + " had begun for " + driven.target() + " and not ended";
        DrivenOperations.get().leave(id);
        if (ReleaseRuntime.get().isTerminated()) {
            return; // looked at again after the restart
        }
        if (problem == null) {
            tries.remove(driven.actor());
            DrivenOperations.get().end(driven.actor());
            LOGGER.log(
                    outcome.release() == null ? Level.FINE : Level.WARNING,
                    () -> "Ended " + what + ": " + outcome.text());
            return;
        }
        Try last = tries.get(driven.actor());
        int failures = last == null ? 1 : last.failures + 1;
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, LONGEST_RETRY));
        tries.put(driven.actor(), new Try(failures, clock().instant().plus(pause)));
        LOGGER.warning(() -> "Could not end " + what + ", and tries again in " + pause.toMinutes() + " min: "
                + problem.getMessage());
    }

    private static Clock clock() {
        return ReleaseRuntime.get().clock();
    }
}
