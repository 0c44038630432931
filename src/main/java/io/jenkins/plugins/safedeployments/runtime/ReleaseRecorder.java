package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Verdict;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;

/** Writes what an operation tells into the build log, and what it does for its release into the run's {@link ReleasesAction}. */
public final class ReleaseRecorder implements Report {

    private final BuildReport report;
    private final Run<?, ?> run;
    private final String actor;

    /** Null if the entry of the actor is there already, and only followed. */
    @CheckForNull
    private final Act act;

    private final Target target;
    private final Clock clock;

    /** @param act what the step does, whose actor this is */
    public ReleaseRecorder(BuildReport report, Run<?, ?> run, String actor, Act act, Target target) {
        this(
                report,
                run,
                actor,
                target,
                Objects.requireNonNull(act),
                ReleaseRuntime.get().clock());
    }

    private ReleaseRecorder(
            BuildReport report, Run<?, ?> run, String actor, Target target, @CheckForNull Act act, Clock clock) {
        this.report = report;
        this.run = run;
        this.actor = actor;
        this.act = act;
        this.target = target;
        this.clock = clock;
    }

    /** For who ends what a step of a run has left. */
    @NonNull
    static ReleaseRecorder ofWhatWasLeft(BuildReport report, Run<?, ?> run, DrivenOperation left) {
        return new ReleaseRecorder(
                report,
                run,
                left.actor(),
                left.target(),
                null,
                ReleaseRuntime.get().clock());
    }

    @Override
    public void release(Release release, boolean acting) {
        ReleasesAction.put(run, actor, before -> {
            ReleaseEntry entry = before == null ? begin(release) : before;
            return entry == null ? null : entry.seen(release, acting, cause(release));
        });
    }

    /** A release that went on after a failure keeps the failure's cause, which counts no more. */
    private String cause(Release release) {
        return switch (release.phase()) {
            case FAILED, ROLLING_BACK, ROLLED_BACK -> report.inert(release.cause());
            default -> "";
        };
    }

    @CheckForNull
    private ReleaseEntry begin(Release release) {
        return act == null ? null : new ReleaseEntry(actor, act, target, release, clock.instant());
    }

    /** The operation has succeeded. To be called before the run goes on. */
    public void succeeded() {
        ReleasesAction.put(
                run,
                actor,
                entry -> entry == null ? null : entry.end(Verdict.SUCCEEDED, entry.getCause(), clock.instant()));
    }

    /**
     * The operation has failed, or was told to stop; if it had taken up no release, nothing is kept. To be called before the run
     * goes on.
     *
     * @param cause in a sentence
     */
    public void failed(boolean stopped, String cause) {
        ReleasesAction.put(run, actor, entry -> {
            boolean endedItself = act == null && entry != null && entry.getVerdict() != Verdict.RUNNING;
            return entry == null || endedItself
                    ? null
                    : entry.end(stopped ? Verdict.STOPPED : Verdict.FAILED, report.inert(cause), clock.instant());
        });
    }

    @Override
    public void line(String topic, String text) {
        report.line(topic, text);
    }

    @Override
    public void output(String text) {
        report.output(text);
    }

    @Override
    public String keep(String folder, Map<String, String> files) {
        return report.keep(folder, files);
    }
}
