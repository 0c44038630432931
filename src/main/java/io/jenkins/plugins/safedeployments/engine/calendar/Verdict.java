package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * Whether it is open at a moment, and why; the log's sentence and the page are both made of it.
 *
 * @param at the moment
 * @param causes of each calendar, in their order
 * @param opens {@code at} if it is open; null if it does not open within eight years
 * @param closes the end of what is open or opens next; null if it never opens, or stays open for more than 400 days
 */
public record Verdict(
        Instant at,
        List<Cause> causes,
        @CheckForNull Instant opens,
        @CheckForNull Instant closes) {

    public Verdict {
        causes = List.copyOf(causes);
    }

    public boolean isOpen() {
        return causes.stream().allMatch(cause -> cause.kind().isOpen());
    }

    /** Those that decide: of all calendars if it is open, else of those that are closed. */
    public List<Cause> deciding() {
        return causes.stream()
                .filter(cause -> cause.kind().isOpen() == isOpen())
                .toList();
    }

    /** That of the calendar that decides, or decides first. */
    public ZoneId zone() {
        return deciding().get(0).calendar().zone();
    }

    /** Without a full stop; times are in {@link #zone()}. */
    public String sentence() {
        String why = Words.list(deciding().stream().map(Cause::toString).toList());
        return isOpen() ? "open: " + why + "; " + closing() : "closed: " + why + "; " + opening();
    }

    private String opening() {
        return opens == null
                ? "never opens again"
                : "opens " + TimeText.moment(opens, zone()) + ", in " + TimeText.between(at, opens);
    }

    private String closing() {
        return closes == null
                ? "stays open for more than 400 days"
                : "closes " + TimeText.moment(closes, zone()) + ", in " + TimeText.between(at, closes);
    }

    @Override
    public String toString() {
        return sentence();
    }
}
