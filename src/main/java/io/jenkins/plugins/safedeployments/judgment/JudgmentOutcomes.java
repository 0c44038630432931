package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.triggers.JudgmentLookup;

/** Tells conditions and preconditions what was decided. */
@Extension
public final class JudgmentOutcomes implements JudgmentLookup {

    @CheckForNull
    @Override
    public String outcome(Run<?, ?> run, String id) {
        Judgment judgment = Judgments.find(run, id);
        return judgment == null || !judgment.isDecided()
                ? null
                : Util.fixEmpty(judgment.made().choice());
    }
}
