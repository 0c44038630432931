package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Action;
import hudson.model.Actionable;
import hudson.model.InvisibleAction;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.Saveable;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.JudgmentJson;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The judgments of a run, kept with it, or of an item in the queue, from which Jenkins hands them over to the run. The list is
 * never changed but replaced, so that it can be written while somebody votes.
 */
public final class Judgments extends InvisibleAction implements Queue.QueueAction {

    private static final Logger LOGGER = Logger.getLogger(Judgments.class.getName());

    /** JSON of each, in the order in which they were asked for. */
    private volatile ArrayList<String> judgments = new ArrayList<>();

    /** The same as values; null until it is needed. */
    private transient volatile List<Judgment> read;

    /** Ids of those that wait; null until there is one. */
    private transient List<String> taken;

    /** How many are about to vote on an item in the queue; guarded by the lock of the queue. */
    private transient int voting;

    /** In the order in which they were asked for. */
    @NonNull
    static List<Judgment> of(Actionable owner) {
        Judgments action = owner.getAction(Judgments.class);
        return action == null ? List.of() : action.read();
    }

    /** The last one of an id; null if there is none. */
    @CheckForNull
    static Judgment find(Actionable owner, String id) {
        Judgment found = null;
        for (Judgment judgment : of(owner)) {
            found = isSame(judgment.id(), id) ? judgment : found;
        }
        return found;
    }

    /** The one of an id that was asked for when so many of that id were decided already; null if there is none. */
    @CheckForNull
    static Judgment find(Actionable owner, String id, int decidedBefore) {
        return of(owner).stream()
                .filter(judgment -> isSame(judgment.id(), id))
                .skip(decidedBefore)
                .reduce((one, later) -> later)
                .orElse(null);
    }

    /** How many of an id are decided: the next one of that id comes behind them, in the place of one that only waited. */
    static int countDecided(Actionable owner, String id) {
        return (int) of(owner).stream()
                .filter(judgment -> isSame(judgment.id(), id) && judgment.isDecided())
                .count();
    }

    /** The last one of an id that is about such a release; null if there is none. */
    @CheckForNull
    static Judgment find(Run<?, ?> run, String id, Predicate<Content> about) {
        Judgment found = null;
        for (Judgment judgment : of(run)) {
            Content content = judgment.content();
            found = isSame(judgment.id(), id) && content != null && about.test(content) ? judgment : found;
        }
        return found;
    }

    /** Whether two ids are the same to {@code input}, which makes the first letter a big one. */
    static boolean isSame(String one, String other) {
        return one.equalsIgnoreCase(other);
    }

    /**
     * Takes an id for one that begins, until {@link #release}.
     *
     * @param wanted null to have one made
     * @throws UserException if another one has it
     */
    @NonNull
    static String take(Run<?, ?> run, @CheckForNull String wanted) {
        Judgments action = action(run);
        synchronized (action) {
            if (wanted != null && action.isTaken(wanted)) {
                throw new UserException(
                        "'id' is '" + wanted + "', but another judgment of this build that waits has the same:"
                                + " give each an id of its own.");
            }
            String id = wanted == null ? "judgment" : wanted;
            for (int i = 2; wanted == null && (action.isTaken(id) || find(run, id) != null); i++) {
                id = "judgment-" + i;
            }
            action.taken().add(id);
            return id;
        }
    }

    static void release(Run<?, ?> run, String id) {
        Judgments action = action(run);
        synchronized (action) {
            action.taken().removeIf(other -> isSame(other, id));
        }
    }

    private boolean isTaken(String id) {
        return taken().stream().anyMatch(other -> isSame(other, id));
    }

    private List<String> taken() {
        if (taken == null) {
            taken = new ArrayList<>();
        }
        return taken;
    }

    /**
     * Puts one in the place of that of its id which waits, or behind all others, and writes the run.
     *
     * @throws IOException if it can't be written; then nothing has changed
     */
    static void keep(Run<?, ?> run, Judgment judgment) throws IOException {
        action(run).put(judgment, run);
    }

    /** Does the same with what this is kept with, which is written by {@code owner}. */
    synchronized void put(Judgment judgment, Saveable owner) throws IOException {
        List<Judgment> before = read();
        ArrayList<Judgment> all = new ArrayList<>(before);
        int place = all.size();
        for (int i = 0; i < all.size(); i++) {
            place = isSame(all.get(i).id(), judgment.id()) && !all.get(i).isDecided() ? i : place;
        }
        if (place == all.size()) {
            all.add(judgment);
        } else {
            all.set(place, judgment);
        }
        replace(all);
        try {
            owner.save();
        } catch (IOException e) {
            replace(before);
            throw e;
        }
    }

    /** With the lock of the queue: until {@link #endVote} nobody else's request is joined with this one. */
    void beginVote() {
        voting++;
    }

    void endVote() {
        voting--;
    }

    /**
     * Jenkins joins a request with one that is in the queue and the same. Here it does so only as long as nobody has voted: who
     * voted did not know of the further request, and whoever makes that may have been the one who voted.
     */
    @Override
    public boolean shouldSchedule(List<Action> requested) {
        return voting > 0
                || read().stream()
                        .anyMatch(judgment ->
                                judgment.isDecided() || !judgment.votes().isEmpty());
    }

    private static Judgments action(Run<?, ?> run) {
        synchronized (run) {
            Judgments action = run.getAction(Judgments.class);
            if (action == null) {
                action = new Judgments();
                run.addAction(action);
            }
            return action;
        }
    }

    private void replace(List<Judgment> all) {
        ArrayList<String> texts = new ArrayList<>();
        all.forEach(judgment -> texts.add(JudgmentJson.write(judgment)));
        judgments = texts;
        read = Collections.unmodifiableList(all);
    }

    private List<Judgment> read() {
        List<Judgment> known = read;
        if (known == null) {
            List<Judgment> all = new ArrayList<>();
            for (String text : judgments) {
                try {
                    all.add(JudgmentJson.read(text));
                } catch (IllegalArgumentException e) {
                    LOGGER.log(Level.WARNING, "a judgment can't be read", e);
                }
            }
            known = Collections.unmodifiableList(all);
            read = known;
        }
        return known;
    }
}
