package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;

/**
 * What {@code rollbackCanary} was asked for.
 *
 * @param to number of the promoted release to return to, or {@link #PREVIOUS}; empty to undo the release in progress
 * @param reason why; empty to give the release's own cause, if it has failed
 * @param postMortem whether to collect evidence first
 * @param acknowledgeMigration that it is known that data which a release has migrated is not brought back
 * @param checkImage whether to see first, by a pod of its own, that the image to return to can still be pulled
 * @param force whether to return to a release that was taken back itself
 * @param release number of the only release that may be taken back: if it is not this one that is in progress, or that stable
 *     runs, there is nothing to do; 0 for any
 * @param none why there is nothing to do at all, as the run that asks has nothing to do with what is in progress; empty if
 *     there may be
 */
public record RollbackRequest(
        String to,
        String reason,
        boolean postMortem,
        boolean acknowledgeMigration,
        boolean checkImage,
        Force force,
        int release,
        String none) {

    /** The last good release before the one that stable runs. */
    public static final String PREVIOUS = "previous";

    public RollbackRequest {
        to = to.strip();
        reason = reason.strip();
        if (release < 0) {
            throw new UserException("'release' is " + release + ": releases are counted from 1.");
        }
        if (!to.isEmpty() && !to.equals(PREVIOUS) && !to.matches("[1-9][0-9]{0,8}")) {
            throw new UserException(
                    "'to' is '" + to + "': give the number of a promoted release, or '" + PREVIOUS + "'.");
        }
    }

    /** Takes back whatever is in progress, or stable runs. */
    public RollbackRequest(
            String to,
            String reason,
            boolean postMortem,
            boolean acknowledgeMigration,
            boolean checkImage,
            Force force) {
        this(to, reason, postMortem, acknowledgeMigration, checkImage, force, 0, "");
    }

    /** The same for one release alone. */
    public RollbackRequest of(int only) {
        return new RollbackRequest(to, reason, postMortem, acknowledgeMigration, checkImage, force, only, none);
    }

    /** The same of who has nothing to do with what is in progress. */
    public RollbackRequest ofNone(String why) {
        return new RollbackRequest(to, reason, postMortem, acknowledgeMigration, checkImage, force, release, why);
    }

    /** Whether a release is one that may be taken back. */
    boolean concerns(int number) {
        return release == 0 || release == number;
    }

    /** Undoes the release in progress, and no other. */
    public static RollbackRequest undo(String reason, boolean postMortem) {
        return new RollbackRequest("", reason, postMortem, false, false, Force.NONE);
    }
}
