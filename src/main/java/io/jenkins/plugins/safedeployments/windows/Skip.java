package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;

/** That somebody let something go on which a window or freeze kept: who, when, why, and what it was. Kept with the build. */
public final class Skip implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Of what waited. */
    private final String id;

    /** What kept it, as a sentence without a full stop. */
    private final String what;

    private final String user;
    private final String reason;

    /** Milliseconds of the epoch. */
    private final long at;

    Skip(String id, String what, String user, String reason, Instant at) {
        this.id = id;
        this.what = what;
        this.user = user;
        this.reason = reason;
        this.at = at.toEpochMilli();
    }

    @NonNull
    String id() {
        return id;
    }

    @NonNull
    public String getWhat() {
        return what;
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

    /** {@code skipped by alice because …}. */
    @NonNull
    String sentence() {
        return "skipped by " + user + (reason.isEmpty() ? "" : " because " + reason);
    }
}
