package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.util.Secret;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * The manifests that a step which may have to wait for its turn has read from its workspace: after a restart their agent may
 * be gone. In {@code safe-deployments/manifests} of Jenkins' home until the step has ended; they may hold secrets, so they
 * are encrypted as credentials are.
 */
public final class KeptManifests {

    private static final Logger LOGGER = Logger.getLogger(KeptManifests.class.getName());

    /** What the step was asked to read: names of files. */
    private final String names;

    /** Texts by name of the file, in the order in which they were read. */
    private final Map<String, Secret> files = new LinkedHashMap<>();

    private KeptManifests(String names, Map<String, String> texts) {
        this.names = names;
        texts.forEach((file, text) -> files.put(file, Secret.fromString(text)));
    }

    /** Keeps them until {@link DrivenOperations#end}; if that is not possible, they are read again after a restart. */
    public static void keep(String actor, String names, Map<String, String> texts) {
        XmlFile file = file(actor);
        try {
            file.write(new KeptManifests(names, texts));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not write " + file, e);
        }
        if (!DrivenOperations.get().isLive(actor)) {
            forget(actor); // it was told to end meanwhile
        }
    }

    /** What an actor has read of the files before a restart; empty if it had not, or was another one of that id. */
    @NonNull
    public static Map<String, String> of(String actor, String names) {
        XmlFile file = file(actor);
        Map<String, String> texts = new LinkedHashMap<>();
        try {
            if (file.exists() && file.read() instanceof KeptManifests kept && kept.names.equals(names)) {
                kept.files.forEach((name, text) -> texts.put(name, text.getPlainText()));
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not read " + file, e);
        }
        return texts;
    }

    static void forget(String actor) {
        File file = file(actor).getFile();
        try {
            Files.deleteIfExists(file.toPath());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not delete " + file, e);
        }
    }

    private static XmlFile file(String actor) {
        UUID name = UUID.nameUUIDFromBytes(actor.getBytes(StandardCharsets.UTF_8));
        return new XmlFile(
                Jenkins.XSTREAM2, new File(Jenkins.get().getRootDir(), "safe-deployments/manifests/" + name + ".xml"));
    }
}
