package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Predicate;

/** Makes calendars as text, and beside it what the text means for {@link MinuteScan}. */
final class RandomCalendars {

    /** Mostly those with odd clocks. */
    private static final List<String> ZONES = List.of(
                    "UTC Europe/Berlin Europe/London Europe/Dublin America/New_York America/Los_Angeles Australia/Sydney"
                            .split(" "),
                    ("Australia/Lord_Howe Africa/Casablanca Africa/El_Aaiun America/Sao_Paulo Pacific/Apia Asia/Kathmandu"
                                    + " America/St_Johns America/Havana Asia/Tehran Africa/Cairo Asia/Gaza Antarctica/Troll"
                                    + " Pacific/Kwajalein America/Caracas Asia/Pyongyang Europe/Volgograd America/Asuncion"
                                    + " America/Santiago America/Nuuk America/Scoresbysund Atlantic/Azores Asia/Beirut Asia/Amman"
                                    + " Asia/Damascus America/Moncton Antarctica/Casey Africa/Windhoek Pacific/Auckland"
                                    + " Pacific/Chatham Asia/Kolkata Pacific/Fiji Pacific/Tongatapu Europe/Istanbul Asia/Tokyo"
                                    + " Pacific/Kiritimati")
                            .split(" "))
            .stream()
            .flatMap(java.util.Arrays::stream)
            .toList();

    private static final long FIRST = Instant.parse("1985-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST = Instant.parse("2037-12-01T00:00:00Z").getEpochSecond();
    private static final int SCAN_DAYS = 9;

    private final Random random;

    RandomCalendars(long seed) {
        random = new Random(seed);
    }

    record Line(String text, MinuteScan.Entry meaning) {}

    private record PartLine(String text, MinuteScan.Part part) {}

    /** A calendar, and when to ask about it. */
    record Scene(ZoneId zone, List<Line> windows, List<Line> freezes, long startMinute, int minutes) {

        WindowCalendar calendar() {
            return WindowCalendar.of(
                    "",
                    zone.getId(),
                    windows.stream().map(Line::text).toList(),
                    freezes.stream().map(Line::text).toList());
        }

        boolean[] open() {
            return MinuteScan.open(
                    windows.stream().map(Line::meaning).toList(),
                    freezes.stream().map(Line::meaning).toList(),
                    startMinute,
                    minutes);
        }
    }

    Scene scene() {
        ZoneId zone = zone();
        long around = FIRST + (long) (random.nextDouble() * (LAST - FIRST));
        ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.ofEpochSecond(around));
        if (random.nextBoolean() && change != null && change.toEpochSecond() < LAST) {
            around = change.toEpochSecond();
        } else if (random.nextInt(4) == 0) {
            around = LocalDate.of(1988 + random.nextInt(49), random.nextBoolean() ? 1 : 3, 1)
                    .atStartOfDay()
                    .toEpochSecond(ZoneOffset.UTC);
        }
        long start = around / 60 - 3 * MinuteScan.DAY + random.nextInt(2 * MinuteScan.DAY);
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(around, 86_400));
        int freezes = random.nextInt(3);
        return new Scene(
                zone,
                lines(freezes == 0 ? 1 + random.nextInt(4) : random.nextInt(5), zone, date),
                lines(freezes, zone, date),
                start,
                SCAN_DAYS * MinuteScan.DAY);
    }

    private ZoneId zone() {
        return ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
    }

    private List<Line> lines(int count, ZoneId zone, LocalDate around) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ZoneId own = random.nextInt(8) == 0 ? zone() : zone;
            List<PartLine> rules = parts(1 + random.nextInt(5) / 4, around);
            List<PartLine> exceptions = parts(random.nextInt(6) / 4, around);
            String in = own.equals(zone) ? "" : " in " + own;
            String text = (random.nextInt(6) == 0 ? "Number " + i + ": " : "")
                    + join(rules, in)
                    + (exceptions.isEmpty() ? "" : " except " + join(exceptions, in))
                    + (random.nextInt(6) == 0 ? " because it is so" : "");
            lines.add(new Line(
                    text,
                    new MinuteScan.Entry(
                            own,
                            rules.stream().map(PartLine::part).toList(),
                            exceptions.stream().map(PartLine::part).toList())));
        }
        return lines;
    }

    private static String join(List<PartLine> parts, String in) {
        return String.join("; ", parts.stream().map(part -> part.text + in).toList());
    }

    private List<PartLine> parts(int count, LocalDate around) {
        List<PartLine> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(12);
            parts.add(kind == 0 ? once(around) : kind == 1 ? cron() : kind == 2 ? overDays() : daily(around));
        }
        return parts;
    }

    private PartLine once(LocalDate around) {
        LocalDateTime from = near(around).atStartOfDay().plusMinutes(minute());
        LocalDateTime to = from.plusMinutes(1 + random.nextInt(4 * MinuteScan.DAY));
        if (random.nextInt(3) == 0) {
            to = to.toLocalDate().plusDays(1).atStartOfDay();
        }
        String text = from.toString().replace('T', random.nextBoolean() ? ' ' : 'T') + " .. "
                + to.toString().replace('T', ' ');
        return new PartLine(
                text,
                new MinuteScan.Once(from.toEpochSecond(ZoneOffset.UTC) / 60, to.toEpochSecond(ZoneOffset.UTC) / 60));
    }

    private PartLine overDays() {
        int day = random.nextInt(7);
        int days = 1 + random.nextInt(6);
        int from = minute();
        int to = minute();
        String text = name(day) + " " + Words.time(from) + "-" + name((day + days) % 7) + " " + Words.time(to);
        return new PartLine(
                text, new MinuteScan.Daily(date -> date.getDayOfWeek().ordinal() == day, List.of(new int[] {
                    from, days * MinuteScan.DAY + to
                })));
    }

    private PartLine cron() {
        int minute = random.nextInt(60);
        int hour = random.nextInt(24);
        int step = 1 + random.nextInt(23);
        boolean steps = random.nextBoolean();
        int weekday = random.nextInt(8);
        boolean byWeekday = random.nextBoolean();
        int lasting = 1 + random.nextInt(random.nextInt(4) == 0 ? 3 * MinuteScan.DAY : 300);
        String text = "cron " + minute + " " + (steps ? "*/" + step : hour) + " * * " + (byWeekday ? weekday : "*")
                + " for " + (random.nextBoolean() ? lasting + "m" : lasting / 60 + "h" + lasting % 60 + "m");
        Predicate<Long> starts = local -> {
            long ofDay = Math.floorMod(local, (long) MinuteScan.DAY);
            int day = LocalDate.ofEpochDay(Math.floorDiv(local, (long) MinuteScan.DAY))
                    .getDayOfWeek()
                    .getValue();
            return ofDay % 60 == minute
                    && (steps ? ofDay / 60 % step == 0 : ofDay / 60 == hour)
                    && (!byWeekday || day == (weekday == 0 ? 7 : weekday));
        };
        return new PartLine(text, new MinuteScan.Starts(starts, lasting));
    }

    private PartLine daily(LocalDate around) {
        List<String> words = new ArrayList<>();
        Predicate<LocalDate> days = date -> true;
        if (random.nextInt(5) == 0) {
            days = days.and(dates(around, words));
        }
        switch (random.nextInt(12)) {
            case 0 -> days = days.and(yearly(around, words));
            case 1 -> days = days.and(monthly(around, words));
            case 2 -> days = days.and(nth(words));
            case 3 -> days = days.and(week(around, words));
            default -> days = days.and(random.nextInt(3) == 0 ? date -> true : weekdays(words));
        }
        if (random.nextInt(12) == 0) {
            int month = near(around).getMonthValue();
            int next = month % 12 + 1;
            String first = java.time.Month.of(month).name().substring(0, 3);
            words.add("of " + first + "," + java.time.Month.of(next));
            days = days.and(date -> date.getMonthValue() == month || date.getMonthValue() == next);
        }
        List<int[]> ranges = ranges(words);
        if (words.isEmpty() || random.nextInt(20) == 0) {
            words.add(0, "daily");
        }
        return new PartLine(String.join(" ", words), new MinuteScan.Daily(days, ranges));
    }

    private Predicate<LocalDate> dates(LocalDate around, List<String> words) {
        LocalDate from = near(around);
        LocalDate to = from.plusDays(random.nextInt(6));
        return switch (random.nextInt(4)) {
            case 0 -> {
                words.add(from.toString());
                yield from::equals;
            }
            case 1 -> {
                words.add(from + "..");
                yield date -> !date.isBefore(from);
            }
            case 2 -> {
                words.add(".." + to);
                yield date -> !date.isAfter(to);
            }
            default -> {
                words.add(from + ".." + to);
                yield date -> !date.isBefore(from) && !date.isAfter(to);
            }
        };
    }

    private Predicate<LocalDate> yearly(LocalDate around, List<String> words) {
        LocalDate from = near(around);
        LocalDate to = from.plusDays(random.nextInt(4) == 0 ? 0 : random.nextInt(340));
        String start = from.toString().substring(5);
        String end = to.toString().substring(5);
        words.add("yearly " + (start.equals(end) ? start : start + ".." + end));
        return date -> {
            String day = date.toString().substring(5);
            boolean afterStart = day.compareTo(start) >= 0;
            boolean beforeEnd = day.compareTo(end) <= 0;
            return start.compareTo(end) <= 0 ? afterStart && beforeEnd : afterStart || beforeEnd;
        };
    }

    private Predicate<LocalDate> monthly(LocalDate around, List<String> words) {
        int day = random.nextBoolean() ? near(around).getDayOfMonth() : 28 + random.nextInt(4);
        boolean last = random.nextInt(3) == 0;
        words.add("monthly " + day + (last ? ",last" : ""));
        return date -> date.getDayOfMonth() == day || last && date.plusDays(1).getDayOfMonth() == 1;
    }

    private Predicate<LocalDate> nth(List<String> words) {
        int ordinal = random.nextInt(6);
        words.add(Words.ORDINALS.get(ordinal));
        Predicate<LocalDate> weekdays = weekdays(words);
        return weekdays.and(date -> {
            int count = 0;
            for (LocalDate day = date; day.getMonth() == date.getMonth(); day = day.minusWeeks(1)) {
                count++;
            }
            return ordinal == 0 ? date.plusWeeks(1).getMonth() != date.getMonth() : count == ordinal;
        });
    }

    private Predicate<LocalDate> week(LocalDate around, List<String> words) {
        int week = near(around).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        words.add("week " + week);
        // a week belongs to the year of its Thursday
        return date -> {
            LocalDate thursday = date.with(DayOfWeek.THURSDAY);
            return (thursday.getDayOfYear() - 1) / 7 + 1 == week;
        };
    }

    private Predicate<LocalDate> weekdays(List<String> words) {
        int first = random.nextInt(7);
        int length = 1 + random.nextInt(6);
        String text = name(first) + (length == 1 ? "" : "-" + name((first + length - 1) % 7));
        words.add(text);
        return date -> Math.floorMod(date.getDayOfWeek().ordinal() - first, 7) < length;
    }

    private static String name(int day) {
        return DayOfWeek.of(day + 1).name().substring(0, 3).toLowerCase(Locale.ROOT);
    }

    private List<int[]> ranges(List<String> words) {
        if (random.nextInt(6) == 0) {
            return List.of(new int[] {0, MinuteScan.DAY});
        }
        List<int[]> ranges = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(5) / 3; i++) {
            int from = minute();
            int to = random.nextInt(3) == 0 ? (from + 1 + random.nextInt(90)) % MinuteScan.DAY : minute();
            boolean midnight = random.nextInt(8) == 0;
            texts.add(Words.time(from) + "-" + (midnight ? "24:00" : Words.time(to)));
            ranges.add(new int[] {from, midnight ? MinuteScan.DAY : to <= from ? to + MinuteScan.DAY : to});
        }
        words.add(String.join(",", texts));
        return ranges;
    }

    /** Often in the night, when clocks change. */
    private int minute() {
        int minute = random.nextInt(random.nextInt(3) == 0 ? MinuteScan.DAY : 4 * 60);
        return random.nextBoolean() ? minute - minute % 15 : minute;
    }

    private LocalDate near(LocalDate around) {
        return around.plus(random.nextInt(14) - 6, ChronoUnit.DAYS);
    }
}
