package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Cause;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasingRun;
import java.util.Objects;
import java.util.function.Predicate;

/** Knows what was decided in a run's judgments. */
public interface JudgmentLookup extends ExtensionPoint {

    /**
     * The outcome of the judgment of that id; null if there is none, or none yet.
     *
     * @param about of which content a judgment has to be to count; null if any counts, also one that is about no release
     */
    @CheckForNull
    String outcome(Run<?, ?> run, String id, @CheckForNull Predicate<Content> about);

    /**
     * What was decided in a run; else, if the run is there for the release of another one, what was decided about that release
     * in the run that made it. Judgments of that run about something else do not count.
     */
    @CheckForNull
    static String find(Run<?, ?> run, String id) {
        String own = decided(run, id, null);
        if (own != null) {
            return own;
        }
        for (Cause cause : run.getCauses()) {
            if (cause instanceof ForRelease what) {
                Run<?, ?> maker = what.maker();
                ReleaseEntry made = maker == null ? null : ReleasingRun.made(maker, what.target(), what.release());
                return made == null
                        ? null
                        : decided(
                                maker,
                                id,
                                content -> content.target().equals(what.target().toString())
                                        && content.release() == what.release()
                                        && content.image().equals(made.getImage()));
            }
        }
        return null;
    }

    /**
     * What was decided in a run, or else about a release in the run that made it.
     *
     * @param release as the cluster has recorded it; null if there is none
     */
    @CheckForNull
    static String find(Run<?, ?> run, String id, Target target, @CheckForNull Release release) {
        String own = decided(run, id, null);
        Run<?, ?> maker = own == null && release != null ? ReleasingRun.of(target, release) : null;
        return maker == null || maker.equals(run)
                ? own
                : decided(maker, id, Content.of(target, release)::isSameRelease);
    }

    private static String decided(Run<?, ?> run, String id, @CheckForNull Predicate<Content> about) {
        return ExtensionList.lookup(JudgmentLookup.class).stream()
                .map(lookup -> lookup.outcome(run, id, about))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
