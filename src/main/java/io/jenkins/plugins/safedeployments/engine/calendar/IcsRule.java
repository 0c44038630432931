package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An RRULE in the words of our rules. What is refused can't be said by them, or not without doubt. */
final class IcsRule {

    private static final List<String> DAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");
    private static final Set<String> KNOWN =
            Set.of("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST");

    /** How far the last of a number of days is looked for. */
    private static final int MAX_DAYS = 40 * 366;

    private final String text;
    private final Refusal refusal;
    private final Map<String, String> parts = new LinkedHashMap<>();

    IcsRule(String text, Refusal refusal) {
        this.text = text;
        this.refusal = refusal;
        for (String part : text.toUpperCase(Locale.ROOT).split(";")) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2 || parts.put(pair[0], pair[1]) != null || !KNOWN.contains(pair[0])) {
                throw refused("'" + part + "'");
            }
        }
        if (!parts.getOrDefault("INTERVAL", "1").equals("1")) {
            throw refused("'INTERVAL=" + parts.get("INTERVAL") + "'");
        }
    }

    /**
     * @param end of its first time, as a time of the clock
     * @param zone of the event; null for that of the calendar
     */
    String text(LocalDateTime start, LocalDateTime end, @CheckForNull ZoneId zone) {
        Duration lasting = Duration.between(start, end);
        String days = days(start.toLocalDate());
        if (lasting.compareTo(Duration.ofDays(1)) > 0 && days.equals("yearly " + monthDay(start))) {
            return start.toLocalDate() + ".. " + yearly(start, end);
        }
        String from = start.toLocalDate().toString();
        String rest = (days.isEmpty() ? "" : " " + days) + times(start, end);
        Rule.Days rule = (Rule.Days) RuleParser.parse(from + ".." + rest, refusal);
        if (!matches(rule, start.toLocalDate().toEpochDay())) {
            throw refused("a DTSTART that is not among its days");
        }
        return from + ".." + last(start, rule, zone) + rest;
    }

    private static boolean matches(Rule.Days rule, long day) {
        return rule.filters().stream().allMatch(filter -> filter.matches(day));
    }

    private String yearly(LocalDateTime start, LocalDateTime end) {
        LocalDate first = start.toLocalDate();
        LocalDate last = end.toLocalDate().minusDays(1);
        boolean wholeDays = start.toLocalTime().equals(LocalTime.MIDNIGHT)
                && end.toLocalTime().equals(LocalTime.MIDNIGHT);
        // it would have a day more in leap years
        boolean leaps = first.withMonth(3).withDayOfMonth(1).isAfter(first)
                        != last.withMonth(3).withDayOfMonth(1).isAfter(last)
                || first.getYear() != last.getYear() && last.getMonthValue() > 2;
        if (!wholeDays
                || leaps && last.getMonthValue() > 2
                || Duration.between(start, end).toDays() > 180
                || parts.containsKey("UNTIL")
                || parts.containsKey("COUNT")) {
            throw refused("an event of more than a day");
        }
        return "yearly " + monthDay(start) + ".." + last.toString().substring(5);
    }

    private static String monthDay(LocalDateTime time) {
        return time.toLocalDate().toString().substring(5);
    }

    /** The last date on which it starts; empty if there is none. */
    private String last(LocalDateTime start, Rule.Days rule, ZoneId zone) {
        String until = parts.get("UNTIL");
        String count = parts.get("COUNT");
        if (count != null) {
            if (until != null || !count.matches("[1-9]\\d{0,2}")) {
                throw refused("'COUNT=" + count + "'");
            }
            return last(start.toLocalDate().toEpochDay(), rule, Integer.parseInt(count));
        }
        if (until == null) {
            return "";
        }
        try {
            if (until.matches("\\d{8}")) {
                return LocalDate.parse(until, DateTimeFormatter.BASIC_ISO_DATE).toString();
            }
            boolean utc = until.endsWith("Z");
            LocalDateTime at =
                    LocalDateTime.parse(utc ? until.substring(0, until.length() - 1) : until, IcsImport.BASIC);
            if (utc != (zone != null)) {
                throw refused("'UNTIL=" + until + "' beside a DTSTART " + (utc ? "without a" : "with a") + " zone");
            }
            LocalDateTime local =
                    utc ? at.atZone(ZoneOffset.UTC).withZoneSameInstant(zone).toLocalDateTime() : at;
            boolean before = local.toLocalTime().isBefore(start.toLocalTime());
            return local.toLocalDate().minusDays(before ? 1 : 0).toString();
        } catch (DateTimeException e) {
            throw refused("'UNTIL=" + until + "'");
        }
    }

    private String last(long first, Rule.Days rule, int count) {
        int left = count;
        for (long day = first; day < first + MAX_DAYS; day++) {
            if (matches(rule, day) && --left == 0) {
                return LocalDate.ofEpochDay(day).toString();
            }
        }
        throw refused("'COUNT=" + count + "'");
    }

    private String days(LocalDate start) {
        String months = months();
        String byDay = parts.get("BYDAY");
        String byMonthDay = parts.get("BYMONTHDAY");
        switch (parts.getOrDefault("FREQ", "")) {
            case "DAILY" -> {
                return joined(
                        byMonthDay == null ? "" : monthly(byMonthDay), byDay == null ? "" : weekdays(byDay), months);
            }
            case "WEEKLY" -> {
                none("BYMONTHDAY");
                return joined(weekdays(byDay == null ? day(start) : byDay), months);
            }
            case "MONTHLY" -> {
                if (byDay != null) {
                    return joined(byMonthDay == null ? "" : monthly(byMonthDay), nth(byDay), months);
                }
                return joined(monthly(byMonthDay == null ? "" + start.getDayOfMonth() : byMonthDay), months);
            }
            case "YEARLY" -> {
                return yearly(start, byDay, byMonthDay, months);
            }
            default -> throw refused("'FREQ=" + parts.get("FREQ") + "'");
        }
    }

    private String yearly(LocalDate start, String byDay, String byMonthDay, String months) {
        if (months.isEmpty()) {
            none("BYDAY");
            none("BYMONTHDAY");
            return "yearly " + start.toString().substring(5);
        }
        if (byDay != null) {
            none("BYMONTHDAY");
            return joined(nth(byDay), months);
        }
        return joined(monthly(byMonthDay == null ? "" + start.getDayOfMonth() : byMonthDay), months);
    }

    private void none(String part) {
        if (parts.containsKey(part)) {
            throw refused("'" + part + "=" + parts.get(part) + "' with FREQ=" + parts.get("FREQ"));
        }
    }

    private String months() {
        String months = parts.get("BYMONTH");
        if (months == null) {
            return "";
        }
        if (!months.matches("([1-9]|1[0-2])(,([1-9]|1[0-2]))*")) {
            throw refused("'BYMONTH=" + months + "'");
        }
        return "of "
                + Stream.of(months.split(","))
                        .map(month -> Words.shortened(Words.MONTHS.get(Integer.parseInt(month) - 1)))
                        .collect(Collectors.joining(","));
    }

    private static String day(LocalDate date) {
        return DAYS.get(date.getDayOfWeek().ordinal());
    }

    private String weekdays(String byDay) {
        return Stream.of(byDay.split(",", -1)).map(this::weekday).collect(Collectors.joining(","));
    }

    private String weekday(String day) {
        int index = DAYS.indexOf(day);
        if (index < 0) {
            throw refused("'BYDAY=" + day + "'");
        }
        return Words.shortened(Words.WEEKDAYS.get(DayOfWeek.of(index + 1).ordinal()));
    }

    /** {@code 3TH} or {@code -1FR}; several only of one weekday, or of all weeks. */
    private String nth(String byDay) {
        String[] days = byDay.split(",", -1);
        if (Stream.of(days).allMatch(DAYS::contains)) {
            return weekdays(byDay);
        }
        if (days.length != 1 || !days[0].matches("\\+?[1-5][A-Z]{2}|-1[A-Z]{2}")) {
            throw refused("'BYDAY=" + byDay + "'");
        }
        String number = days[0].substring(0, days[0].length() - 2).replace("+", "");
        String ordinal = Words.ORDINALS.get(number.equals("-1") ? 0 : Integer.parseInt(number));
        return ordinal + " " + weekday(days[0].substring(days[0].length() - 2));
    }

    private String monthly(String byMonthDay) {
        return "monthly "
                + Stream.of(byMonthDay.split(",", -1))
                        .map(day -> {
                            if (!day.matches("\\+?[1-9]|\\+?[12][0-9]|\\+?3[01]|-1")) {
                                throw refused("'BYMONTHDAY=" + byMonthDay + "'");
                            }
                            return day.equals("-1") ? "last" : day.replace("+", "");
                        })
                        .collect(Collectors.joining(","));
    }

    private String times(LocalDateTime start, LocalDateTime end) {
        Duration lasting = Duration.between(start, end);
        LocalTime midnight = LocalTime.MIDNIGHT;
        boolean isWeekly = parts.get("FREQ").equals("WEEKLY")
                && !parts.getOrDefault("BYDAY", "").contains(",");
        if (isWeekly && lasting.compareTo(Duration.ofDays(1)) > 0 && lasting.compareTo(Duration.ofDays(7)) <= 0) {
            return " " + start.toLocalTime() + "-" + weekday(day(end.toLocalDate())) + " " + end.toLocalTime();
        }
        if (start.toLocalTime().equals(midnight) && lasting.equals(Duration.ofDays(1))) {
            return "";
        }
        if (lasting.compareTo(Duration.ofDays(1)) > 0) {
            throw refused("an event of more than a day");
        }
        String to =
                end.toLocalTime().equals(midnight) ? "24:00" : end.toLocalTime().toString();
        return " " + start.toLocalTime() + "-" + to;
    }

    private static String joined(String... words) {
        return Stream.of(words).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }

    private UserException refused(String what) {
        return refusal.because("RRULE:" + Refusal.shortened(text) + " has " + what
                + ", which can't be evaluated exactly; write it as windows or freezes of your own.");
    }
}
