package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.AbstractBuild;
import hudson.model.InvisibleAction;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import java.util.HashMap;
import java.util.Map;

/** The settings that the release steps of a build ran with, for what follows in the same build. Not kept with the build. */
final class BuildReleases extends InvisibleAction {

    /** By the id of the step's actor; null when the build was loaded from the disk. */
    private final transient Map<String, ReleaseStep> settings = new HashMap<>();

    static void add(AbstractBuild<?, ?> build, String actor, ReleaseStep step) {
        synchronized (build) {
            BuildReleases releases = build.getAction(BuildReleases.class);
            if (releases == null) {
                releases = new BuildReleases();
                build.addAction(releases);
            }
            releases.settings.put(actor, step);
        }
    }

    /** Null if the actor is no step of this kind. */
    @CheckForNull
    static ReleaseStep of(AbstractBuild<?, ?> build, String actor) {
        synchronized (build) {
            BuildReleases releases = build.getAction(BuildReleases.class);
            return releases == null || releases.settings == null ? null : releases.settings.get(actor);
        }
    }
}
