package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Windows in which something may start, and freezes in which it may not, in a time zone. If there are windows, one of them
 * must be open; a freeze beats them all. With freezes alone it is open outside of them.
 *
 * <p>It is kept as text: {@link #toString()} gives lines that {@link #parse} reads back to an equal calendar.
 *
 * @param name as people know it; empty for one that is written where it is used; not part of the text
 */
public record WindowCalendar(String name, ZoneId zone, List<CalendarEntry> windows, List<CalendarEntry> freezes) {

    /** Far more than people write, and few enough to search at once. */
    private static final int MAX_ENTRIES = 1_000;

    public WindowCalendar {
        windows = List.copyOf(windows);
        freezes = List.copyOf(freezes);
        if (windows.isEmpty() && freezes.isEmpty()) {
            throw new UserException("'windows' is missing: say when it may start, by days and times like 'Mon-Fri"
                    + " 09:00-17:00', or when it may not, by 'freezes'; for always, write 'daily'.");
        }
        if (windows.size() + freezes.size() > MAX_ENTRIES) {
            throw new UserException("'windows' and 'freezes' have " + (windows.size() + freezes.size())
                    + " entries, more than " + MAX_ENTRIES + ": write them as rules that repeat.");
        }
    }

    /** @throws UserException if anything in it can't be understood */
    @NonNull
    public static WindowCalendar of(
            String name, String timeZone, @CheckForNull List<String> windows, @CheckForNull List<String> freezes) {
        return new WindowCalendar(
                name, Zones.parse("timeZone", timeZone), entries("windows", windows), entries("freezes", freezes));
    }

    private static List<CalendarEntry> entries(String parameter, List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .map(text -> CalendarEntry.parse(parameter, text))
                        .toList();
    }

    /** @param text lines that begin with {@code zone}, {@code window} or {@code freeze}, in any order */
    @NonNull
    public static WindowCalendar parse(String name, String text) {
        return parse(name, text, file -> {
            throw new UserException("'calendar' names '" + file + "', but there are no files here.");
        });
    }

    /**
     * @param text lines that begin with {@code zone}, {@code window}, {@code freeze}, {@code windows from} or
     *     {@code freezes from}, in any order
     * @param files the entries of an iCalendar file by its name; throws a {@code UserException} if there are none to be had
     */
    @NonNull
    public static WindowCalendar parse(String name, String text, Function<String, List<CalendarEntry>> files) {
        String zone = "";
        List<CalendarEntry> windows = new ArrayList<>();
        List<CalendarEntry> freezes = new ArrayList<>();
        for (String line :
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
            String[] words = line.split("\\s+", 2);
            String rest = words.length == 1 ? "" : words[1];
            switch (words[0]) {
                case "zone" -> zone = rest;
                case "window" -> windows.add(CalendarEntry.parse("windows", rest));
                case "freeze" -> freezes.add(CalendarEntry.parse("freezes", rest));
                case "windows" -> windows.addAll(files.apply(file(line, rest)));
                case "freezes" -> freezes.addAll(files.apply(file(line, rest)));
                default ->
                    throw new Refusal("calendar", line).because("each line begins with 'zone', 'window' or 'freeze'.");
            }
        }
        return new WindowCalendar(name, Zones.parse("timeZone", zone), windows, freezes);
    }

    private static String file(String line, String rest) {
        String[] words = rest.split("\\s+");
        if (words.length != 2 || !words[0].equals("from")) {
            throw new Refusal("calendar", line)
                    .because("for a single one begin with 'window' or 'freeze'; those of an iCalendar file are"
                            + " 'freezes from holidays', by the name of the file.");
        }
        return words[1];
    }

    WindowCalendar with(List<CalendarEntry> otherWindows, List<CalendarEntry> otherFreezes) {
        return new WindowCalendar(name, zone, otherWindows, otherFreezes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("zone " + zone);
        windows.forEach(window -> text.append("\nwindow ").append(window));
        freezes.forEach(freeze -> text.append("\nfreeze ").append(freeze));
        return text.toString();
    }
}
