package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Checks conditions as one types them, for the forms of jobs, and says what they would have said of the last runs. */
public final class ConditionForm {

    /** Of each job. */
    private static final int SHOWN = 3;

    private ConditionForm() {}

    /**
     * What is wrong with a condition, or what it would have said; nothing to who may not configure the job.
     *
     * @param jobs whose runs it is about
     * @param meant the release of a run that it asks about; null if there is none
     */
    @NonNull
    public static FormValidation check(
            @CheckForNull Item item,
            @CheckForNull String value,
            Supplier<List<Job<?, ?>>> jobs,
            Function<Run<?, ?>, ReleaseEntry> meant) {
        String text = Util.fixEmptyAndTrim(value);
        if (item == null || !item.hasPermission(Item.CONFIGURE) || text == null) {
            return FormValidation.ok();
        }
        try {
            Condition condition = Condition.parse(text);
            StringBuilder said = new StringBuilder();
            for (Job<?, ?> job : jobs.get()) {
                Run<?, ?> run = job.getLastCompletedBuild();
                for (int i = 0; i < SHOWN && run != null; i++) {
                    said.append(said(run, condition.check(new RunValues(run, meant.apply(run)))));
                    run = run.getPreviousCompletedBuild();
                }
            }
            return said.isEmpty() ? FormValidation.ok() : FormValidation.okWithMarkup("<ul>" + said + "</ul>");
        } catch (UserException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static String said(Run<?, ?> run, Answer answer) {
        StringBuilder said = new StringBuilder("<li>");
        String name = run.getFullDisplayName();
        said.append(Util.escape(answer.holds() ? Messages.ConditionForm_Yes(name) : Messages.ConditionForm_No(name)));
        said.append("<ul>");
        for (Answer.Part clause : answer.clauses()) {
            said.append("<li>").append(Util.escape(clause.text())).append("</li>");
        }
        return said.append("</ul></li>").toString();
    }
}
