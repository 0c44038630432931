package io.jenkins.plugins.safedeployments.engine.calendar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The events of an iCalendar file (RFC 5545, section 3.1), as their properties; long lines are unfolded, components inside
 * of events and those that are none are left out.
 */
final class IcsLines {

    private static final int MAX_EVENTS = 1_000;

    private IcsLines() {}

    /** @param parameters by their names in capitals */
    record Property(String name, Map<String, String> parameters, String value) {}

    /** @param line where it begins, counted from 1 */
    record Event(int line, Map<String, List<Property>> properties) {

        Property only(String name) {
            List<Property> all = properties.getOrDefault(name, List.of());
            return all.isEmpty() ? null : all.get(0);
        }

        String text(String name) {
            Property property = only(name);
            return property == null ? "" : unescaped(property.value);
        }

        String title() {
            String summary = text("SUMMARY");
            return summary.isEmpty() ? "at line " + line : "'" + Refusal.shortened(summary) + "' at line " + line;
        }

        private static String unescaped(String text) {
            return text.replaceAll("\\\\[nN]", " ")
                    .replaceAll("\\\\([\\\\;,])", "$1")
                    .replaceAll("[\\p{Cntrl}\\s]+", " ")
                    .strip();
        }
    }

    static List<Event> events(String text, Refusal refusal) {
        List<Event> events = new ArrayList<>();
        List<String> inside = new ArrayList<>();
        String[] lines = text.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            StringBuilder line = new StringBuilder(lines[i]);
            int number = i + 1;
            while (i + 1 < lines.length && (lines[i + 1].startsWith(" ") || lines[i + 1].startsWith("\t"))) {
                line.append(lines[++i].substring(1));
            }
            if (line.toString().isBlank()) {
                continue;
            }
            Property property = property(line.toString(), number, refusal);
            if (inside.isEmpty() && !(property.name.equals("BEGIN") && property.value.equalsIgnoreCase("VCALENDAR"))) {
                throw refusal.because("line " + number + " is outside of BEGIN:VCALENDAR; is it an iCalendar file?");
            }
            if (property.name.equals("BEGIN")) {
                inside.add(property.value.toUpperCase(Locale.ROOT));
                if (inside.equals(List.of("VCALENDAR", "VEVENT"))) {
                    events.add(new Event(number, new HashMap<>()));
                }
            } else if (property.name.equals("END")) {
                if (!inside.remove(inside.size() - 1).equalsIgnoreCase(property.value)) {
                    throw refusal.because("line " + number + " ends '" + property.value + "', which has not begun.");
                }
            } else if (inside.equals(List.of("VCALENDAR", "VEVENT"))) {
                events.get(events.size() - 1)
                        .properties
                        .computeIfAbsent(property.name, name -> new ArrayList<>())
                        .add(property);
            }
        }
        if (text.isBlank()) {
            throw refusal.because("it is empty.");
        }
        if (!inside.isEmpty()) {
            throw refusal.because("it ends inside of " + inside.get(inside.size() - 1) + "; is it cut off?");
        }
        if (events.size() > MAX_EVENTS) {
            throw refusal.because("it has " + events.size() + " events, more than " + MAX_EVENTS + ".");
        }
        return events;
    }

    private static Property property(String line, int number, Refusal refusal) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ';' || c == ':')) {
                parts.add(line.substring(start, i));
                start = i + 1;
                if (c == ':') {
                    return property(parts, line.substring(start));
                }
            }
        }
        throw refusal.because("line " + number + " has no ':'; is it an iCalendar file?");
    }

    private static Property property(List<String> parts, String value) {
        Map<String, String> parameters = new HashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            String[] pair = part.split("=", 2);
            parameters.put(pair[0].toUpperCase(Locale.ROOT), pair.length == 1 ? "" : pair[1].replace("\"", ""));
        }
        return new Property(parts.get(0).toUpperCase(Locale.ROOT), parameters, value);
    }
}
