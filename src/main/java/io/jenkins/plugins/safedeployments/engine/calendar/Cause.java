package io.jenkins.plugins.safedeployments.engine.calendar;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * Why one calendar is open or closed.
 *
 * @param entry the window or freeze that decides; null if none does
 */
public record Cause(
        Kind kind, WindowCalendar calendar, @CheckForNull CalendarEntry entry) {

    private static final int MAX_NAMED = 3;

    /** What decides. */
    public enum Kind {
        /** Inside a window. */
        WINDOW(true),
        /** There are no windows, and no freeze applies. */
        NO_FREEZE(true),
        /** Outside of all windows. */
        OUTSIDE(false),
        /** A freeze applies; whether a window is open, too, does not matter. */
        FREEZE(false);

        private final boolean open;

        Kind(boolean open) {
            this.open = open;
        }

        public boolean isOpen() {
            return open;
        }
    }

    /** {@code outside 'Mon-Fri 09:00-17:00' (Europe/Berlin)}. */
    @Override
    public String toString() {
        String where = calendar.name().isEmpty() ? "" : " of calendar '" + calendar.name() + "'";
        String zone = " (" + calendar.zone() + ")";
        if (entry == null) {
            return (kind == Kind.NO_FREEZE ? "in no freeze" : "outside " + windows()) + where + zone;
        }
        String reason = entry.reason().isEmpty() ? "" : " because " + entry.reason();
        String what = kind == Kind.FREEZE ? "freeze " : "inside ";
        return what + quoted(entry) + where + zone + reason;
    }

    private String windows() {
        List<String> names = calendar.windows().stream().map(Cause::quoted).toList();
        return names.size() <= MAX_NAMED
                ? Words.list(names)
                : "all " + names.size() + " windows, like " + names.get(0) + ",";
    }

    private static String quoted(CalendarEntry entry) {
        return entry.name().isEmpty() ? "'" + entry.when() + "'" : "'" + entry.name() + ": " + entry.when() + "'";
    }
}
