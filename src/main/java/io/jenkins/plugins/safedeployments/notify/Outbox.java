package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * Who is still to be told of what, on disk in {@code safe-deployments/notices} of Jenkins' home: a file for each letter, from
 * before the event is recorded until the receiver is told, or can't be. That the disk is full keeps nobody from being told now.
 */
final class Outbox {

    private static final Logger LOGGER = Logger.getLogger(Outbox.class.getName());

    private final File directory = new File(Jenkins.get().getRootDir(), "safe-deployments/notices");

    /** Names of the files of those that this process looks after. */
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    void put(Letter letter) {
        live.add(name(letter));
        XmlFile file = file(name(letter));
        try {
            file.write(letter);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not write " + file + "; it is told, but not after a crash", e);
        }
    }

    /** It is told, or can't be, or need not be any more. */
    void remove(Letter letter) {
        delete(name(letter));
        live.remove(name(letter));
    }

    /** Those that were left by an earlier process; from now on this one looks after them. */
    @NonNull
    List<Letter> takeLeft() {
        List<Letter> left = new ArrayList<>();
        String[] names = directory.list((dir, name) -> name.endsWith(".xml"));
        for (String name : names == null ? new String[0] : names) {
            if (!live.contains(name)) {
                try {
                    if (file(name).read() instanceof Letter letter && name.equals(name(letter)) && letter.isWhole()) {
                        live.add(name);
                        left.add(letter);
                        continue;
                    }
                    LOGGER.log(Level.WARNING, "{0} tells nobody anything", file(name));
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, "could not read " + file(name), e);
                }
                delete(name);
            }
        }
        return left;
    }

    private void delete(String name) {
        File file = new File(directory, name);
        try {
            Files.deleteIfExists(file.toPath());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not delete " + file + "; it is told once more after a restart", e);
        }
    }

    private XmlFile file(String name) {
        return new XmlFile(Jenkins.XSTREAM2, new File(directory, name));
    }

    private static String name(Letter letter) {
        return letter.id() + ".xml";
    }
}
