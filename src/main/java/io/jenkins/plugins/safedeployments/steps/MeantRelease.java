package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.judgment.Approvals;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;

/**
 * Which release a step means that was given no number: the one that its own run has to do with. What another run has in canary is
 * nothing that this one has tested or had judged, nor has to take back when it fails.
 *
 * @param number of the release; 0 for whichever is in canary
 * @param none why it is none; empty if it is one
 */
record MeantRelease(int number, String none) {

    /**
     * Number of the only release that a step may go on with.
     *
     * @param asked what the step was given
     * @param verb what is to be done with it: "promote"
     * @return 0 for whichever is in canary
     * @throws UserException if there is none
     */
    static int number(@CheckForNull Integer asked, Run<?, ?> run, Target target, String verb) {
        if (asked != null) {
            return asked;
        }
        MeantRelease meant = of(run, target);
        if (!meant.none().isEmpty()) {
            throw new UserException("Nothing to " + verb + ": " + meant.none() + ". To " + verb
                    + " what another run has in canary, give its number as 'release'.");
        }
        return meant.number();
    }

    /** By what a run has done up to now. */
    @NonNull
    static MeantRelease of(Run<?, ?> run, Target target) {
        int number = actedOn(run, target);
        if (number == 0 && ReleasesAction.hasArrived(run, Act.CANARY_DEPLOY, target)) {
            return none("the canaryDeploy of this run has made no release of " + target);
        }
        number = number == 0 ? startedFor(run, target) : number;
        number = number == 0 ? Approvals.judged(run, target) : number;
        if (number == 0 && hasFailed(run) && !cameToOne(run, target)) {
            return none("this run is " + run.getResult() + " and has released nothing of " + target);
        }
        return new MeantRelease(number, "");
    }

    private static MeantRelease none(String why) {
        return new MeantRelease(0, why);
    }

    private static int actedOn(Run<?, ?> run, Target target) {
        int last = 0;
        for (ReleaseEntry entry : ReleasesAction.entries(run)) {
            boolean counts =
                    entry.getAct() != Act.ROLLBACK_CANARY && entry.getTarget().equals(target);
            last = counts ? entry.getRelease() : last;
        }
        return last;
    }

    private static int startedFor(Run<?, ?> run, Target target) {
        for (Cause cause : run.getCauses()) {
            if (cause instanceof ForRelease what && what.target().equals(target)) {
                return what.release();
            }
        }
        return 0;
    }

    private static boolean hasFailed(Run<?, ?> run) {
        Result result = run.getResult();
        return result != null && result.isWorseThan(Result.SUCCESS);
    }

    /** Whether it came to a step that means what is in canary: a run of a job that only tests or promotes, say. */
    private static boolean cameToOne(Run<?, ?> run, Target target) {
        return ReleasesAction.hasArrived(run, Act.CANARY_TEST, target)
                || ReleasesAction.hasArrived(run, Act.PROMOTE_STABLE, target);
    }
}
