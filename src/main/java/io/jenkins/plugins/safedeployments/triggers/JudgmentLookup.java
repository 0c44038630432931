package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import java.util.Objects;

/** Knows what was decided in a run's judgments. */
public interface JudgmentLookup extends ExtensionPoint {

    /** The outcome of the judgment of that id; null if there is none, or none yet. */
    @CheckForNull
    String outcome(Run<?, ?> run, String id);

    /** What any of them knows. */
    @CheckForNull
    static String find(Run<?, ?> run, String id) {
        return ExtensionList.lookup(JudgmentLookup.class).stream()
                .map(lookup -> lookup.outcome(run, id))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
