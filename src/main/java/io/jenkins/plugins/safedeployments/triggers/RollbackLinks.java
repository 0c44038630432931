package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The rollbacks of a run, kept with it and shown on its page: one for each rollback job, whatever asked for it. */
public final class RollbackLinks extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(RollbackLinks.class.getName());

    /** Replaced as a whole and never changed. */
    private volatile List<RollbackLink> links = new ArrayList<>();

    @NonNull
    public List<RollbackLink> getLinks() {
        return new ArrayList<>(links);
    }

    /**
     * Those to show, as they are now: what was only to be started if the run failed, and did not, is no news. The last one of a
     * job counts, if it was renamed at the moment when a link to it was put.
     */
    @NonNull
    public Collection<RollbackLink> getShown() {
        Map<String, RollbackLink> shown = new LinkedHashMap<>();
        for (RollbackLink link : links) {
            if (link.getState() != RollbackLink.State.ASKED_FOR) {
                shown.put(link.getJob(), link.now());
            }
        }
        return shown.values();
    }

    @NonNull
    static List<RollbackLink> of(Run<?, ?> run) {
        RollbackLinks action = run.getAction(RollbackLinks.class);
        return action == null ? List.of() : action.getLinks();
    }

    /**
     * Changes or adds the link to a rollback job, and saves the run.
     *
     * @param change gets the link as it is, or null, and returns the one to keep, or null to leave all as it is
     * @return whether something was changed
     */
    static boolean put(Run<?, ?> run, String job, UnaryOperator<RollbackLink> change) {
        synchronized (run) {
            RollbackLinks action = run.getAction(RollbackLinks.class);
            RollbackLink before = action == null ? null : action.find(job);
            RollbackLink after = change.apply(before);
            if (after == null) {
                return false;
            }
            if (action == null) {
                action = new RollbackLinks();
                run.addAction(action);
            }
            List<RollbackLink> next = new ArrayList<>(action.links);
            next.remove(before);
            next.add(after);
            action.links = next;
        }
        try {
            run.save();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not save the rollbacks of " + run);
        }
        return true;
    }

    @CheckForNull
    private RollbackLink find(String job) {
        return links.stream()
                .filter(link -> link.getJob().equals(job))
                .findFirst()
                .orElse(null);
    }
}
