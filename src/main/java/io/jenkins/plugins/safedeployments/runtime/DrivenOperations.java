package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;

/**
 * What the runs of this Jenkins drive, on disk in {@code safe-deployments/driven} of its home: a file from before an operation
 * begins until it has ended what it began. It outlives a crash, so that {@link Orphans} can end what no run goes on with.
 */
@Extension
public final class DrivenOperations {

    private static final Logger LOGGER = Logger.getLogger(DrivenOperations.class.getName());

    /** Ids of the actors that are at it in this process. */
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    @NonNull
    public static DrivenOperations get() {
        return ExtensionList.lookupSingleton(DrivenOperations.class);
    }

    /**
     * Keeps an operation, before it does anything.
     *
     * @param resumed whether it was kept before a restart, so that it goes on even if it can't be kept once more
     * @throws UserException if it can't be kept
     */
    public void begin(DrivenOperation driven, boolean resumed) {
        live.add(driven.actor());
        XmlFile file = file(driven.actor());
        DrivenOperation kept = file.exists() ? read(file) : null;
        if (kept != null && kept.isSameAs(driven)) {
            return;
        }
        try {
            file.write(driven);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not write " + file, e);
            if (!resumed) {
                live.remove(driven.actor());
                throw new UserException(
                        "Jenkins cannot write to its home directory (" + e.getMessage()
                                + "), so it could not take the release back after a crash. Nothing was changed: make room, or"
                                + " mend the directory, then run this again.",
                        e);
            }
        }
    }

    /** The operation of an actor has ended what it began, or somebody wants it to be left as it is. */
    public void end(String actor) {
        File file = file(actor).getFile();
        try {
            if (file.exists()) {
                Files.deleteIfExists(file.toPath());
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not delete " + file, e); // it is found again, and that nothing is left
        }
        live.remove(actor);
        KeptManifests.forget(actor);
    }

    /** The operation of an actor is over, but what it began may not be. */
    public void leave(String actor) {
        live.remove(actor);
    }

    /** Lets an actor begin without being kept, unless it is at it already. */
    boolean take(String actor) {
        return live.add(actor);
    }

    /** Whether an actor is at it in this process. */
    boolean isLive(String actor) {
        return live.contains(actor);
    }

    /** Where an actor has begun something that it has not ended yet; null if it is not kept. */
    @CheckForNull
    public Target target(String actor) {
        XmlFile file = file(actor);
        DrivenOperation kept = file.exists() ? read(file) : null;
        return kept != null && kept.actor().equals(actor) ? kept.target() : null;
    }

    /** What was begun and, as far as this Jenkins knows, not ended by runs that it has no operations of. */
    @NonNull
    List<DrivenOperation> left() {
        List<DrivenOperation> left = new ArrayList<>();
        Set<String> busy = live.stream().map(DrivenOperations::fileName).collect(Collectors.toSet());
        File[] files = directory().listFiles((dir, name) -> name.endsWith(".xml") && !busy.contains(name));
        for (File file : files == null ? new File[0] : files) {
            DrivenOperation driven = read(new XmlFile(Jenkins.XSTREAM2, file));
            if (driven != null && !isLive(driven.actor())) {
                left.add(driven);
            }
        }
        return left;
    }

    /** Null if it is gone by now, or no good. */
    @CheckForNull
    private static DrivenOperation read(XmlFile file) {
        try {
            return file.read() instanceof DrivenOperation driven ? driven : null;
        } catch (IOException e) {
            if (Files.exists(file.getFile().toPath())) {
                LOGGER.log(Level.WARNING, "could not read " + file, e);
            }
            return null;
        }
    }

    private static XmlFile file(String actor) {
        return new XmlFile(Jenkins.XSTREAM2, new File(directory(), fileName(actor)));
    }

    private static String fileName(String actor) {
        return UUID.nameUUIDFromBytes(actor.getBytes(StandardCharsets.UTF_8)) + ".xml";
    }

    private static File directory() {
        return new File(Jenkins.get().getRootDir(), "safe-deployments/driven");
    }
}
