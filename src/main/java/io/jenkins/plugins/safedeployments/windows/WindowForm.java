package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import io.jenkins.plugins.safedeployments.engine.calendar.Zones;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** What the forms of all that has {@link WindowSettings} check as one types; who may not configure learns nothing. */
final class WindowForm {

    private WindowForm() {}

    /** Lists are lines of a text in forms. */
    @NonNull
    static JSONObject withLists(JSONObject form) {
        for (String list : List.of("windows", "freezes")) {
            if (form.get(list) instanceof String text) {
                form.put(list, JSONArray.fromObject(lines(text)));
            }
        }
        return form;
    }

    @NonNull
    static String text(@CheckForNull List<String> lines) {
        return lines == null ? "" : String.join("\n", lines);
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    static FormValidation checkTimes(@CheckForNull Item item, String days, String from, String to) {
        boolean empty = Util.fixEmptyAndTrim(days) == null
                && Util.fixEmptyAndTrim(from) == null
                && Util.fixEmptyAndTrim(to) == null;
        return empty ? FormValidation.ok() : check(item, () -> CalendarEntry.ofTimes(days, from, to));
    }

    static FormValidation checkEntries(@CheckForNull Item item, String parameter, String value) {
        return check(item, () -> lines(Util.fixNull(value)).forEach(line -> CalendarEntry.parse(parameter, line)));
    }

    static FormValidation checkZone(@CheckForNull Item item, String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : check(item, () -> Zones.parse("timeZone", value));
    }

    static FormValidation checkCalendar(@CheckForNull Item item, String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : check(item, () -> Calendars.named(value.trim(), item));
    }

    static FormValidation checkJitter(@CheckForNull Item item, String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : check(item, () -> new Jitter(Duration.ofMinutes(number("jitter", value))));
    }

    static long number(String parameter, String value) {
        try {
            return Integer.parseInt(value.trim());
        } catch (NumberFormatException e) {
            throw new UserException("'" + parameter + "' is '" + value.trim() + "', which is no whole number.", e);
        }
    }

    static FormValidation check(@CheckForNull Item item, Runnable check) {
        if (!mayConfigure(item)) {
            return FormValidation.ok();
        }
        try {
            check.run();
            return FormValidation.ok();
        } catch (UserException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    static boolean mayConfigure(@CheckForNull Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
    }
}
