package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.model.StringParameterDefinition;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Asks for the comment among the parameters of a judgment's {@code input}. It is the part of Jenkins' own page of inputs that is
 * ours, so it shows what is judged there, and says in the answer what it has shown: who answers an old page is told.
 */
@SuppressFBWarnings(
        value = "EQ_DOESNT_OVERRIDE_EQUALS",
        justification = "it is the same parameter whichever judgment asks for it")
public final class JudgmentComment extends StringParameterDefinition {

    private static final long serialVersionUID = 1L;

    private final JudgmentExecution execution;

    JudgmentComment(JudgmentExecution execution, String description) {
        super(JudgmentInput.COMMENT, "", description);
        this.execution = execution;
    }

    @NonNull
    static String takes(String rules) {
        return "It takes " + rules + ".";
    }

    /** Who decides may have changed since it was made. */
    @Override
    public String getDescription() {
        LiveJudgment live = execution.live();
        return live == null ? super.getDescription() : takes(live.rules());
    }

    /** {@code release 17 (registry/app:1.4) of addressbook in shop}; empty if it is about none. */
    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String getContent() {
        LiveJudgment live = execution.live();
        Content content = live == null ? null : live.judgment().content();
        return content == null ? "" : content.title();
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String getShown() {
        LiveJudgment live = execution.live();
        return live == null ? "" : LiveJudgment.shown(live.judgment());
    }

    /** To programs it is any text. */
    @Override
    public String getType() {
        return StringParameterDefinition.class.getSimpleName();
    }

    @NonNull
    @Override
    public DescriptorImpl getDescriptor() {
        return Jenkins.get().getDescriptorByType(DescriptorImpl.class);
    }
}
