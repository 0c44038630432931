package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.triggers.RunValues;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.security.core.Authentication;

/**
 * Promotes the release of a run by itself when the run has ended and the condition of its job holds; else says why not, in the
 * log and on the page of the run. At most once for a run.
 */
@Extension
public final class AutoPromoter extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(AutoPromoter.class.getName());

    @Override
    public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
        Job<?, ?> job = run.getParent();
        PromotionProperty property = PromotionProperty.of(job);
        ReleaseEntry canary = lastCanary(run);
        String condition = property == null ? null : property.getAutoPromote();
        if (condition == null || canary == null) {
            return;
        }
        Authentication who = job instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
        try (ACLContext ignored = ACL.as2(who)) {
            decide(run, listener, condition, canary, who);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not save whether " + run + " is promoted, so it is not");
        }
    }

    @CheckForNull
    private static ReleaseEntry lastCanary(Run<?, ?> run) {
        List<ReleaseEntry> canaries = ReleasesAction.entries(run).stream()
                .filter(entry -> entry.getAct() == Act.CANARY_DEPLOY)
                .toList();
        return canaries.isEmpty() ? null : canaries.get(canaries.size() - 1);
    }

    private static void decide(
            Run<?, ?> run, TaskListener listener, String condition, ReleaseEntry canary, Authentication who)
            throws IOException {
        Answer answer;
        try {
            answer = Condition.parse(condition).check(new RunValues(run, canary));
        } catch (UserException e) {
            say(run, listener, Messages.AutoPromoter_Not(e.getMessage()));
            return;
        }
        Handover handover = handover(run, canary);
        String locked = handover == null || canary.getPhase() == Phase.ROLLED_BACK
                ? Messages.Handover_NotNow(
                        "release " + canary.getRelease(), canary.getPhase().text())
                : handover.locked(who, true);
        if (!answer.holds()) {
            say(run, listener, Messages.AutoPromoter_Not(answer.why()));
        } else if (!locked.isEmpty()) {
            say(run, listener, Messages.AutoPromoter_Not(locked));
        } else if (say(run, listener, Messages.AutoPromoter_Promoted(answer.why()))) {
            PromotionCause cause = new PromotionCause(handover, run.getParent(), run, "", answer.why());
            if (!handover.start(cause, handover.told("", false), ReleasesTab.defaults(handover.job()))) {
                listener.error(Messages.Handover_NotTaken());
            }
        }
    }

    @CheckForNull
    private static Handover handover(Run<?, ?> run, ReleaseEntry canary) {
        return new JobReleasesTab(run.getParent())
                .histories().stream()
                        .filter(history -> history.getTarget().equals(canary.getTarget()))
                        .filter(history -> history.find(canary.getRelease()) != null)
                        .map(history ->
                                new Handover(Kind.PROMOTE, run.getParent(), history, history.find(canary.getRelease())))
                        .findFirst()
                        .orElse(null);
    }

    /** @return false if it was decided before */
    private static boolean say(Run<?, ?> run, TaskListener listener, String text) throws IOException {
        boolean first = Followed.decide(run, text);
        if (first) {
            listener.getLogger().println(text);
        }
        return first;
    }
}
