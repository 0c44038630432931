package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the steps of a run did for releases, kept with the run: one entry for each step that took a release up. */
public final class ReleasesAction extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(ReleasesAction.class.getName());

    /** Replaced as a whole and never changed, so that it can be read and written to the disk at any time. */
    private volatile List<ReleaseEntry> entries = new ArrayList<>();

    /** What the run came to, {@code canaryDeploy shop in test}, whatever became of it; null in runs of before it was kept. */
    private volatile List<String> arrivals = new ArrayList<>();

    /**
     * Remembers that a run came to a step, and saves the run in any case: Pipeline itself saves which step runs only after it has
     * saved that the step waits, and after a crash in between it would take another step for this one.
     */
    public static void arrived(Run<?, ?> run, Act act, Target target) {
        synchronized (run) {
            if (!hasArrived(run, act, target)) {
                ReleasesAction action = run.getAction(ReleasesAction.class);
                if (action == null) {
                    action = new ReleasesAction();
                    run.addAction(action);
                }
                List<String> next = new ArrayList<>(action.arrivals == null ? List.of() : action.arrivals);
                next.add(arrival(act, target));
                action.arrivals = next;
            }
        }
        save(run);
    }

    /** Whether a run came to a step. */
    public static boolean hasArrived(Run<?, ?> run, Act act, Target target) {
        ReleasesAction action = run.getAction(ReleasesAction.class);
        return action != null && action.arrivals != null && action.arrivals.contains(arrival(act, target));
    }

    private static String arrival(Act act, Target target) {
        return act.getStep() + " " + target;
    }

    /** In the order in which the steps began. */
    @NonNull
    public List<ReleaseEntry> getEntries() {
        return new ArrayList<>(entries);
    }

    /** Those of a run, in the order in which its steps began. */
    @NonNull
    public static List<ReleaseEntry> entries(Run<?, ?> run) {
        ReleasesAction action = run.getAction(ReleasesAction.class);
        return action == null ? List.of() : action.getEntries();
    }

    /**
     * Changes or adds the entry of a step, and saves the run.
     *
     * @param change gets the entry as it is, or null if there is none, and returns the one to keep, or null to leave all as it
     *     is
     */
    static void put(Run<?, ?> run, String actor, Function<ReleaseEntry, ReleaseEntry> change) {
        synchronized (run) {
            ReleasesAction action = run.getAction(ReleasesAction.class);
            ReleaseEntry before = action == null ? null : action.find(actor);
            ReleaseEntry after = change.apply(before);
            if (after == null || after == before) {
                return;
            }
            if (action == null) {
                action = new ReleasesAction();
                run.addAction(action);
            }
            action.replace(before, after);
        }
        save(run);
    }

    private static void save(Run<?, ?> run) {
        if (!run.getRootDir().isDirectory()) {
            return; // deleted meanwhile, and not to be made again
        }
        try {
            run.save();
        } catch (IOException e) {
            // the record in the cluster is what counts, so the release goes on
            LOGGER.log(Level.WARNING, e, () -> "could not save what " + run + " does for releases");
        }
    }

    @CheckForNull
    private ReleaseEntry find(String actor) {
        return entries.stream()
                .filter(entry -> entry.getActor().equals(actor))
                .findFirst()
                .orElse(null);
    }

    private void replace(@CheckForNull ReleaseEntry before, ReleaseEntry after) {
        List<ReleaseEntry> next = new ArrayList<>(entries);
        if (before == null) {
            next.add(after);
        } else {
            next.set(next.indexOf(before), after);
        }
        entries = next;
    }
}
