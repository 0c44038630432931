package io.jenkins.plugins.safedeployments.engine.release;

/** The names that the plugin writes into a cluster. Whoever reads or writes one of them takes it from here. */
public final class Names {

    private static final String PREFIX = "safe-deployments.jenkins.io/";

    /** Annotation of both Deployments: the number of the release that last wrote them. */
    public static final String RELEASE = PREFIX + "release";

    /** Annotation of both Deployments: the fencing number that a write must have. */
    public static final String FENCE = PREFIX + "fence";

    /** Annotation of a HorizontalPodAutoscaler: its minimum of before it was raised, and what it was raised to. */
    public static final String MIN_REPLICAS = PREFIX + "min-replicas";

    /** Label of the Secrets that hold releases. */
    public static final String APP = PREFIX + "app";

    static final String PHASE = PREFIX + "phase";
    static final String OPERATION = PREFIX + "operation";
    static final String RUN = PREFIX + "run";
    static final String RUN_URL = PREFIX + "run-url";
    static final String ACTOR = PREFIX + "actor";
    static final String SINCE = PREFIX + "since";
    static final String LAST_RELEASE = PREFIX + "last-release";
    static final String JOB = PREFIX + "job";
    static final String BUILD = PREFIX + "build";
    static final String WAITING = PREFIX + "waiting";
    static final String SECRET_TYPE = PREFIX + "release.v1";

    private Names() {}

    static String lease(String app) {
        return "safe-deployments-" + app;
    }

    static String secret(String app, int number) {
        return "safe-deployments-" + app + "-v" + number;
    }
}
