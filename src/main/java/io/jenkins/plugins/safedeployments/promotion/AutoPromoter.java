package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.XmlFile;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.Saveable;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.model.listeners.SaveableListener;
import hudson.model.queue.QueueListener;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import io.jenkins.plugins.safedeployments.runtime.Origins;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import io.jenkins.plugins.safedeployments.triggers.Considered;
import io.jenkins.plugins.safedeployments.triggers.RunValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * Promotes the releases of a run by themselves, one for each target, when the run has ended and the condition of its job holds;
 * else says why not, in the log and on the page of the run. Each at most once: what was decided is kept with the run before
 * anything is started. What ended while Jenkins was down, or was lost from the queue, is caught up with after the next start.
 */
@Extension
public final class AutoPromoter extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(AutoPromoter.class.getName());

    private static final Considered CONSIDERED = new Considered("safe-deployments-promotions-considered");

    /** Held from the look at what was decided for a run until it has been carried out. */
    private static final Object DECIDING = new Object();

    @Override
    public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
        if (condition(run.getParent()) != null) {
            look(run, listener);
            CONSIDERED.all(run.getParent());
        }
    }

    /** Null if the job promotes nothing by itself. */
    @CheckForNull
    private static String condition(Job<?, ?> job) {
        PromotionProperty property = PromotionProperty.of(job);
        return property == null ? null : property.getAutoPromote();
    }

    private static void look(Run<?, ?> run, TaskListener listener) {
        Job<?, ?> job = run.getParent();
        String condition = condition(job);
        List<ReleaseEntry> canaries = canaries(run);
        if (condition == null || canaries.isEmpty()) {
            return;
        }
        Authentication who = job instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
        try (ACLContext ignored = ACL.as2(who)) {
            synchronized (DECIDING) {
                for (ReleaseEntry canary : canaries) {
                    Followed followed = Followed.of(run);
                    if (!followed.isDecided(canary.getTarget())) {
                        decide(run, listener, condition, canary, who);
                    } else if (followed.isPromotionMissing(canary.getTarget())) {
                        startAgain(run, condition, canary, who);
                    }
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not save whether " + run + " is promoted, so it is not");
        }
    }

    /** The last one of each target. */
    @NonNull
    static List<ReleaseEntry> canaries(Run<?, ?> run) {
        Map<Target, ReleaseEntry> last = new LinkedHashMap<>();
        for (ReleaseEntry entry : ReleasesAction.entries(run)) {
            if (entry.getAct() == Act.CANARY_DEPLOY) {
                last.put(entry.getTarget(), entry);
            }
        }
        return new ArrayList<>(last.values());
    }

    private static void decide(
            Run<?, ?> run, TaskListener listener, String condition, ReleaseEntry canary, Authentication who)
            throws IOException {
        Answer answer;
        try {
            answer = Condition.parse(condition).check(new RunValues(run, canary));
        } catch (UserException e) {
            say(run, listener, canary, Messages.AutoPromoter_Not(e.getMessage()), false);
            return;
        }
        Handover handover = handover(run, canary);
        String locked = locked(handover, canary, who);
        PromotionCause circle = circle(run, canary);
        answer.lines().forEach(listener.getLogger()::println);
        if (!answer.holds()) {
            say(run, listener, canary, Messages.AutoPromoter_Not(answer.why()), false);
        } else if (circle != null) {
            String why = Messages.AutoPromoter_Circle(circle.getRelease() + " of " + circle.target());
            say(run, listener, canary, Messages.AutoPromoter_Not(why), false);
        } else if (!locked.isEmpty()) {
            say(run, listener, canary, Messages.AutoPromoter_Not(locked), false);
        } else {
            say(run, listener, canary, Messages.AutoPromoter_Promoted(answer.why()), true);
            start(run, listener, canary, handover, answer.why());
        }
    }

    /** The promotion that has led to this release of the same target; null if none has. */
    @CheckForNull
    private static PromotionCause circle(Run<?, ?> run, ReleaseEntry canary) {
        return Origins.of(run).stream()
                .filter(PromotionCause.class::isInstance)
                .map(PromotionCause.class::cast)
                .filter(cause -> cause.kind() == Kind.PROMOTE && cause.target().equals(canary.getTarget()))
                .findFirst()
                .orElse(null);
    }

    private static void start(Run<?, ?> run, TaskListener listener, ReleaseEntry canary, Handover handover, String why)
            throws IOException {
        PromotionCause cause = new PromotionCause(handover, run.getParent(), run, "", why);
        String whyNot = handover.start(cause, handover.told("", false), ReleasesTab.defaults(handover));
        if (!whyNot.isEmpty()) {
            say(run, listener, canary, Messages.AutoPromoter_Not(whyNot), false);
        }
    }

    /** Why the release can't be promoted now, in a sentence; empty if it can. */
    private static String locked(@CheckForNull Handover handover, ReleaseEntry canary, Authentication who) {
        KnownRelease newest = handover == null ? null : handover.history().newest();
        if (newest != null && newest.getNumber() > canary.getRelease()) {
            return Messages.AutoPromoter_Newer(newest.getTitle());
        }
        return handover == null || canary.getPhase() == Phase.ROLLED_BACK
                ? Messages.Handover_NotNow(
                        "release " + canary.getRelease(), canary.getPhase().text())
                : handover.lockedByItself(who);
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

    private static void say(Run<?, ?> run, TaskListener listener, ReleaseEntry canary, String text, boolean promotes)
            throws IOException {
        String told = canaries(run).size() == 1
                ? text
                : Messages.AutoPromoter_Of("release " + canary.getRelease() + " of " + canary.getTarget(), text);
        Followed.decide(run, canary.getTarget(), told, promotes);
        listener.getLogger().println(told);
    }

    /** What was decided stays, unless the release can't be promoted any more. */
    private static void startAgain(Run<?, ?> run, String condition, ReleaseEntry canary, Authentication who)
            throws IOException {
        Handover handover = handover(run, canary);
        Job<?, ?> stable = handover == null ? null : handover.job();
        if (stable != null
                && Handover.hasRun(
                        stable, cause -> cause.target().equals(canary.getTarget()) && run.equals(cause.run()))) {
            return; // only the link to it was lost
        }
        String locked = locked(handover, canary, who);
        if (locked.isEmpty()) {
            start(run, TaskListener.NULL, canary, handover, condition);
        } else if (handover == null || !handover.isUnderWay()) {
            String why = Messages.AutoPromoter_Not(Messages.AutoPromoter_Lost(locked));
            say(run, TaskListener.NULL, canary, why, false);
        }
    }

    /** After a start of Jenkins, the oldest runs first. */
    static void catchUp() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                if (condition(job) != null) {
                    for (Run<?, ?> run : CONSIDERED.notYet(job, AutoPromoter::isPromotionMissing)) {
                        look(run, TaskListener.NULL);
                    }
                    CONSIDERED.all(job);
                }
            }
        }
    }

    private static boolean isPromotionMissing(Run<?, ?> run) {
        Followed followed = run.getAction(Followed.class);
        return followed != null && followed.isPromotionMissing();
    }

    /** What people have taken out of the queue, by hand or by a judgment, is not started again by itself. */
    private static void takenOut(PromotionCause cause, Job<?, ?> stable) {
        Run<?, ?> run = cause.run();
        if (run == null) {
            return;
        }
        try {
            synchronized (DECIDING) {
                String why = Messages.AutoPromoter_Not(Messages.AutoPromoter_TakenOut(stable.getFullDisplayName()));
                for (ReleaseEntry canary : canaries(run)) {
                    if (canary.getTarget().equals(cause.target())
                            && Followed.of(run).isPromotionMissing(cause.target())) {
                        say(run, TaskListener.NULL, canary, why, false);
                    }
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not save that the promotion of " + run + " was cancelled");
        }
    }

    /** Called with the lock of the queue held, so that what may read or write a run is done in another thread. */
    @Extension
    public static final class Left extends QueueListener {

        @Override
        public void onLeft(Queue.LeftItem item) {
            if (!item.isCancelled() || Jenkins.get().isTerminating() || !(item.task instanceof Job<?, ?> job)) {
                return;
            }
            for (Cause cause : item.getCauses()) {
                if (cause instanceof PromotionCause promotion && promotion.isByItself()) {
                    ReleaseRuntime.get().execute(() -> takenOut(promotion, job));
                }
            }
        }
    }

    /** Catches up after a start. */
    @Extension
    public static final class Start extends ItemListener {

        @Override
        public void onLoaded() {
            ReleaseRuntime.get().execute(AutoPromoter::catchUp);
        }

        @Override
        public void onCreated(Item item) {
            configured(item);
        }
    }

    /** What ends before a job promotes anything by itself, or while it does not, is none of its business afterwards. */
    @Extension
    public static final class Configured extends SaveableListener {

        @Override
        public void onChange(Saveable saved, XmlFile file) {
            configured(saved);
        }
    }

    private static void configured(Object item) {
        if (item instanceof Job<?, ?> job) {
            boolean follows = condition(job) != null;
            if (follows != CONSIDERED.isKept(job)) {
                if (follows) {
                    CONSIDERED.all(job);
                } else {
                    CONSIDERED.forget(job);
                }
            }
        }
    }
}
