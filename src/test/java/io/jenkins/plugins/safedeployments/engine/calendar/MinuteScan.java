package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The definition of windows, taken literally, minute by minute: it looks at the clock on the wall in each of them, and knows
 * no transitions, intervals or shortcuts.
 */
final class MinuteScan {

    static final int DAY = 24 * 60;

    /** A start is looked for so long before, since a window may be a week long, and a clock may be put back by a day. */
    static final int BEFORE = 10 * DAY;

    static final int AFTER = 2 * DAY;

    /** Something that opens on some days; minutes from midnight. */
    interface Part {
        boolean[] marks(Wall wall);
    }

    /** The clock on the wall of a zone, from {@link #BEFORE} the scan to {@link #AFTER} it. */
    static final class Wall {

        final long start;
        final int minutes;

        /** What it shows at most up to each minute; what it shows at least from that minute on. */
        final long[] shown;

        final long[] coming;

        Wall(ZoneId zone, long startMinute, int minutes) {
            start = startMinute - BEFORE;
            this.minutes = minutes + BEFORE + AFTER;
            shown = new long[this.minutes];
            coming = new long[this.minutes];
            ZoneRules rules = zone.getRules();
            for (int i = 0; i < this.minutes; i++) {
                Instant instant = Instant.ofEpochSecond((start + i) * 60);
                coming[i] = start + i + rules.getOffset(instant).getTotalSeconds() / 60;
                shown[i] = i == 0 ? coming[i] : Math.max(shown[i - 1], coming[i]);
            }
            for (int i = this.minutes - 2; i >= 0; i--) {
                coming[i] = Math.min(coming[i], coming[i + 1]);
            }
        }
    }

    /** @param ranges of minutes from midnight of the day */
    record Daily(Predicate<LocalDate> days, List<int[]> ranges) implements Part {

        @Override
        public boolean[] marks(Wall wall) {
            boolean[] marks = new boolean[wall.minutes];
            long first = Math.floorDiv(wall.shown[0], DAY) - 8;
            boolean[] known = new boolean[40];
            for (int i = 0; i < known.length; i++) {
                known[i] = days.test(LocalDate.ofEpochDay(first + i));
            }
            for (int i = 0; i < wall.minutes; i++) {
                long today = Math.floorDiv(wall.shown[i], DAY);
                for (long day = today - 8; day <= today && !marks[i]; day++) {
                    if (known[(int) (day - first)]) {
                        marks[i] = contains(wall, i, day * DAY);
                    }
                }
            }
            return marks;
        }

        private boolean contains(Wall wall, int i, long midnight) {
            for (int[] range : ranges) {
                if (wall.shown[i] >= midnight + range[0] && wall.coming[i] < midnight + range[1]) {
                    return true;
                }
            }
            return false;
        }
    }

    /** From one local minute to another. */
    record Once(long from, long to) implements Part {

        @Override
        public boolean[] marks(Wall wall) {
            boolean[] marks = new boolean[wall.minutes];
            for (int i = 0; i < wall.minutes; i++) {
                marks[i] = wall.shown[i] >= from && wall.coming[i] < to;
            }
            return marks;
        }
    }

    /** Opens whenever the clock comes to a minute of which {@code starts} is true, for so long. */
    record Starts(Predicate<Long> starts, int lasting) implements Part {

        @Override
        public boolean[] marks(Wall wall) {
            boolean[] marks = new boolean[wall.minutes];
            for (int i = 1; i < wall.minutes; i++) {
                for (long minute = wall.shown[i - 1] + 1; minute <= wall.shown[i]; minute++) {
                    if (starts.test(minute)) {
                        java.util.Arrays.fill(marks, i, Math.min(wall.minutes, i + lasting), true);
                    }
                }
            }
            return marks;
        }
    }

    /** Parts in a zone, less others. */
    record Entry(ZoneId zone, List<Part> parts, List<Part> exceptions) {

        boolean[] marks(Map<ZoneId, Wall> walls, long startMinute, int minutes) {
            Wall wall = walls.computeIfAbsent(zone, z -> new Wall(z, startMinute, minutes));
            boolean[] marks = any(parts, wall);
            boolean[] without = any(exceptions, wall);
            boolean[] result = new boolean[minutes];
            for (int i = 0; i < minutes; i++) {
                result[i] = marks[BEFORE + i] && !without[BEFORE + i];
            }
            return result;
        }

        private static boolean[] any(List<Part> parts, Wall wall) {
            boolean[] any = new boolean[wall.minutes];
            for (Part part : parts) {
                boolean[] marks = part.marks(wall);
                for (int i = 0; i < any.length; i++) {
                    any[i] |= marks[i];
                }
            }
            return any;
        }
    }

    /** Whether it is open in each of so many minutes. */
    static boolean[] open(List<Entry> windows, List<Entry> freezes, long startMinute, int minutes) {
        boolean[] open = new boolean[minutes];
        java.util.Arrays.fill(open, windows.isEmpty());
        Map<ZoneId, Wall> walls = new HashMap<>();
        List<Entry> all = new ArrayList<>(windows);
        all.addAll(freezes);
        for (int n = 0; n < all.size(); n++) {
            boolean[] marks = all.get(n).marks(walls, startMinute, minutes);
            for (int i = 0; i < minutes; i++) {
                open[i] = n < windows.size() ? open[i] | marks[i] : open[i] & !marks[i];
            }
        }
        return open;
    }

    private MinuteScan() {}
}
