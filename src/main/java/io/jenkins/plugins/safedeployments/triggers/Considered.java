package io.jenkins.plugins.safedeployments.triggers;

import hudson.model.Job;
import hudson.model.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Up to which number the runs of a job have been considered by the triggers that follow it, in a file of the job's directory, so
 * that it goes where the job goes. What has ended while Jenkins was down is after it.
 */
final class Considered {

    private static final Logger LOGGER = Logger.getLogger(Considered.class.getName());

    /** So many runs before it are looked at once more, for those whose rollback was lost from the queue in a crash. */
    private static final int BEFORE = 10;

    /** More runs of a job than are under way at once. */
    private static final int AT_ONCE = 100;

    private Considered() {}

    /** All that has ended up to now has been considered, or ended before anybody asked. */
    static synchronized void all(Job<?, ?> upstream) {
        Run<?, ?> last = upstream.getLastBuild();
        int until = last == null ? 0 : last.getNumber();
        int before = read(upstream);
        int least = Math.max(before, until - AT_ONCE);
        for (Run<?, ?> run = last; run != null && run.getNumber() > least; run = run.getPreviousBuild()) {
            if (run.isBuilding()) {
                until = run.getNumber() - 1;
            }
        }
        if (until != before) {
            write(upstream, until);
        }
    }

    /** Those that may not have been considered, the oldest first; none if the job was not followed before. */
    static synchronized List<Run<?, ?>> notYet(Job<?, ?> upstream) {
        List<Run<?, ?>> runs = new ArrayList<>();
        int until = read(upstream);
        if (until < 0) {
            return runs;
        }
        Run<?, ?> run = upstream.getLastBuild();
        while (run != null && run.getNumber() > until - BEFORE) {
            if (!run.isBuilding()
                    && (run.getNumber() > until || !RollbackLinks.of(run).isEmpty())) {
                runs.add(0, run);
            }
            run = run.getPreviousBuild();
        }
        return runs;
    }

    private static int read(Job<?, ?> upstream) {
        try {
            return Integer.parseInt(Files.readString(file(upstream).toPath()).trim());
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException | NumberFormatException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not read " + file(upstream));
            return -1;
        }
    }

    private static void write(Job<?, ?> upstream, int until) {
        try {
            if (upstream.getRootDir().isDirectory()) {
                Files.writeString(file(upstream).toPath(), until + "\n");
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not write " + file(upstream));
        }
    }

    private static File file(Job<?, ?> upstream) {
        return new File(upstream.getRootDir(), "safe-deployments-considered");
    }
}
