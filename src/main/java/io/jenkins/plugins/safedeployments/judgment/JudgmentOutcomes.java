package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.triggers.JudgmentLookup;
import java.util.function.Predicate;

/** Tells conditions and preconditions what was decided. */
@Extension
public final class JudgmentOutcomes implements JudgmentLookup {

    @CheckForNull
    @Override
    public String outcome(Run<?, ?> run, String id, @CheckForNull Predicate<Content> about) {
        Judgment judgment = about == null ? Judgments.find(run, id) : Judgments.find(run, id, about);
        return judgment == null || !judgment.isDecided()
                ? null
                : Util.fixEmpty(judgment.made().choice());
    }
}
