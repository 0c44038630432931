package io.jenkins.plugins.safedeployments.engine.operation;

/** What can befall a request. */
enum Fault {
    /** The controller dies before the request is sent. */
    DEATH_BEFORE,
    /** The controller dies when the request has been done, and its answer has not come. */
    DEATH_BEFORE_ANSWER,
    /** The controller dies when it has the answer. */
    DEATH_AFTER,
    CONFLICT,
    UNAVAILABLE,
    /** No answer, although it has been done. */
    UNAVAILABLE_BUT_DONE,
    /** Somebody puts an annotation on stable. */
    FOREIGN_ANNOTATION,
    /** Somebody scales stable up. */
    FOREIGN_REPLICAS,
    /** A pod of stable that serves is lost. */
    STABLE_POD_LOST,
    /** A pod of the canary that serves is lost. */
    CANARY_POD_LOST,
    /** The controller is held up for so long that somebody else takes the release back meanwhile. */
    OVERTAKEN;

    boolean isDeath() {
        return this == DEATH_BEFORE || this == DEATH_BEFORE_ANSWER || this == DEATH_AFTER;
    }
}
