package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import java.util.List;
import java.util.stream.Stream;

/** The cause of a run that was given something of another job to do: by whom or why. */
interface GivenCause {

    @NonNull
    Kind kind();

    /** Where the release is that it is about; null if it is about a run itself. */
    @CheckForNull
    Target about();

    /** Number of that release; 0 if it is about a run itself. */
    int getRelease();

    /** Id of who asked for it; empty if nobody did. */
    @NonNull
    String getUser();

    /** {@code asked for by alice}, or why it started by itself. */
    @NonNull
    String by();

    /** The run on whose page it was asked for, or that it follows by itself; null if there is none, or who asks may not see it. */
    @CheckForNull
    Run<?, ?> run();

    /** The run to link it with; null as well if who asks may not see it. */
    @CheckForNull
    default Run<?, ?> followed() {
        return run();
    }

    /** Whether it is a promotion that nobody asked for. */
    default boolean isByItself() {
        return kind() == Kind.PROMOTE && getUser().isEmpty();
    }

    /** Those among the causes of something. */
    @NonNull
    static Stream<GivenCause> among(List<Cause> causes) {
        return causes.stream().filter(GivenCause.class::isInstance).map(GivenCause.class::cast);
    }

    /** @param why it started by itself, if nobody asked for it */
    @NonNull
    static String by(String user, String why) {
        return user.isEmpty() ? Messages.PromotionCause_ByItself(why) : Messages.PromotionCause_AskedFor(user);
    }
}
