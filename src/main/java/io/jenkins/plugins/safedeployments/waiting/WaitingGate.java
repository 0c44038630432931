package io.jenkins.plugins.safedeployments.waiting;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;

/** A gate that the current user may do something about. Its texts are plain, and are escaped where they are shown. */
@Restricted(NoExternalUse.class)
public interface WaitingGate {

    /**
     * A way to decide.
     *
     * @param name as {@link #decide} takes it
     * @param title as people read it
     * @param destructive whether it lets something go on that was kept, or ends it
     */
    record Outcome(String name, String title, boolean destructive) {}

    /** Unique among all gates. */
    @NonNull
    String id();

    /** What kind of gate it is, for people: {@code Execution window}. */
    @NonNull
    String kind();

    /** What it asks, or waits for, in a sentence. */
    @NonNull
    String message();

    /** More to know before it is decided; empty for nothing. */
    @NonNull
    String hint();

    /** Whether it waits for the current user, who else is not asked but may do something about it. */
    default boolean asked() {
        return true;
    }

    /** What the current user may do about it, if that is not to decide as all others; else empty. */
    @NonNull
    default String note() {
        return "";
    }

    /** What waits: the name of the run. */
    @NonNull
    String run();

    /** Its page, below the root URL and without a slash at its beginning. */
    @NonNull
    String path();

    @NonNull
    Instant since();

    /** When it ends by itself; null for never. */
    @CheckForNull
    Instant deadline();

    /** Names what it is about, so that what is decided is what was shown; empty if that can't change. */
    @NonNull
    String shown();

    /** Empty if it can be decided on its own page only. */
    @NonNull
    List<Outcome> outcomes();

    boolean commentRequired();

    /**
     * Decides it as the current user, by the rules of the gate itself.
     *
     * @param outcome the name of one of its outcomes
     * @param request has {@code comment}, and {@code shown} as it was when the user saw it
     * @return what its own page answers, where "." is the page to go on with
     */
    @NonNull
    HttpResponse decide(String outcome, StaplerRequest2 request) throws IOException, ServletException;
}
