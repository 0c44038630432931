package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Gets the texts of manifests: from the parameter itself, or from files in the workspace, and from nowhere else. */
final class ManifestFiles {

    /** What no list of file names contains: a line with the field that every object has. */
    private static final Pattern TEXT = Pattern.compile("(?m)^\\s*(\\{\\s*)?[\"']?(kind|apiVersion)[\"']?\\s*:");

    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private ManifestFiles() {}

    /** Whether it is the text of manifests, and not names of files. */
    static boolean isText(String manifests) {
        return TEXT.matcher(manifests).find();
    }

    /**
     * Like {@link #read}, with what is wrong in a sentence.
     *
     * @param caller asked for its workspace only if they are files
     */
    @NonNull
    static Map<String, String> of(String manifests, ReleaseDriver.Caller caller) {
        try {
            return read(manifests, isText(manifests) ? null : caller.workspace());
        } catch (IOException e) {
            throw new UserException(
                    "'manifests' names files that cannot be read from the workspace: " + e.getMessage()
                            + ". Look at their permissions, and whether the agent is there.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted while the manifests were being read.", e);
        }
    }

    /**
     * @param manifests text, or files and globs
     * @param workspace null outside a {@code node} block
     * @return texts by file name, in the order of the parameter, the files of a glob by name
     */
    @NonNull
    static Map<String, String> read(String manifests, @CheckForNull FilePath workspace)
            throws IOException, InterruptedException {
        Map<String, String> files = new LinkedHashMap<>();
        if (isText(manifests)) {
            files.put("manifests", manifests);
            return files;
        }
        if (workspace == null) {
            throw new UserException("'manifests' names files (" + shortened(manifests)
                    + "), but there is no workspace here: run the step in a 'node', or give the text of the manifests, as by"
                    + " readFile.");
        }
        for (String pattern : manifests.split("[,\\r\\n]+")) {
            String glob = pattern.trim();
            if (!glob.isEmpty()) {
                add(glob, workspace, files);
            }
        }
        return files;
    }

    private static void add(String glob, FilePath workspace, Map<String, String> files)
            throws IOException, InterruptedException {
        String slashed = glob.replace('\\', '/');
        if (slashed.startsWith("/")
                || slashed.matches("[A-Za-z]:.*")
                || Arrays.asList(slashed.split("/")).contains("..")) {
            throw new UserException("'manifests' names '" + shortened(glob)
                    + "', which is outside the workspace: name files" + " in it, relative to it.");
        }
        FilePath[] found = workspace.exists() ? workspace.list(slashed) : new FilePath[0];
        if (found.length == 0) {
            throw new UserException("'manifests' names '" + shortened(glob)
                    + "', but there is no such file in the workspace"
                    + (workspace.child(slashed).isDirectory() ? " (it is a directory: write '" + glob + "/*.yml')" : "")
                    + ".");
        }
        Arrays.sort(found, (a, b) -> a.getRemote().compareTo(b.getRemote()));
        for (FilePath file : found) {
            String name = file.getRemote()
                    .substring(workspace.getRemote().length())
                    .replace('\\', '/')
                    .replaceFirst("^/+", "");
            if (!workspace.isDescendant(name)) {
                throw new UserException("'manifests' names '" + name + "', which is a link to outside the workspace.");
            }
            files.put(name, text(name, file));
        }
    }

    private static String text(String name, FilePath file) throws IOException, InterruptedException {
        byte[] bytes;
        try (InputStream content = file.read()) {
            bytes = content.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new UserException(name + " has more than 4 MiB: split it, or leave out what is no manifest.");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserException(name + " is not UTF-8 text: save it as UTF-8.", e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 97) + "...";
    }
}
