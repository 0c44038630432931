package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.zone.ZoneRules;
import java.util.List;

/** Moments as people ask about them: a date and a time on the clock of a zone. */
public final class Moments {

    private Moments() {}

    /**
     * @param text like {@code 2026-06-05 18:00}; with a {@code T} in between, too
     * @return two if the clock shows it twice; if it skips it, the moment at which it does
     * @throws UserException if it is no date and time
     */
    @NonNull
    public static List<Instant> parse(String parameter, String text, ZoneId zone) {
        LocalDateTime local;
        try {
            local = LocalDateTime.parse(text.strip().replace(' ', 'T'));
        } catch (DateTimeParseException e) {
            throw new UserException(
                    "'" + parameter + "' is '" + Refusal.shortened(text)
                            + "': write a date and a time, like '2026-06-05 18:00'.",
                    e);
        }
        ZoneRules rules = zone.getRules();
        List<Instant> moments =
                rules.getValidOffsets(local).stream().map(local::toInstant).toList();
        return moments.isEmpty() ? List.of(rules.getTransition(local).getInstant()) : moments;
    }
}
