package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.DecisionLine;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleasingRun;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a release has the approvals that the folders of a job and the cluster demand, whatever the job does. */
public final class Approvals {

    /** Of what the record of a release has of all judgments about it, in characters: it has to fit into a Secret. */
    private static final int LONGEST = 32_000;

    private Approvals() {}

    /**
     * Looks for them in the judgments of the run, of the runs that started it, and of the run that made the release. What was
     * decided by who wrote the changes of that run does not count, unless that was allowed.
     *
     * @return empty if they are there, or none is demanded; else what is missing, as one sentence without a full stop
     * @throws UserException if what is demanded can't be understood, or it can't be seen now who may decide
     */
    @NonNull
    public static Optional<String> missing(Run<?, ?> run, Target target, Release release) {
        JudgmentPolicy policy = JudgmentPolicy.of(run.getParent(), target.cluster());
        List<Rules> demanded = policy.demanded();
        Content content = Content.of(target, release);
        boolean approved = demanded.isEmpty()
                || asked(run, target, release).stream()
                        .anyMatch(one -> Judgments.of(one).stream()
                                .anyMatch(judgment -> approves(judgment, content, demanded)
                                        && isByPeopleOf(policy, judgment, one, ReleasingRun.of(target, release))
                                        && isByPermittedIn(run.getParent(), demanded, judgment, one)));
        return approved
                ? Optional.empty()
                : Optional.of(content.title() + " has to be approved by "
                        + demanded.stream().map(Rules::toString).distinct().collect(Collectors.joining("; besides "))
                        + ": have a judgment about it before, with 'app', 'cluster' and 'namespace', that ends with 'continue'"
                        + (demanded.stream().anyMatch(Rules::isForAnyone)
                                ? " by people with the permission Safe Deployments/Judge on "
                                        + run.getParent().getFullDisplayName()
                                : ""));
    }

    /**
     * What was decided about a release in the same runs, as {@link DecisionLine} has it, and in which judgments of them.
     *
     * @return empty if nothing was
     */
    @NonNull
    public static String given(Run<?, ?> run, Target target, Release release) {
        Content content = Content.of(target, release);
        List<String> given = new ArrayList<>();
        for (Run<?, ?> one : asked(run, target, release)) {
            for (Judgment judgment : Judgments.of(one)) {
                Content judged = judgment.content();
                if (judgment.isDecided() && judged != null && judged.isSameRelease(content)) {
                    given.add(DecisionLine.of(judgment) + ", judgment " + judgment.id() + " of "
                            + one.getFullDisplayName());
                }
            }
        }
        return InertText.cut(String.join("; ", given), LONGEST);
    }

    /** Number of the release that the last judgment of a run about a target was about; 0 if there was none. */
    public static int judged(Run<?, ?> run, Target target) {
        int number = 0;
        for (Judgment judgment : Judgments.of(run)) {
            Content content = judgment.content();
            number = content != null && content.target().equals(target.toString()) ? content.release() : number;
        }
        return number;
    }

    private static boolean approves(Judgment judgment, Content content, List<Rules> demanded) {
        Content judged = judgment.content();
        // any other outcome, 'rollback' say, is no word for it
        return judgment.isApproved()
                && judgment.made().choice().equals(Choice.CONTINUE)
                && judged != null
                && judged.isSameRelease(content)
                && judgment.terms().rules().containsAll(demanded);
    }

    /**
     * Whether those decided who may by the policy of here: the judgment may have been asked for where that does not hold. And
     * of what was decided in the queue nobody knew yet who had written the changes.
     */
    private static boolean isByPeopleOf(
            JudgmentPolicy policy, Judgment judgment, Run<?, ?> run, @CheckForNull Run<?, ?> maker) {
        Decision decision = judgment.made();
        return switch (decision.how()) {
            case VOTES ->
                judgment.terms().escalateTo().isEmpty()
                        && ((judgment.terms().allowRequester() && !policy.isRequesterForbidden())
                                || isByOthers(decision, run, maker));
            case OVERRIDE -> !policy.isOverrideForbidden();
            case TIMEOUT, ABORTED -> false;
        };
    }

    private static boolean isByOthers(Decision decision, Run<?, ?> run, @CheckForNull Run<?, ?> maker) {
        Requesters asked =
                maker == null ? Requesters.of(run) : Requesters.of(run).and(Requesters.of(maker));
        return decision.deciders().stream().noneMatch(decider -> asked.include(decider.user()));
    }

    /**
     * Whether {@code anyone} was somebody who may decide here, too: in the judgment of another job its permissions have counted.
     * Names are the same in all jobs.
     */
    private static boolean isByPermittedIn(Job<?, ?> job, List<Rules> demanded, Judgment judgment, Run<?, ?> run) {
        List<Rules> open = demanded.stream().filter(Rules::isForAnyone).toList();
        Decision decision = judgment.made();
        if (open.isEmpty() || run.getParent().equals(job) || decision.how() != Decision.How.VOTES) {
            return true;
        }
        List<RealmPerson> people = decision.deciders().stream()
                .flatMap(decider -> RealmPerson.now(decider.user(), job).stream())
                .toList();
        return open.stream().allMatch(rules -> rules.isMetBy(people));
    }

    private static Set<Run<?, ?>> asked(Run<?, ?> run, Target target, Release release) {
        Set<Run<?, ?>> runs = new LinkedHashSet<>(new RunSubject(run).runs());
        Run<?, ?> maker = ReleasingRun.of(target, release);
        if (maker != null) {
            runs.add(maker);
        }
        return runs;
    }
}
