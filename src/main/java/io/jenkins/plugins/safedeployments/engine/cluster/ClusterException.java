package io.jenkins.plugins.safedeployments.engine.cluster;

import java.util.ArrayList;
import java.util.List;

/** What the API server refused, or that it could not be asked. {@link #reason()} says which; the message is for people. */
public final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of refusal, as far as the engine acts on the difference. */
    public enum Reason {
        /** The object changed since it was read (HTTP 409, 412): look again. */
        CONFLICT,
        /** Server-side apply found fields that another field manager owns. */
        FIELD_CONFLICT,
        /** The object exists already (HTTP 409 on create). */
        ALREADY_EXISTS,
        NOT_FOUND,
        /** The credentials are not accepted (HTTP 401). */
        UNAUTHORIZED,
        /** The credentials do not allow it, or an admission rule or quota denies it (HTTP 403). */
        FORBIDDEN,
        /** The object is not valid (HTTP 400, 422). */
        INVALID,
        /** No usable answer: network, overload or a fault of the server. It may work later; it may have been done. */
        UNAVAILABLE,
        /** TLS fails, the host is unknown, or it is no Kubernetes API: at the first contact a mistake, later perhaps a blip. */
        UNREACHABLE
    }

    /**
     * A field that another manager owns.
     *
     * @param manager its name, such as {@code kubectl-client-side-apply}
     * @param field its path, such as {@code .spec.replicas}
     */
    public record FieldConflict(String manager, String field) implements java.io.Serializable {}

    private final Reason reason;
    private final ArrayList<FieldConflict> conflicts;
    private final long retryAfterMillis;

    public ClusterException(Reason reason, String message, Throwable cause) {
        this(reason, message, cause, List.of(), 0);
    }

    public ClusterException(
            Reason reason, String message, Throwable cause, List<FieldConflict> conflicts, long retryAfterMillis) {
        super(message, cause);
        this.reason = reason;
        this.conflicts = new ArrayList<>(conflicts);
        this.retryAfterMillis = retryAfterMillis;
    }

    public Reason reason() {
        return reason;
    }

    /** The fields in conflict, where the reason is {@link Reason#FIELD_CONFLICT}. */
    public List<FieldConflict> conflicts() {
        return List.copyOf(conflicts);
    }

    /** For how long the server asked to be left alone, in milliseconds; 0 if it did not say. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }
}
