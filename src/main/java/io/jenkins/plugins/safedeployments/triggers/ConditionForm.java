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
import java.util.stream.Collectors;

/** Checks conditions as one types them, for the forms of jobs, and says what they would have said of the last runs. */
public final class ConditionForm {

    /** Of each job. */
    private static final int SHOWN = 3;

    private ConditionForm() {}

    /**
     * What is wrong with a condition, or what it would have said; nothing to who may not configure the job.
     *
     * @param jobs whose runs it is about
     * @param meant the releases of a run that it asks about, one for each target
     */
    @NonNull
    public static FormValidation check(
            @CheckForNull Item item,
            @CheckForNull String value,
            Supplier<List<Job<?, ?>>> jobs,
            Function<Run<?, ?>, List<ReleaseEntry>> meant) {
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
                    said.append(said(run, condition, meant.apply(run)));
                    run = run.getPreviousCompletedBuild();
                }
            }
            return said.isEmpty() ? FormValidation.ok() : FormValidation.okWithMarkup("<ul>" + said + "</ul>");
        } catch (UserException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static String said(Run<?, ?> run, Condition condition, List<ReleaseEntry> releases) {
        String name = run.getFullDisplayName();
        if (releases.size() < 2) {
            return said(name, condition.check(new RunValues(run, releases.isEmpty() ? null : releases.get(0))));
        }
        return releases.stream()
                .map(release -> said(
                        Messages.ConditionForm_Release(name, String.valueOf(release.getRelease()), release.getTarget()),
                        condition.check(new RunValues(run, release))))
                .collect(Collectors.joining());
    }

    private static String said(String name, Answer answer) {
        StringBuilder said = new StringBuilder("<li>");
        said.append(Util.escape(answer.holds() ? Messages.ConditionForm_Yes(name) : Messages.ConditionForm_No(name)));
        said.append("<ul>");
        for (Answer.Part clause : answer.clauses()) {
            said.append("<li>").append(Util.escape(clause.text())).append("</li>");
        }
        return said.append("</ul></li>").toString();
    }
}
