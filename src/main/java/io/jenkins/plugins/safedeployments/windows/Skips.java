package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Actionable;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What was skipped in a build, or for one in the queue; Jenkins takes it over from the queue into the build. */
@ExportedBean
public final class Skips extends InvisibleAction {

    /** Never changed but as a whole, since the owner may be written at any moment. */
    private volatile List<Skip> skips = new ArrayList<>();

    private synchronized void add(Skip skip) {
        List<Skip> more = new ArrayList<>(skips);
        more.add(skip);
        skips = more;
    }

    private synchronized void remove(Skip skip) {
        List<Skip> less = new ArrayList<>(skips);
        less.remove(skip);
        skips = less;
    }

    /** The earliest first. */
    @NonNull
    @Exported(inline = true)
    public List<Skip> getSkips() {
        return new ArrayList<>(skips);
    }

    @NonNull
    static List<Skip> of(Actionable owner) {
        List<Skip> all = new ArrayList<>();
        owner.getActions(Skips.class).forEach(action -> all.addAll(action.getSkips()));
        return all;
    }

    /** A sentence without a full stop for each, for the records of releases. */
    @NonNull
    public static List<String> told(Actionable owner) {
        return of(owner).stream()
                .map(skip -> "execution window " + skip.sentence() + ", when it was " + skip.getWhat())
                .toList();
    }

    /** That of one that waited; null if it was not skipped. */
    @CheckForNull
    static Skip find(Actionable owner, String id) {
        return of(owner).stream()
                .filter(skip -> skip.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Keeps a skip with a run, on the disk. */
    static void record(Run<?, ?> run, Skip skip) throws IOException {
        Runnable undo = add(run, skip);
        try {
            run.save();
        } catch (IOException | RuntimeException e) {
            undo.run();
            throw e;
        }
    }

    /** Keeps a skip with what was skipped, where it is not yet written to the disk. */
    @NonNull
    static Runnable add(Actionable owner, Skip skip) {
        synchronized (owner) {
            Skips action = owner.getActions(Skips.class).stream().findFirst().orElse(null);
            if (action == null) {
                action = new Skips();
                owner.addAction(action);
            }
            action.add(skip);
            Skips kept = action;
            return () -> kept.remove(skip);
        }
    }
}
