package io.jenkins.plugins.safedeployments.engine.model;

import java.util.Locale;

/** One of the two Deployments of an application behind the same Service. */
public enum Track {
    STABLE,
    CANARY;

    /** {@code stable} or {@code canary}, as in labels and Deployment names. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of this track's Deployment of an application: {@code <app>-stable} or {@code <app>-canary}. */
    public String deploymentOf(String app) {
        return app + "-" + label();
    }
}
