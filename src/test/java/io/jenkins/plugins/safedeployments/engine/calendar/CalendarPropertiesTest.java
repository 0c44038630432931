package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.safedeployments.engine.calendar.RandomCalendars.Line;
import io.jenkins.plugins.safedeployments.engine.calendar.RandomCalendars.Scene;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import org.junit.Test;

/**
 * The engine against {@link MinuteScan} on random calendars. A million cases, in some minutes:
 *
 * <pre>mvn -f engine-pom.xml test -Dtest=CalendarPropertiesTest -Dcalendar.cases=1000000 -Dcalendar.seed=7</pre>
 */
public class CalendarPropertiesTest {

    private static final int CASES = Integer.getInteger("calendar.cases", 20_000);
    private static final long SEED = Long.getLong("calendar.seed", 20_260_330);
    private static final int PER_SCENE = 200;

    @Test
    public void agreesWithTheMinuteScan() {
        long nanos = 0;
        for (int i = 0; i < CASES / PER_SCENE; i++) {
            long seed = SEED + i;
            Scene scene = new RandomCalendars(seed).scene();
            long start = cpuNanos();
            Schedule schedule = Schedule.of(scene.calendar());
            nanos += cpuNanos() - start;
            boolean[] open = scene.open();
            Instant previous = null;
            for (Instant instant : instants(scene, seed)) {
                start = cpuNanos();
                Answer answer = Answer.of(schedule, instant);
                nanos += cpuNanos() - start;
                String wrong = wrong(scene, open, instant, answer);
                if (wrong != null) {
                    throw new AssertionError("seed " + seed + ": " + smallest(scene, instant));
                }
                assertEquals("idempotent, seed " + seed, answer.opening, again(schedule, answer.opening));
                if (previous != null) {
                    assertTrue("monotone, seed " + seed, !isBefore(answer.opening, previous));
                }
                previous = answer.opening.orElse(Instant.MAX);
            }
        }
        System.out.printf(Locale.ROOT, "%d cases from seed %d, %.1f us for each%n", CASES, SEED, nanos / 1e3 / CASES);
        assertTrue("a millisecond at most for each case on average", nanos / 1e6 / CASES < 1);
    }

    /** Not those that the machine takes for others. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private record Answer(boolean open, Optional<Instant> opening, Optional<Instant> closing) {

        static Answer of(Schedule schedule, Instant instant) {
            return new Answer(schedule.isOpen(instant), schedule.nextOpening(instant), schedule.nextClosing(instant));
        }
    }

    private static Optional<Instant> again(Schedule schedule, Optional<Instant> opening) {
        return opening.flatMap(schedule::nextOpening);
    }

    private static boolean isBefore(Optional<Instant> opening, Instant other) {
        return opening.orElse(Instant.MAX).isBefore(other);
    }

    /** In order; some not at a full minute. */
    private static List<Instant> instants(Scene scene, long seed) {
        Random random = new Random(seed);
        List<Instant> instants = new ArrayList<>();
        for (int i = 0; i < PER_SCENE; i++) {
            long second = scene.startMinute() * 60 + random.nextInt(scene.minutes() * 60);
            instants.add(Instant.ofEpochSecond(random.nextBoolean() ? second : second - second % 60)
                    .plusNanos(random.nextInt(10) == 0 ? 5 : 0));
        }
        instants.sort(null);
        return instants;
    }

    /** What differs, or null. */
    private static String wrong(Scene scene, boolean[] open, Instant instant, Answer answer) {
        int minute = (int) (Math.floorDiv(instant.getEpochSecond(), 60L) - scene.startMinute());
        if (answer.open != open[minute]) {
            return "open is " + answer.open;
        }
        int first = minute;
        while (first < open.length && !open[first]) {
            first++;
        }
        Instant opening = first == minute ? instant : at(scene, first);
        if (first == open.length) {
            return isBefore(answer.opening, at(scene, first)) ? "opening is " + answer.opening : null;
        }
        if (!answer.opening.equals(Optional.of(opening))) {
            return "opening is " + answer.opening + ", not " + opening;
        }
        int end = first;
        while (end < open.length && open[end]) {
            end++;
        }
        boolean right = end == open.length
                ? !isBefore(answer.closing, at(scene, end))
                : answer.closing.equals(Optional.of(at(scene, end)));
        return right ? null : "closing is " + answer.closing + ", not " + at(scene, end);
    }

    private static Instant at(Scene scene, int minute) {
        return Instant.ofEpochSecond((scene.startMinute() + minute) * 60);
    }

    /** The scene without all lines that it takes not to fail, and what is wrong then. */
    private static String smallest(Scene scene, Instant instant) {
        for (int i = 0; i < scene.windows().size() + scene.freezes().size(); i++) {
            List<Line> windows = new ArrayList<>(scene.windows());
            List<Line> freezes = new ArrayList<>(scene.freezes());
            if (i < windows.size()) {
                windows.remove(i);
            } else {
                freezes.remove(i - windows.size());
            }
            if (windows.isEmpty() && freezes.isEmpty()) {
                continue;
            }
            Scene smaller = new Scene(scene.zone(), windows, freezes, scene.startMinute(), scene.minutes());
            if (failure(smaller, instant) != null) {
                return smallest(smaller, instant);
            }
        }
        return failure(scene, instant) + " at " + instant + " = " + instant.atZone(scene.zone()) + " with\n"
                + scene.calendar() + "\nwritten "
                + scene.windows().stream().map(Line::text).toList()
                + scene.freezes().stream().map(Line::text).toList();
    }

    private static String failure(Scene scene, Instant instant) {
        return wrong(scene, scene.open(), instant, Answer.of(Schedule.of(scene.calendar()), instant));
    }

    @Test
    public void textOfACalendarIsReadBack() {
        for (int i = 0; i < CASES / 50; i++) {
            WindowCalendar calendar = new RandomCalendars(SEED + i).scene().calendar();

            WindowCalendar again = WindowCalendar.parse("", calendar.toString());

            assertEquals("seed " + (SEED + i), calendar, again);
            assertEquals("seed " + (SEED + i), calendar.toString(), again.toString());
        }
    }

    @Test
    public void severalCalendarsAreOpenWhenAllAre() {
        for (int i = 0; i < CASES / 800; i++) {
            Scene one = new RandomCalendars(SEED + i).scene();
            WindowCalendar other =
                    new RandomCalendars(SEED + 1_000_000 + i).scene().calendar();
            Schedule first = Schedule.of(one.calendar());
            Schedule second = Schedule.of(other);

            Schedule both = Schedule.ofAll(List.of(one.calendar(), other));

            for (Instant instant : instants(one, i)) {
                assertEquals(first.isOpen(instant) && second.isOpen(instant), both.isOpen(instant));
                assertEquals(both.isOpen(instant), both.at(instant).isOpen());
                Optional<Instant> opening = both.nextOpening(instant);
                assertTrue(!isBefore(opening, first.nextOpening(instant).orElse(Instant.MAX)));
                assertTrue(!isBefore(opening, second.nextOpening(instant).orElse(Instant.MAX)));
                opening.ifPresent(open -> assertTrue(first.isOpen(open) && second.isOpen(open)));
            }
        }
    }

    @Test
    public void windowsAddAndFreezesSubtract() {
        for (int i = 0; i < CASES / 800; i++) {
            Scene scene = new RandomCalendars(SEED + i).scene();
            WindowCalendar all = scene.calendar();
            Schedule schedule = Schedule.of(all);
            for (Instant instant : instants(scene, i)) {
                boolean allowed = all.windows().isEmpty()
                        || all.windows().stream().anyMatch(window -> isOpen(all, List.of(window), List.of(), instant));
                boolean frozen =
                        all.freezes().stream().anyMatch(freeze -> !isOpen(all, List.of(), List.of(freeze), instant));
                assertEquals(allowed && !frozen, schedule.isOpen(instant));
            }
        }
    }

    private static boolean isOpen(
            WindowCalendar calendar, List<CalendarEntry> windows, List<CalendarEntry> freezes, Instant instant) {
        return Schedule.of(calendar.with(windows, freezes)).isOpen(instant);
    }

    @Test
    public void listHasTheSameOpeningsAsTheQuestions() {
        for (int i = 0; i < CASES / 800; i++) {
            Scene scene = new RandomCalendars(SEED + i).scene();
            Schedule schedule = Schedule.of(scene.calendar());
            Instant from = at(scene, 0);
            Instant to = at(scene, scene.minutes());
            List<Opening> expected = new ArrayList<>();
            Instant opening = schedule.nextOpening(from).orElse(to);
            while (opening.isBefore(to)) {
                Instant closing = schedule.nextClosing(opening).orElse(to);
                expected.add(new Opening(opening, closing.isBefore(to) ? closing : to));
                opening = schedule.nextOpening(closing).orElse(to);
            }
            assertEquals("seed " + (SEED + i), expected, schedule.openings(from, to));
        }
    }

    @Test
    public void weeklyWindowsRepeatAfterSevenDays() {
        Random random = new Random(SEED);
        for (int i = 0; i < CASES / 100; i++) {
            int from = random.nextInt(1440);
            int to = random.nextInt(1440);
            int first = random.nextInt(7);
            String days = Words.weekdays(1 << first + 1 | 1 << random.nextInt(7) + 1);
            Schedule schedule = Schedule.of(WindowCalendar.of(
                    "", "Asia/Kolkata", List.of(days + " " + Words.time(from) + "-" + Words.time(to)), List.of()));
            Instant instant = Instant.ofEpochSecond(random.nextInt(2_000_000_000));

            Optional<Instant> later = schedule.nextOpening(instant.plus(Duration.ofDays(7)));

            assertEquals(schedule.nextOpening(instant).map(opening -> opening.plus(Duration.ofDays(7))), later);
        }
    }

    @Test
    public void zoneAndLanguageOfTheMachineDoNotMatter() {
        TimeZone zone = TimeZone.getDefault();
        Locale locale = Locale.getDefault();
        List<String> answers = sample();
        try {
            for (String id : List.of("Pacific/Apia", "America/St_Johns", "Asia/Tehran")) {
                for (String tag : List.of("tr", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai")) {
                    TimeZone.setDefault(TimeZone.getTimeZone(id));
                    Locale.setDefault(Locale.forLanguageTag(tag));
                    assertEquals(answers, sample());
                }
            }
        } finally {
            TimeZone.setDefault(zone);
            Locale.setDefault(locale);
        }
    }

    private static List<String> sample() {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Scene scene = new RandomCalendars(SEED + i).scene();
            answers.add(scene.calendar().toString());
            answers.add(Schedule.of(scene.calendar()).at(at(scene, 0)).sentence());
        }
        return answers;
    }
}
