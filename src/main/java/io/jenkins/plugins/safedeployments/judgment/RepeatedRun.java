package io.jenkins.plugins.safedeployments.judgment;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Cause;
import org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause;
import org.jenkinsci.plugins.workflow.cps.replay.ReplayCause;

/**
 * Knows a kind of cause by which a run does again what an earlier run of its job has done: such a run has no changes of its own,
 * though it delivers those of the earlier one. One for each plugin that has such a cause, which need not be there.
 */
abstract class RepeatedRun implements ExtensionPoint {

    /** Number of the run that is done again; 0 if this cause means none. */
    static int numberOf(Cause cause) {
        return ExtensionList.lookup(RepeatedRun.class).stream()
                .mapToInt(kind -> kind.number(cause))
                .filter(number -> number > 0)
                .findFirst()
                .orElse(0);
    }

    abstract int number(Cause cause);

    /** By <em>Replay</em> and <em>Rebuild</em> of Pipelines. */
    @Extension(optional = true)
    public static final class Replayed extends RepeatedRun {

        @Override
        int number(Cause cause) {
            return cause instanceof ReplayCause replay ? replay.getOriginalNumber() : 0;
        }
    }

    /** By <em>Restart from Stage</em> of Declarative Pipelines. */
    @Extension(optional = true)
    public static final class Restarted extends RepeatedRun {

        @Override
        int number(Cause cause) {
            return cause instanceof RestartDeclarativePipelineCause restart ? restart.getOriginRunNumber() : 0;
        }
    }
}
