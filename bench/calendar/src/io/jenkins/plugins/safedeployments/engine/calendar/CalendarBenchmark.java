package io.jenkins.plugins.safedeployments.engine.calendar;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an answer takes on a calendar of 50 rules, and what scans minute by minute take for the same answer. The moments asked
 * about are spread over three years, so that clock changes, freezes and long waits are among them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CalendarBenchmark {

    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
    private static final int MOMENTS = 1 << 12;
    private static final long STEP = 3L * 365 * 86_400 / MOMENTS;

    private final WindowCalendar calendar = fiftyRules();
    private final Schedule schedule = Schedule.of(calendar);
    private final LiteralScan literal = new LiteralScan(calendar);
    private int next;

    private Instant moment() {
        // odd, so that all are asked about, and neighbours seldom follow each other
        next = next + 1_237 & MOMENTS - 1;
        return Instant.ofEpochSecond(START + next * STEP);
    }

    /** 40 windows of which each hour of the week has a few, and 10 freezes. */
    static WindowCalendar fiftyRules() {
        List<String> windows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String day = Words.weekdays(1 << i % 5 + 1);
            windows.add(String.format(Locale.ROOT, "%s %02d:00-%02d:45", day, 8 + i % 9, 9 + i % 9));
        }
        for (int i = 0; i < 5; i++) {
            windows.add(Words.ORDINALS.get(i) + " Sat 22:00-02:00");
            windows.add("yearly 0" + (i + 1) + "-15 20:00-23:00");
        }
        List<String> freezes = new ArrayList<>(List.of(
                "yearly 12-20..01-06 because it is Christmas",
                "last Fri of Nov",
                "monthly last 12:00-24:00",
                "2026-07-01..2026-07-31",
                "2027-03-26 18:00..2027-03-30 08:00",
                "Fri 16:00-Mon 06:00 except 1st Sat",
                "cron 0 12 * * 1-5 for 1h",
                "week 53",
                "daily 12:15-13:15 in America/New_York",
                "yearly 02-29"));
        return WindowCalendar.of("", ZONE.getId(), windows, freezes);
    }

    @Benchmark
    public Object nextOpening() {
        return schedule.nextOpening(moment());
    }

    @Benchmark
    public Object verdict() {
        return schedule.at(moment());
    }

    /** Reading the text of it, as a step does once. */
    @Benchmark
    public Object parse() {
        return Schedule.of(WindowCalendar.parse("", calendar.toString()));
    }

    /** The same question without a search. */
    @Benchmark
    public Object minuteScan() {
        return literal.nextOpening(moment());
    }

    /** Without a search, but by the calendar's own answer for one moment, which is made for single questions, too. */
    @Benchmark
    public Object ownMinuteScan() {
        Instant minute = moment();
        while (!schedule.isOpen(minute)) {
            minute = minute.plusSeconds(60);
        }
        return minute;
    }

    /** For how long there is to wait on average, and all in CPU time, for a machine that does other things, too. */
    public static void main(String[] args) {
        CalendarBenchmark benchmark = new CalendarBenchmark();
        double minutes = 0;
        int different = 0;
        for (int i = 0; i < MOMENTS; i++) {
            Instant moment = benchmark.moment();
            Instant opening = benchmark.schedule.nextOpening(moment).orElseThrow();
            minutes += Duration.between(moment, opening).toSeconds() / 60.0;
            Instant scanned = benchmark.literal.nextOpening(moment);
            // it asks once a minute, which may be up to a minute later
            different += scanned.isBefore(opening) || scanned.isAfter(opening.plusSeconds(60)) ? 1 : 0;
        }
        System.out.printf(
                Locale.ROOT,
                "50 rules, %.0f minutes to wait on average; %d of %d answers of the minute scan are others%n",
                minutes / MOMENTS,
                different,
                MOMENTS);
        for (int round = 0; round < 7; round++) {
            double opening = cpuMicros(benchmark::nextOpening, 20 * MOMENTS);
            double scan = cpuMicros(benchmark::minuteScan, MOMENTS / 16);
            double own = cpuMicros(benchmark::ownMinuteScan, MOMENTS / 16);
            System.out.printf(
                    Locale.ROOT,
                    "CPU time: next opening %.2f us, minute scan %.0f us, %.0f times as much; by own answers %.0f us, %.0f times%n",
                    opening,
                    scan,
                    scan / opening,
                    own,
                    own / opening);
        }
    }

    private static double cpuMicros(Supplier<Object> question, int times) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            question.get();
        }
        return (threads.getCurrentThreadCpuTime() - start) / 1e3 / times;
    }
}
