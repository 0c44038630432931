package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import java.util.function.Predicate;

/** The run of this Jenkins that has made a release. */
public final class ReleasingRun {

    private ReleasingRun() {}

    /**
     * By the record of the release. Whoever may write to the namespace could have put another run into the record, so the run
     * itself has to know that it made the release, by that very step.
     *
     * @return null if it was made by another Jenkins, or the run is gone
     */
    @CheckForNull
    public static Run<?, ?> of(Target target, Release release) {
        return of(release.origin().id(), target.toString(), release.number());
    }

    /**
     * The same by what is known of a release.
     *
     * @param actor id of who made it, as its record has it
     * @param target as {@link Target} writes itself
     * @return null if it was made by another Jenkins, or the run is gone
     */
    @CheckForNull
    public static Run<?, ?> of(String actor, String target, int release) {
        for (Run<?, ?> run : RunningReleases.runs(actor)) {
            ReleaseEntry made = made(run, entry -> entry.getTarget().toString().equals(target), release);
            if (made != null && made.getActor().equals(actor)) {
                return run;
            }
        }
        return null;
    }

    /** What a run knows of a release that it has made; null if it has not made it. */
    @CheckForNull
    public static ReleaseEntry made(Run<?, ?> run, Target target, int release) {
        return made(run, entry -> entry.getTarget().equals(target), release);
    }

    @CheckForNull
    private static ReleaseEntry made(Run<?, ?> run, Predicate<ReleaseEntry> onTarget, int release) {
        return ReleasesAction.entries(run).stream()
                .filter(entry ->
                        entry.getAct() == Act.CANARY_DEPLOY && entry.getRelease() == release && onTarget.test(entry))
                .findFirst()
                .orElse(null);
    }
}
