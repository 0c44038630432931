package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;

/** That a judgment kept a run from going on. */
public final class JudgmentRejected extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final String sentence;

    JudgmentRejected(String id, String sentence) {
        this.id = id;
        this.sentence = sentence;
    }

    /** Of the judgment, in its run. */
    @NonNull
    public String getId() {
        return id;
    }

    @Override
    public String getShortDescription() {
        return "Judgment '" + id + "': " + sentence;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JudgmentRejected rejected
                && rejected.id.equals(id)
                && rejected.sentence.equals(sentence);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, sentence);
    }
}
