package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.FilePath;
import hudson.Launcher;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.util.BuildListenerAdapter;

/**
 * Writes what an operation tells into the build log, and its evidence among the build's artifacts. The secrets that the
 * cluster is used with are left out of both, wherever they may come from.
 */
public final class BuildReport implements Report {

    private static final String MASK = "****";

    /** Shorter than any token; masking shorter ones would only make logs unreadable. */
    private static final int MIN_SECRET = 8;

    private final String app;

    @CheckForNull
    private final Run<?, ?> run;

    private final TaskListener listener;
    private final Set<String> secrets = new CopyOnWriteArraySet<>();

    /** @param run whose artifacts the evidence is; null if it is gone, so that none can be kept */
    public BuildReport(String app, @CheckForNull Run<?, ?> run, TaskListener listener, ClusterAccess access) {
        this.app = app;
        this.run = run;
        this.listener = listener;
        hide(access);
    }

    /** Leaves these secrets out as well, from now on. */
    public void hide(ClusterAccess access) {
        Stream.of(access.token(), access.clientKey())
                .flatMap(secret -> Stream.concat(Stream.of(secret), keyLines(secret)))
                .filter(secret -> secret.length() >= MIN_SECRET)
                .forEach(secrets::add);
    }

    /** Of a key in PEM each line by itself, since it may stand indented in a file. */
    private static Stream<String> keyLines(String secret) {
        return secret.lines().map(String::strip).filter(line -> !line.startsWith("-----"));
    }

    @Override
    public void line(String topic, String text) {
        listener.getLogger().printf(Locale.ROOT, "[%s] %-12s %s%n", app, topic, inert(text));
    }

    @Override
    public void output(String text) {
        listener.getLogger().printf(Locale.ROOT, "[%s] %-12s | %s%n", app, "", inert(text));
    }

    /** Text from a pod or a cluster: neither secrets, nor what a terminal or the console page would obey. */
    String inert(String text) {
        return InertText.marked(masked(text));
    }

    private String masked(String text) {
        String result = text;
        for (String secret : secrets) {
            result = result.replace(secret, MASK);
        }
        return result;
    }

    @Override
    public String keep(String folder, Map<String, String> files) {
        if (run == null) {
            throw new UserException("the run is gone");
        }
        Path temporary = null;
        try {
            temporary = Files.createTempDirectory("safe-deployments");
            Map<String, String> artifacts = new HashMap<>();
            int number = 0;
            for (Map.Entry<String, String> file : files.entrySet()) {
                // by number, since names come from the cluster
                String name = Integer.toString(number++);
                Files.writeString(temporary.resolve(name), masked(file.getValue()), StandardCharsets.UTF_8);
                artifacts.put(folder + "/" + safe(file.getKey()), name);
            }
            run.pickArtifactManager()
                    .archive(
                            new FilePath(temporary.toFile()),
                            new Launcher.LocalLauncher(listener),
                            new BuildListenerAdapter(listener),
                            artifacts);
            String root = Jenkins.get().getRootUrl();
            return root == null ? "" : root + run.getUrl() + "artifact/" + folder + "/";
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException("interrupted", new InterruptedIOException());
        } finally {
            if (temporary != null) {
                delete(temporary.toFile());
            }
        }
    }

    /** A relative path that stays below its folder. */
    private static String safe(String path) {
        return path.replaceAll("[^A-Za-z0-9._/-]", "_").replaceAll("(^|/)\\.+(?=/|$)", "$1_");
    }

    private void delete(File directory) {
        try {
            Util.deleteRecursive(directory);
        } catch (IOException e) {
            line("post-mortem", "temporary files were left behind: " + e.getMessage());
        }
    }
}
