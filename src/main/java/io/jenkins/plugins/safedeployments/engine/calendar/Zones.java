package io.jenkins.plugins.safedeployments.engine.calendar;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Time zones by their IANA names. Abbreviations and fixed offsets are refused: they don't know when clocks change, and
 * {@code Etc/GMT+5} is five hours west.
 */
public final class Zones {

    private static final Pattern REFUSED =
            Pattern.compile("EST|MST|HST|Etc/GMT[+-].*|SystemV/.*|GMT[+-]?0", Pattern.CASE_INSENSITIVE);

    /** Of which continent's places people think when they write these. */
    private static final Map<String, String> ABBREVIATIONS = Map.of(
            "EST", "America/New_York",
            "EDT", "America/New_York",
            "CDT", "America/Chicago",
            "MST", "America/Denver",
            "MDT", "America/Denver",
            "PDT", "America/Los_Angeles",
            "HST", "Pacific/Honolulu",
            "CEST", "Europe/Berlin",
            "BST", "Europe/London",
            "Z", "UTC");

    /** Java makes this set anew whenever it is asked. */
    private static final Set<String> NAMES = ZoneId.getAvailableZoneIds().stream()
            .filter(name -> !REFUSED.matcher(name).matches())
            .collect(Collectors.toCollection(TreeSet::new));

    private Zones() {}

    /**
     * @param parameter what it was given as, for the message
     * @throws UserException if it is none, with the name that was probably meant
     */
    public static ZoneId parse(String parameter, String text) {
        String name = text == null ? "" : text.strip();
        if (name.isEmpty()) {
            throw new UserException(
                    "'" + parameter + "' is missing: name a time zone, like 'Europe/Berlin', or write 'UTC'.");
        }
        if (!isName(name)) {
            throw new UserException("'" + parameter + "' is '" + Refusal.shortened(name)
                    + "', which is no name of a time" + " zone" + hint(name) + ".");
        }
        return ZoneId.of(name);
    }

    static boolean isName(String name) {
        return NAMES.contains(name);
    }

    /** What to write instead. */
    static String hint(String name) {
        if (name.matches("(?i)(UTC|GMT|UT|Etc/GMT)?[+-]\\d.*")) {
            return ": a fixed offset does not know when clocks change; name a place, like 'Europe/Berlin'";
        }
        String meant = meant(name);
        return meant == null
                ? ": name a place, like 'Europe/Berlin', or write 'UTC'"
                : ": did you mean '" + meant + "'?" + " It needs the IANA name, exactly";
    }

    private static String meant(String name) {
        String known = ABBREVIATIONS.get(name.toUpperCase(Locale.ROOT));
        if (known == null) {
            known = ZoneId.SHORT_IDS.get(name.toUpperCase(Locale.ROOT));
        }
        if (known != null && isName(known)) {
            return known;
        }
        if (name.length() > 40) {
            return null;
        }
        String small = name.toLowerCase(Locale.ROOT).replace(' ', '_');
        return NAMES.stream()
                .filter(id -> id.toLowerCase(Locale.ROOT).endsWith("/" + small))
                .findFirst()
                .or(() -> NAMES.stream()
                        .filter(id -> distance(small, id.toLowerCase(Locale.ROOT)) <= 2)
                        .min(Comparator.comparingInt(id -> distance(small, id.toLowerCase(Locale.ROOT)))))
                .orElse(null);
    }

    /** How many letters to add, drop or change: Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
