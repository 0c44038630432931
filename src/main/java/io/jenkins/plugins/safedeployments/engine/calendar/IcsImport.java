package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.IcsLines.Event;
import io.jenkins.plugins.safedeployments.engine.calendar.IcsLines.Property;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the events of an iCalendar file (RFC 5545) as entries of a calendar, in the words of our own rules, so that they are
 * evaluated, shown and kept as those are: start and end are times on the clock of their zone. What can't be said exactly is
 * refused by name, and with it the file: a freeze that is left out would open what it should close.
 */
public final class IcsImport {

    static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT);

    /** Of which it says that they are repeated or changed in ways that are not read here. */
    private static final List<String> REFUSED = List.of("RECURRENCE-ID", "EXRULE");

    private final String parameter;
    private final Event event;
    private final Refusal refusal;

    private IcsImport(String parameter, Event event) {
        this.parameter = parameter;
        this.event = event;
        refusal = new Refusal(parameter, "event " + event.title());
    }

    /**
     * Cancelled events are left out. Those without a zone, and whole days, are in that of the calendar they are put into.
     *
     * @param parameter what it was given as, or the name of the file, for messages
     * @throws io.jenkins.plugins.safedeployments.engine.model.UserException at the first event that can't be read exactly
     */
    @NonNull
    public static List<CalendarEntry> read(String parameter, String text) {
        List<CalendarEntry> entries = new ArrayList<>();
        for (Event event : IcsLines.events(text.replace("\uFEFF", ""), new Refusal(parameter, "an iCalendar file"))) {
            if (!event.text("STATUS").equalsIgnoreCase("CANCELLED")) {
                entries.add(new IcsImport(parameter, event).entry());
            }
        }
        return entries;
    }

    /** A time, whole days being at midnight. */
    private record Time(LocalDateTime at, boolean wholeDay, String zone) {}

    private CalendarEntry entry() {
        for (String name : REFUSED) {
            if (event.properties().containsKey(name)) {
                throw refused(event.only(name));
            }
        }
        Property startProperty = event.only("DTSTART");
        if (startProperty == null) {
            throw refusal.because("it has no DTSTART.");
        }
        Time start = time(startProperty, startProperty.value());
        LocalDateTime end = end(start);
        if (!end.isAfter(start.at)) {
            throw refusal.because("it ends before it begins, or at once.");
        }
        List<String> rules = new ArrayList<>();
        List<Property> repeats = event.properties().getOrDefault("RRULE", List.of());
        if (repeats.size() > 1) {
            throw refusal.because("it has several RRULEs, which can't be evaluated exactly; make an event of each.");
        }
        rules.add(
                repeats.isEmpty()
                        ? once(start, end)
                        : new IcsRule(repeats.get(0).value(), refusal)
                                .text(start.at, end, start.zone.isEmpty() ? null : ZoneId.of(start.zone)));
        for (LocalDateTime date : dates("RDATE", start)) {
            rules.add(once(new Time(date, start.wholeDay, start.zone), date.plus(Duration.between(start.at, end))));
        }
        return CalendarEntry.parse(parameter, text(start, end, rules));
    }

    private String text(Time start, LocalDateTime end, List<String> rules) {
        String zone = start.zone.isEmpty() ? "" : " in " + start.zone;
        List<String> exceptions = new ArrayList<>();
        for (LocalDateTime date : dates("EXDATE", start)) {
            if (Duration.between(start.at, end).toHours() > 24) {
                throw refused(event.only("EXDATE"));
            }
            exceptions.add(
                    once(new Time(date, start.wholeDay, start.zone), date.plus(Duration.between(start.at, end))));
        }
        String name = event.text("SUMMARY").replaceAll("[:;]", ",").replace(" because ", " since ");
        String reason = event.text("DESCRIPTION");
        return (name.isEmpty() ? "" : (name.length() > 100 ? name.substring(0, 100) : name).strip() + ": ")
                + String.join(zone + "; ", rules)
                + zone
                + (exceptions.isEmpty() ? "" : " except " + String.join(zone + "; ", exceptions) + zone)
                + (reason.isEmpty() ? "" : " because " + Refusal.shortened(reason));
    }

    private LocalDateTime end(Time start) {
        Property end = event.only("DTEND");
        if (end != null) {
            Time time = time(end, end.value());
            if (!time.zone.equals(start.zone) || time.wholeDay != start.wholeDay) {
                throw refusal.because(
                        "DTEND is in another zone or form than DTSTART, which can't be evaluated exactly.");
            }
            return time.at;
        }
        Property duration = event.only("DURATION");
        if (duration == null) {
            return start.wholeDay ? start.at.plusDays(1) : start.at;
        }
        try {
            // weeks stand alone; days are those of the calendar, hours real ones, which differ when clocks change
            String text = duration.value().toUpperCase(Locale.ROOT);
            if (text.matches("P\\d+W|P\\d+D")) {
                return start.at.plus(Period.parse(text));
            }
            Duration lasting = Duration.parse(text);
            if (event.properties().containsKey("RRULE") || lasting.isNegative() || start.wholeDay || !isFixed(start)) {
                throw refused(duration);
            }
            return start.at.plus(lasting);
        } catch (DateTimeException e) {
            throw refused(duration);
        }
    }

    private static boolean isFixed(Time start) {
        return start.zone.equals("UTC");
    }

    private List<LocalDateTime> dates(String name, Time start) {
        List<LocalDateTime> dates = new ArrayList<>();
        for (Property property : event.properties().getOrDefault(name, List.of())) {
            for (String value : property.value().split(",", -1)) {
                Time time = time(property, value);
                if (time.wholeDay != start.wholeDay || !time.zone.equals(start.zone)) {
                    throw refused(property);
                }
                dates.add(time.at);
            }
        }
        return dates;
    }

    private static String once(Time start, LocalDateTime end) {
        if (start.at.equals(start.at.truncatedTo(ChronoUnit.DAYS)) && end.equals(end.truncatedTo(ChronoUnit.DAYS))) {
            LocalDate first = start.at.toLocalDate();
            LocalDate last = end.toLocalDate().minusDays(1);
            return first.equals(last) ? first.toString() : first + ".." + last;
        }
        return start.at.toString().replace('T', ' ') + ".." + end.toString().replace('T', ' ');
    }

    private Time time(Property property, String value) {
        try {
            if (value.matches("\\d{8}")) {
                return new Time(
                        LocalDate.parse(value, DateTimeFormatter.BASIC_ISO_DATE).atStartOfDay(), true, "");
            }
            boolean utc = value.endsWith("Z");
            LocalDateTime at = LocalDateTime.parse(utc ? value.substring(0, value.length() - 1) : value, BASIC);
            String zone = utc ? "UTC" : property.parameters().getOrDefault("TZID", "");
            if (!zone.isEmpty() && !Zones.isName(zone)) {
                throw refusal.because(property.name() + " has the zone '" + zone + "', which is no IANA name like"
                        + " 'Europe/Berlin'; what a file says of its own zones is not read.");
            }
            if (at.getSecond() != 0) {
                throw refused(property);
            }
            return new Time(at, false, zone.isEmpty() ? "" : ZoneId.of(zone).getId());
        } catch (DateTimeException e) {
            throw refused(property);
        }
    }

    private UserException refused(Property property) {
        return refusal.because(property.name() + ":" + Refusal.shortened(property.value())
                + " can't be evaluated exactly; write it" + " as windows or freezes of your own.");
    }
}
