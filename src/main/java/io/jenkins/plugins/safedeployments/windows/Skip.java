package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** That somebody let something go on which a window or freeze kept: who, when, why, and what it was. Kept with the build. */
@ExportedBean(defaultVisibility = 2)
public final class Skip implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Of what waited. */
    private final String id;

    /** What kept it, as a sentence without a full stop. */
    private final String what;

    /** What kept it closed, to know whether that is what keeps something else closed, too; null in old forms. */
    private final ArrayList<String> obstacles;

    private final String user;
    private final String reason;

    /** Milliseconds of the epoch. */
    private final long at;

    Skip(String id, WindowState state, String user, String reason, Instant at) {
        this.id = id;
        this.what = state.sentence();
        this.obstacles = new ArrayList<>(state.obstacles());
        this.user = user;
        this.reason = reason;
        this.at = at.toEpochMilli();
    }

    @NonNull
    String id() {
        return id;
    }

    @NonNull
    @Exported
    public String getWhat() {
        return what;
    }

    @NonNull
    List<String> obstacles() {
        return obstacles == null ? List.of() : new ArrayList<>(obstacles);
    }

    @NonNull
    @Exported
    public String getUser() {
        return user;
    }

    /** Empty if none was given. */
    @NonNull
    @Exported
    public String getReason() {
        return reason;
    }

    @NonNull
    @Exported(name = "at")
    public String getTime() {
        return getAt().toString();
    }

    @NonNull
    public Instant getAt() {
        return Instant.ofEpochMilli(at);
    }

    /** {@code skipped by alice because …}. */
    @NonNull
    String sentence() {
        return "skipped by " + user + (reason.isEmpty() ? "" : " because " + reason);
    }
}
