package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import java.time.Instant;
import java.util.List;
import org.springframework.security.core.Authentication;

/** A judgment that waits for people, as a list of several shows it. */
public interface PendingJudgment {

    /** What waits for it, as people read it: {@code shop » release #7}. */
    @NonNull
    String name();

    /** Unique in what waits. */
    @NonNull
    String id();

    @NonNull
    String message();

    /** {@code addressbook in shop on production}; empty if it is bound to no release. */
    @NonNull
    String target();

    /** The image that is judged; empty if it is bound to no release. */
    @NonNull
    String version();

    @NonNull
    Instant since();

    /** When it is decided without people; null for never. */
    @CheckForNull
    Instant deadline();

    /** Who has to decide, in words. */
    @NonNull
    String rules();

    /** How many votes of whom are missing still, in words. */
    @NonNull
    String missing();

    /**
     * The page on which it is decided, below the root URL and without a slash at its beginning. A POST to its
     * {@code decide} with {@code outcome} and {@code comment} votes.
     */
    @NonNull
    String path();

    /** Whether somebody may read the job, is let vote by the rules as far as is known, and has not voted yet. */
    boolean awaits(@NonNull Authentication user);

    /** What may be chosen. */
    @NonNull
    List<Choice> choices();
}
