package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.AsyncPeriodicWork;
import hudson.model.TaskListener;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry;
import io.jenkins.plugins.safedeployments.engine.calendar.IcsImport;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * What the configured iCalendar files say. Those with an address are fetched every hour; the last good copy of each is kept
 * on the disk, and counts until a better one comes.
 */
@Extension
public final class IcsFiles extends AsyncPeriodicWork {

    private static final Logger LOGGER = Logger.getLogger(IcsFiles.class.getName());

    /** By address, or by text. */
    private final Map<String, List<CalendarEntry>> read = new ConcurrentHashMap<>();

    /** Why the last attempt has failed, by address. */
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    public IcsFiles() {
        super("Refresh of iCalendar files");
    }

    @NonNull
    public static IcsFiles get() {
        return ExtensionList.lookupSingleton(IcsFiles.class);
    }

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.HOURS.toMillis(1);
    }

    @Override
    protected Level getNormalLoggingLevel() {
        return Level.FINE;
    }

    /** @throws UserException if there is no such file, or nothing is known yet of what it says */
    @NonNull
    List<CalendarEntry> entries(String name) {
        IcsFile file = SafeDeploymentsConfiguration.get().getIcsFiles().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("The calendar takes something from '" + name
                        + "', but no iCalendar file of that name is configured: correct the name, or have an administrator"
                        + " add it under Manage Jenkins, System, Safe Deployments."));
        if (file.getUrl().isEmpty()) {
            return read.computeIfAbsent(file.getText(), text -> IcsImport.read(name, text));
        }
        List<CalendarEntry> known = read.get(file.getUrl());
        return known == null ? kept(file) : known;
    }

    private List<CalendarEntry> kept(IcsFile file) {
        Path copy = copy(file);
        try {
            if (Files.exists(copy)) {
                List<CalendarEntry> entries = IcsImport.read(file.getName(), Files.readString(copy));
                read.put(file.getUrl(), entries);
                return entries;
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "The copy of the iCalendar file '" + file.getName() + "' can't be read");
        }
        String problem = problem(file);
        throw new UserException("The iCalendar file '" + file.getName() + "' was not fetched yet."
                + (problem == null ? "" : " " + problem));
    }

    /** Why it could not be fetched the last time; null if it could. */
    @CheckForNull
    public String problem(IcsFile file) {
        return problems.get(file.getUrl());
    }

    /** When the copy that counts was fetched; null if there is none. */
    @CheckForNull
    public Instant fetched(IcsFile file) {
        try {
            Path copy = copy(file);
            return Files.exists(copy) ? Files.getLastModifiedTime(copy).toInstant() : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** By a hash of the address: another address has another copy. */
    private static Path copy(IcsFile file) {
        return directory().resolve(Util.getDigestOf(file.getUrl()) + ".ics");
    }

    private static Path directory() {
        return Jenkins.get().getRootDir().toPath().resolve("io.jenkins.plugins.safedeployments.ics");
    }

    @Override
    protected void execute(TaskListener listener) throws InterruptedException {
        refresh();
    }

    /** Fetches all that have an address. */
    synchronized void refresh() throws InterruptedException {
        List<IcsFile> files = SafeDeploymentsConfiguration.get().getIcsFiles();
        boolean changed = false;
        for (IcsFile file : files) {
            if (!file.getUrl().isEmpty()) {
                changed |= refresh(file);
            }
        }
        read.keySet()
                .removeIf(key -> files.stream()
                        .noneMatch(file ->
                                file.getUrl().equals(key) || file.getText().equals(key)));
        if (changed) {
            SafeDeploymentsConfiguration.get().calendarsChanged();
        }
    }

    /** @return whether it says something new */
    private boolean refresh(IcsFile file) throws InterruptedException {
        try {
            String text = IcsDownload.fetch(file.getUrl());
            List<CalendarEntry> entries = IcsImport.read(file.getName(), text);
            keep(copy(file), text);
            if (problems.remove(file.getUrl()) != null) {
                LOGGER.log(Level.INFO, "The iCalendar file {0} can be fetched again", file.getName());
            }
            List<CalendarEntry> before = read.put(file.getUrl(), entries);
            return before == null || !before.toString().equals(entries.toString());
        } catch (UserException | IOException e) {
            String before = problems.put(file.getUrl(), e.getMessage());
            if (!e.getMessage().equals(before)) {
                LOGGER.log(Level.WARNING, "The iCalendar file {0} stays as it was: {1}", new Object[] {
                    file.getName(), e.getMessage()
                });
            }
            return false;
        }
    }

    private static void keep(Path copy, String text) throws IOException {
        Files.createDirectories(directory());
        AtomicFileWriter writer = new AtomicFileWriter(copy, StandardCharsets.UTF_8);
        try (writer) {
            writer.write(text);
            writer.commit();
        } finally {
            writer.abort();
        }
    }
}
