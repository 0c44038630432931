package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;

/**
 * Which jobs were renamed or moved, and when, in {@code safe-deployments/renamed} of Jenkins' home: a line for each. What is
 * kept with runs, or in clusters, names jobs by the names that they had then; here is how they are called now.
 */
@Extension
public final class RenamedJobs extends ItemListener {

    private static final Logger LOGGER = Logger.getLogger(RenamedJobs.class.getName());

    /** So many are kept; the oldest go first. */
    private static final int MOST = 10_000;

    /** Null before the first one is asked for. */
    private List<Renamed> known;

    private record Renamed(long at, String from, String to) {}

    /**
     * The full name that a job has now.
     *
     * @param name its full name at some time
     * @param then that time, in milliseconds of the epoch; 0 if it is not known
     */
    @NonNull
    public static String now(String name, long then) {
        return ExtensionList.lookupSingleton(RenamedJobs.class).find(name, then);
    }

    /**
     * A run, by the id that it had at some time.
     *
     * @param externalizableId as {@link Run#getExternalizableId} gave it
     * @param then that time, in milliseconds of the epoch; 0 if it is not known
     * @return null if it is gone, or who asks may not see it
     */
    @CheckForNull
    public static Run<?, ?> run(String externalizableId, long then) {
        int number = externalizableId.lastIndexOf('#');
        if (number < 0 || !externalizableId.substring(number + 1).matches("[0-9]{1,9}")) {
            return null;
        }
        return run(
                externalizableId.substring(0, number), then, Integer.parseInt(externalizableId.substring(number + 1)));
    }

    /** The same, by the full name of its job at that time, and its number. */
    @CheckForNull
    public static Run<?, ?> run(String job, long then, int number) {
        try {
            return Jenkins.get().getItemByFullName(now(job, then), Item.class) instanceof Job<?, ?> found
                    ? found.getBuildByNumber(number)
                    : null;
        } catch (AccessDeniedException e) {
            return null; // it may be discovered, but not read
        }
    }

    private synchronized String find(String name, long then) {
        String now = name;
        for (Renamed renamed : known()) {
            if (renamed.at >= then && renamed.from.equals(now)) {
                now = renamed.to;
            }
        }
        return now;
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        if (item instanceof Job) {
            add(oldFullName, newFullName);
        }
    }

    private synchronized void add(String from, String to) {
        List<Renamed> before = known();
        long last = before.isEmpty() ? 0 : before.get(before.size() - 1).at;
        Renamed renamed =
                new Renamed(Math.max(last, ReleaseRuntime.get().clock().millis()), from, to);
        before.add(renamed);
        try {
            Files.createDirectories(directory());
            Files.writeString(file(), line(renamed), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "could not write that " + from + " is " + to + " now");
        }
    }

    private List<Renamed> known() {
        if (known == null) {
            known = read();
            if (known.size() > MOST) {
                known = new ArrayList<>(known.subList(known.size() - MOST, known.size()));
                try {
                    Files.writeString(
                            file(), known.stream().map(RenamedJobs::line).collect(Collectors.joining()));
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, "could not leave out the oldest names of jobs", e);
                }
            }
        }
        return known;
    }

    /** Names have no control characters in them. */
    private static String line(Renamed renamed) {
        return renamed.at + "\t" + renamed.from + "\t" + renamed.to + "\n";
    }

    private static List<Renamed> read() {
        List<Renamed> read = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file())) {
                String[] parts = line.split("\t");
                if (parts.length == 3 && parts[0].matches("[0-9]{1,18}")) { // else Jenkins died while it was written
                    read.add(new Renamed(Long.parseLong(parts[0]), parts[1], parts[2]));
                }
            }
        } catch (NoSuchFileException e) {
            return read;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not read the names that jobs had", e);
        }
        return read;
    }

    private static Path file() {
        return directory().resolve("renamed");
    }

    private static Path directory() {
        return new File(Jenkins.get().getRootDir(), "safe-deployments").toPath();
    }
}
