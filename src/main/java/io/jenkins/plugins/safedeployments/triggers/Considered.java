package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Up to which number the runs of a job have been considered by who follows it, in a file of the job's directory, so that it goes
 * where the job goes. What has ended while Jenkins was down is after it.
 */
public final class Considered {

    private static final Logger LOGGER = Logger.getLogger(Considered.class.getName());

    /** So many runs before it are looked at once more, for those whose followers were lost from the queue in a crash. */
    private static final int BEFORE = 10;

    /** More runs of a job than are under way at once. */
    private static final int AT_ONCE = 100;

    private final String fileName;

    /** @param fileName of its own for each kind of followers */
    public Considered(String fileName) {
        this.fileName = fileName;
    }

    /** All that has ended up to now has been considered, or ended before anybody asked. */
    public synchronized void all(Job<?, ?> followed) {
        Run<?, ?> last = followed.getLastBuild();
        int until = last == null ? 0 : last.getNumber();
        int before = read(followed);
        int least = Math.max(before, until - AT_ONCE);
        for (Run<?, ?> run = last; run != null && run.getNumber() > least; run = run.getPreviousBuild()) {
            if (run.isBuilding()) {
                until = run.getNumber() - 1;
            }
        }
        if (until != before) {
            write(followed, until);
        }
    }

    /**
     * Those that may not have been considered, the oldest first; none if the job was not followed before.
     *
     * @param again which of those that have been considered are looked at once more
     */
    @NonNull
    public synchronized List<Run<?, ?>> notYet(Job<?, ?> followed, Predicate<Run<?, ?>> again) {
        List<Run<?, ?>> runs = new ArrayList<>();
        int until = read(followed);
        if (until < 0) {
            return runs;
        }
        Run<?, ?> run = followed.getLastBuild();
        while (run != null && run.getNumber() > until - BEFORE) {
            if (!run.isBuilding() && (run.getNumber() > until || again.test(run))) {
                runs.add(0, run);
            }
            run = run.getPreviousBuild();
        }
        return runs;
    }

    /** Whether a run has been considered. */
    public synchronized boolean contains(Run<?, ?> run) {
        return run.getNumber() <= read(run.getParent());
    }

    /** Whether anybody has followed the job, and it was not {@linkplain #forget forgotten}. */
    public boolean isKept(Job<?, ?> followed) {
        return file(followed).isFile();
    }

    /** Nobody follows the job any more; what ends until somebody does again is none of their business. */
    public synchronized void forget(Job<?, ?> followed) {
        try {
            Files.deleteIfExists(file(followed).toPath());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not delete " + file(followed));
        }
    }

    private int read(Job<?, ?> followed) {
        try {
            return Integer.parseInt(Files.readString(file(followed).toPath()).trim());
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException | NumberFormatException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not read " + file(followed));
            return -1;
        }
    }

    private void write(Job<?, ?> followed, int until) {
        try {
            if (followed.getRootDir().isDirectory()) {
                Files.writeString(file(followed).toPath(), until + "\n");
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not write " + file(followed));
        }
    }

    private File file(Job<?, ?> followed) {
        return new File(followed.getRootDir(), fileName);
    }
}
