package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.EnvironmentContributingAction;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import java.util.HashMap;
import java.util.Map;

/**
 * What the release steps of a build have to say to what follows in the same build: the settings that they ran with, and as
 * environment variables the last release and where its Service can be reached. Not kept with the build, which never goes on
 * after a restart.
 */
final class BuildReleases extends InvisibleAction implements EnvironmentContributingAction {

    /** By the id of the step's actor; null when the build was loaded from the disk. */
    private final transient Map<String, ReleaseStep> settings = new HashMap<>();

    private transient String release = "";
    private transient String serviceAddress = "";

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

    /** @param result as the step returns it to a Pipeline */
    static void ended(AbstractBuild<?, ?> build, Map<String, Object> result) {
        synchronized (build) {
            BuildReleases releases = build.getAction(BuildReleases.class);
            if (releases != null && result.get("release") != null) {
                String number = String.valueOf(result.get("release"));
                String address = String.valueOf(result.get("serviceAddress"));
                if (!address.isEmpty() || !number.equals(releases.release)) {
                    releases.serviceAddress = address; // a test of the same release does not look for it
                }
                releases.release = number;
            }
        }
    }

    @Override
    public void buildEnvironment(@NonNull Run<?, ?> run, @NonNull EnvVars env) {
        if (release != null && !release.isEmpty()) {
            env.put("RELEASE_NUMBER", release);
            env.put("SERVICE_ADDRESS", serviceAddress);
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
