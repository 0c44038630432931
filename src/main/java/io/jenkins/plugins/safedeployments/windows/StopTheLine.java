package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * One switch that closes every execution window and every release of this Jenkins. It has a file of its own: configuration
 * that is loaded as code must not let the line go on.
 */
@Extension
public final class StopTheLine implements Saveable {

    private static final Logger LOGGER = Logger.getLogger(StopTheLine.class.getName());
    private static final int REMEMBERED = 100;

    /** What happened to the switch; the last one counts. */
    private List<Turn> turns = new ArrayList<>();

    public StopTheLine() throws IOException {
        XmlFile file = file();
        if (file.exists()) {
            file.unmarshal(this);
        }
    }

    @NonNull
    public static StopTheLine get() {
        return ExtensionList.lookupSingleton(StopTheLine.class);
    }

    /** Once the line was stopped, or let go on. */
    public static final class Turn {

        private final boolean stopped;
        private final String user;
        private final String reason;

        /** Milliseconds of the epoch. */
        private final long at;

        Turn(boolean stopped, String user, String reason, Instant at) {
            this.stopped = stopped;
            this.user = user;
            this.reason = reason;
            this.at = at.toEpochMilli();
        }

        public boolean isStopped() {
            return stopped;
        }

        @NonNull
        public String getUser() {
            return user;
        }

        /** Empty if none was given. */
        @NonNull
        public String getReason() {
            return reason;
        }

        @NonNull
        public Instant getAt() {
            return Instant.ofEpochMilli(at);
        }
    }

    /** By whom, when and why it is stopped; null if it is not. */
    @CheckForNull
    public synchronized Turn stopped() {
        Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
        return last == null || !last.stopped ? null : last;
    }

    /** The latest first. */
    @NonNull
    public synchronized List<Turn> history() {
        List<Turn> latestFirst = new ArrayList<>(turns);
        java.util.Collections.reverse(latestFirst);
        return latestFirst;
    }

    /** @return false if it was so already, and nothing was done */
    public boolean turn(boolean stop, String user, String reason) {
        synchronized (this) {
            if (stop == (stopped() != null)) {
                return false;
            }
            turns.add(new Turn(stop, user, reason, WaitingWindows.clock().instant()));
            if (turns.size() > REMEMBERED) {
                turns.remove(0);
            }
            try {
                save();
            } catch (IOException e) {
                turns.remove(turns.size() - 1);
                throw new UncheckedIOException("the state of the line can't be kept", e);
            }
        }
        LOGGER.log(Level.INFO, "The line was {0} by {1}", new Object[] {stop ? "stopped" : "let go on", user});
        SaveableListener.fireOnChange(this, file());
        return true;
    }

    @Override
    public synchronized void save() throws IOException {
        file().write(this);
    }

    private static XmlFile file() {
        return new XmlFile(
                Jenkins.XSTREAM2,
                new File(Jenkins.get().getRootDir(), "io.jenkins.plugins.safedeployments.StopTheLine.xml"));
    }
}
