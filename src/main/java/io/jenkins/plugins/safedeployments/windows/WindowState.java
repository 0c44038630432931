package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.Cause;
import io.jenkins.plugins.safedeployments.engine.calendar.Schedule;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.calendar.Verdict;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether it is open: what the calendars say, and above them whether the line is stopped. What can't be known to be open is
 * closed, like a freeze.
 *
 * @param stopped null if the line goes on
 * @param verdict null if there are no calendars, which is open, or if they can't be asked
 * @param problem why the calendars can't be asked, a sentence; null if they can
 */
record WindowState(
        @CheckForNull StopTheLine.Turn stopped,
        @CheckForNull Verdict verdict,
        @CheckForNull String problem) {

    /** @param calendars that must all be open */
    @NonNull
    static WindowState of(List<WindowCalendar> calendars, Instant now) {
        return new WindowState(
                StopTheLine.get().stopped(),
                calendars.isEmpty() ? null : Schedule.ofAll(calendars).at(now),
                null);
    }

    /** With a calendar that was taken away, or can't be understood. */
    @NonNull
    static WindowState unknown(UserException problem) {
        return new WindowState(StopTheLine.get().stopped(), null, problem.getMessage());
    }

    boolean isOpen() {
        return stopped == null && problem == null && (verdict == null || verdict.isOpen());
    }

    /** Whether more than missing windows keeps it closed. */
    boolean isFrozen() {
        return stopped != null
                || problem != null
                || verdict != null && verdict.deciding().stream().anyMatch(cause -> cause.kind() == Cause.Kind.FREEZE);
    }

    /** When it opens next by its calendars; null if it never does, if it is not known, or if it is open. */
    @CheckForNull
    Instant opens() {
        return isOpen() || verdict == null || stopped != null && verdict.isOpen() ? null : verdict.opens();
    }

    /** When what is open, or opens next, ends; null if that is not known. */
    @CheckForNull
    Instant closes() {
        return verdict == null ? null : verdict.closes();
    }

    /** What keeps it closed; each is the same as long as nothing has changed but the time. */
    @NonNull
    List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        if (stopped != null) {
            obstacles.add("the line, stopped at " + stopped.getAt());
        }
        if (verdict != null && !verdict.isOpen()) {
            verdict.deciding().forEach(cause -> obstacles.add(cause.toString()));
        }
        if (problem != null) {
            obstacles.add(problem);
        }
        return obstacles;
    }

    /** Whether who skipped something else has thereby seen and skipped all that keeps this closed. */
    boolean isSkippedBy(Skip skip) {
        return skip.obstacles().containsAll(obstacles());
    }

    /** Without a full stop. */
    @NonNull
    String sentence() {
        if (stopped == null) {
            return calendars();
        }
        String line = "closed: the line was stopped by " + stopped.getUser() + " at "
                + TimeText.utc(stopped.getAt())
                + (stopped.getReason().isEmpty() ? "" : " because " + stopped.getReason());
        return problem == null && (verdict == null || verdict.isOpen()) ? line : line + "; and it is " + calendars();
    }

    private String calendars() {
        if (problem != null) {
            return "not known to be open: " + problem.replaceFirst("\\.$", "");
        }
        return verdict == null ? "open: there is no calendar" : verdict.sentence();
    }

    /** The same as long as nothing has changed but the time. */
    @NonNull
    String fingerprint() {
        String line = (stopped == null ? "" : stopped.getAt() + " ") + (problem == null ? "" : problem);
        return verdict == null
                ? line
                : line + verdict.deciding().stream().map(Cause::toString).collect(Collectors.joining(", ")) + " "
                        + (isOpen() ? verdict.closes() : verdict.opens());
    }

    /** The moment of its next change by calendars alone; null if there is none within sight. */
    @CheckForNull
    Instant changes() {
        return verdict == null ? null : verdict.isOpen() ? verdict.closes() : verdict.opens();
    }

    @NonNull
    static String capitalized(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
