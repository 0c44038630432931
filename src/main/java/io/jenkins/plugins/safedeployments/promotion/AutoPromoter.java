package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.XmlFile;
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
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.triggers.Considered;
import io.jenkins.plugins.safedeployments.triggers.RunValues;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * Promotes a run, or its releases, one for each target, by themselves when the run has ended and the condition of its job holds;
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
        if (promotes(run.getParent())) {
            look(run, listener, true);
            CONSIDERED.all(run.getParent());
        }
    }

    /** Whether a job promotes anything by itself. */
    private static boolean promotes(Job<?, ?> job) {
        PromotionProperty property = PromotionProperty.of(job);
        return property != null && (property.getAutoPromote() != null || property.getAutoCanary() != null);
    }

    @NonNull
    private static List<Candidate> candidates(Run<?, ?> run) {
        List<Candidate> candidates = ReleaseCandidate.of(run);
        RunPromotion promotion = RunPromotion.of(run);
        if (promotion != null && promotion.isByItself()) {
            candidates.add(promotion);
        }
        return candidates;
    }

    /** @param decide whether to decide what was not decided yet, too */
    private static void look(Run<?, ?> run, TaskListener listener, boolean decide) {
        Job<?, ?> job = run.getParent();
        List<Candidate> candidates = candidates(run);
        if (candidates.isEmpty()) {
            return;
        }
        Authentication who = job instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
        try (ACLContext ignored = ACL.as2(who)) {
            synchronized (DECIDING) {
                for (Candidate candidate : candidates) {
                    Followed followed = Followed.of(run);
                    if (!followed.isDecided(candidate.target())) {
                        if (decide) {
                            decide(run, listener, candidate, who);
                        }
                    } else if (followed.isPromotionMissing(candidate.target())) {
                        startAgain(run, candidate, who);
                    }
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not save whether " + run + " is promoted, so it is not");
        }
    }

    private static void decide(Run<?, ?> run, TaskListener listener, Candidate candidate, Authentication who)
            throws IOException {
        Answer answer;
        try {
            answer = Condition.parse(candidate.condition()).check(new RunValues(run, candidate.entry()));
        } catch (UserException e) {
            say(run, listener, candidate, Messages.AutoPromoter_Not(e.getMessage()), false);
            return;
        }
        answer.lines().forEach(listener.getLogger()::println);
        String whyNot = answer.holds() ? candidate.circle() : answer.why();
        if (whyNot.isEmpty()) {
            whyNot = candidate.whyNot(who);
        }
        if (whyNot.isEmpty()) {
            say(run, listener, candidate, Messages.AutoPromoter_Promoted(answer.why()), true);
            start(run, listener, candidate, answer.why());
        } else {
            say(run, listener, candidate, Messages.AutoPromoter_Not(whyNot), false);
        }
    }

    private static void start(Run<?, ?> run, TaskListener listener, Candidate candidate, String why)
            throws IOException {
        String whyNot = candidate.promote(why);
        if (!whyNot.isEmpty()) {
            say(run, listener, candidate, Messages.AutoPromoter_Not(whyNot), false);
        }
    }

    private static void say(Run<?, ?> run, TaskListener listener, Candidate candidate, String text, boolean promotes)
            throws IOException {
        String told = candidates(run).size() == 1 ? text : Messages.AutoPromoter_Of(candidate.title(), text);
        Followed.decide(run, candidate.target(), told, promotes);
        listener.getLogger().println(told);
    }

    /** What was decided stays, unless it can't be promoted any more. */
    private static void startAgain(Run<?, ?> run, Candidate candidate, Authentication who) throws IOException {
        JobStart start = candidate.jobStart();
        if (start != null
                && start.hasRun(
                        cause -> Objects.equals(cause.about(), candidate.target()) && run.equals(cause.run()))) {
            return; // only the link to it was lost
        }
        String whyNot = candidate.whyNot(who);
        if (whyNot.isEmpty()) {
            start(run, TaskListener.NULL, candidate, candidate.condition());
        } else if (start == null || !start.isUnderWay()) {
            String why = Messages.AutoPromoter_Not(Messages.AutoPromoter_Lost(whyNot));
            say(run, TaskListener.NULL, candidate, why, false);
        }
    }

    /** After a start of Jenkins, the oldest runs first. */
    static void catchUp() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) {
                if (promotes(job)) {
                    for (Run<?, ?> run : CONSIDERED.notYet(job, AutoPromoter::isPromotionMissing)) {
                        look(run, TaskListener.NULL, !CONSIDERED.contains(run));
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
    private static void takenOut(GivenCause cause, Job<?, ?> job) {
        Run<?, ?> run = cause.run();
        if (run == null) {
            return;
        }
        try {
            synchronized (DECIDING) {
                String why = Messages.AutoPromoter_Not(Messages.AutoPromoter_TakenOut(job.getFullDisplayName()));
                for (Candidate candidate : candidates(run)) {
                    if (Objects.equals(candidate.target(), cause.about())
                            && Followed.of(run).isPromotionMissing(cause.about())) {
                        say(run, TaskListener.NULL, candidate, why, false);
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
            GivenCause.among(item.getCauses())
                    .filter(GivenCause::isByItself)
                    .forEach(cause -> ReleaseRuntime.get().execute(() -> takenOut(cause, job)));
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
            boolean follows = promotes(job);
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
