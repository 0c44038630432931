package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.Test;

public class ScheduleTest {

    private static final Instant SATURDAY = Instant.parse("2026-03-28T16:00:00Z");
    private static final Instant FRIDAY = Instant.parse("2026-03-27T13:00:00Z");

    private static WindowCalendar calendar(String... freezes) {
        return WindowCalendar.of("", "Europe/Berlin", List.of("Mon-Fri 09:00-17:00"), List.of(freezes));
    }

    private static String says(WindowCalendar calendar, Instant now) {
        return Schedule.of(calendar).at(now).sentence();
    }

    @Test
    public void saysWhyItIsClosedAndWhenItOpens() {
        // the clock is put forward in between
        assertThat(
                says(calendar(), SATURDAY),
                is(
                        "closed: outside 'Mon-Fri 09:00-17:00' (Europe/Berlin); opens Mon 2026-03-30 09:00 CEST, in 1 day 15 h"));
    }

    @Test
    public void saysWhyItIsOpenAndWhenItCloses() {
        assertThat(
                says(calendar(), FRIDAY),
                is("open: inside 'Mon-Fri 09:00-17:00' (Europe/Berlin); closes Fri 2026-03-27 17:00 CET, in 3 h"));
    }

    @Test
    public void saysWhichFreezeAndWhy() {
        assertThat(
                says(calendar("Quarter's end: 2026-03-27..2026-03-31 because the books are closed"), FRIDAY),
                is(
                        "closed: freeze 'Quarter's end: 2026-03-27..2026-03-31' (Europe/Berlin) because the books are closed;"
                                + " opens Wed 2026-04-01 09:00 CEST, in 4 days 18 h"));
    }

    @Test
    public void freezesAloneLeaveTheRestOpen() {
        WindowCalendar calendar = WindowCalendar.of("", "UTC", null, List.of("yearly 12-24..12-26"));
        assertThat(
                says(calendar, Instant.parse("2026-12-23T23:40:10Z")),
                is("open: in no freeze (UTC); closes Thu 2026-12-24 00:00 UTC, in 19 min"));
    }

    @Test
    public void saysThatItNeverOpensOrCloses() {
        assertThat(says(calendar("daily"), FRIDAY), is("closed: freeze 'daily' (Europe/Berlin); never opens again"));
        assertThat(
                says(WindowCalendar.of("", "UTC", List.of("daily"), null), FRIDAY),
                is("open: inside 'daily' (UTC); stays open for more than 400 days"));
        assertThat(Schedule.of(calendar("daily")).at(FRIDAY).opens(), nullValue());
    }

    @Test
    public void allCalendarsMustBeOpen() {
        WindowCalendar other = WindowCalendar.of("production", "Asia/Tokyo", List.of("Mon-Thu 12:00-24:00"), null);
        Schedule schedule = Schedule.ofAll(List.of(calendar(), other));

        Verdict verdict = schedule.at(SATURDAY);

        assertThat(
                verdict.sentence(),
                is("closed: outside 'Mon-Fri 09:00-17:00' (Europe/Berlin) and outside 'Mon-Thu 12:00-24:00' of calendar"
                        + " 'production' (Asia/Tokyo); opens Mon 2026-03-30 09:00 CEST, in 1 day 15 h"));
        assertThat(
                schedule.at(FRIDAY).deciding().toString(),
                is("[outside 'Mon-Thu 12:00-24:00' of calendar 'production' (Asia/Tokyo)]"));
        assertThat(schedule.nextClosing(SATURDAY).orElseThrow(), is(Instant.parse("2026-03-30T15:00:00Z")));
    }

    @Test
    public void listsFreezes() {
        Schedule schedule = Schedule.of(calendar("Easter: 2026-04-03..2026-04-06"));
        List<Frozen> freezes = schedule.freezes(FRIDAY, FRIDAY.plus(Duration.ofDays(30)));
        assertThat(freezes.size(), is(1));
        assertThat(freezes.get(0).freeze().name(), is("Easter"));
        assertThat(freezes.get(0).time().end(), is(Instant.parse("2026-04-06T22:00:00Z")));
        assertThat(schedule.openings(FRIDAY, FRIDAY.plus(Duration.ofDays(30))).size(), is(19));
    }

    @Test
    public void partOfASecondMakesNoDifference() {
        Schedule schedule = Schedule.of(calendar());
        Instant closing = Instant.parse("2026-03-27T16:00:00Z");
        assertThat(schedule.isOpen(closing.minusNanos(1)), is(true));
        assertThat(schedule.isOpen(closing), is(false));
        assertThat(schedule.nextOpening(closing.minusNanos(1)).orElseThrow(), is(closing.minusNanos(1)));
    }

    @Test
    public void refusesYearsThatAreNone() {
        Schedule schedule = Schedule.of(calendar());
        assertThrows(UserException.class, () -> schedule.at(Instant.MAX));
        assertThrows(UserException.class, () -> schedule.nextOpening(Instant.MIN));
    }

    @Test
    public void jitterIsStableAndSpreadAndEndsBeforeTheWindow() {
        Jitter jitter = new Jitter(Duration.ofHours(1));
        Instant opens = FRIDAY;
        Instant closes = FRIDAY.plusSeconds(600);
        Set<Instant> starts = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Instant start = jitter.start(opens, closes, "folder/job#" + i);
            assertThat(jitter.start(opens, closes, "folder/job#" + i), is(start));
            assertThat(start.isBefore(opens), is(false));
            assertThat(start.isBefore(closes), is(true));
            starts.add(start);
        }
        assertThat(starts.size(), greaterThan(400));
        assertThat(new Jitter(Duration.ZERO).start(opens, closes, "a"), is(opens));
        assertThat(jitter.start(opens, null, "a").isAfter(opens.plusSeconds(3_600)), is(false));
        assertThrows(UserException.class, () -> new Jitter(Duration.ofHours(25)));
    }

    private static List<String> findings(List<String> windows, String... freezes) {
        List<String> texts = new ArrayList<>();
        CalendarCheck.of(WindowCalendar.of("", "Europe/Berlin", windows, List.of(freezes)), FRIDAY)
                .forEach(finding -> texts.add(finding.severity() + " " + finding.text()));
        return texts;
    }

    @Test
    public void checkFindsWhatNeverOpens() {
        assertThat(findings(List.of("Mon-Fri 09:00-17:00")), empty());
        assertThat(
                findings(List.of("2025-01-01..2025-02-01")),
                contains("ERROR It never opens.", "WARNING The window '2025-01-01..2025-02-01' never opens again."));
        assertThat(findings(List.of("monthly 31 of Feb")).get(0), is("ERROR It never opens."));
        assertThat(
                findings(List.of("Mon"), "2026-01-01..2028-01-01").get(0),
                is(
                        "ERROR It does not open before Mon 2028-01-03 00:00 CET, which is more than 400 days away, since freezes"
                                + " cover all windows."));
        assertThat(
                findings(List.of("yearly 02-29")),
                contains(
                        "WARNING It does not open before Tue 2028-02-29 00:00 CET, which is more than 400 days away.",
                        "WARNING The window 'yearly 02-29' does not open within 400 days."));
    }

    @Test
    public void checkFindsContradictionsAndOverlaps() {
        assertThat(
                findings(List.of("Mon", "Sun"), "Sat-Sun"),
                contains(
                        "WARNING The window 'Sun' does not open within 400 days, since the freeze 'Sat,Sun' cover it."));
        assertThat(
                findings(List.of("Mon 09:00-12:00", "Mon 11:00-13:00", "Mon 09:30-10:00")),
                contains(
                        "WARNING The window 'Mon 09:30-10:00' adds nothing to 'Mon 09:00-12:00'.",
                        "NOTE The windows 'Mon 09:00-12:00' and 'Mon 11:00-13:00' overlap, next on Mon 2026-03-30 11:00"
                                + " CEST; together they are one."));
        assertThat(
                findings(List.of("Mon"), "2020-01-01"),
                contains("WARNING The freeze '2020-01-01' does not apply any more."));
        assertThat(
                findings(List.of("Mon except Tue")),
                contains("WARNING The window 'Mon except Tue' has the exception 'Tue', which changes nothing within 400"
                        + " days."));
    }

    @Test
    public void checkSaysWhatMaySurprise() {
        assertThat(
                findings(List.of("Mon 09:00-09:00")),
                contains(
                        "NOTE The window 'Mon 09:00-09:00' lasts 24 hours, since it ends when it begins: 09:00-09:00."));
        assertThat(
                findings(List.of("02:15-02:45")).get(0),
                is(
                        "NOTE The window 'daily 02:15-02:45' does not open on 2026-03-29, when the clock skips 02:15-02:45 in"
                                + " Europe/Berlin."));
    }

    @Test
    public void searchForWhatNeverComesEnds() {
        Schedule schedule = Schedule.of(calendar("Mon-Fri 08:00-18:00", "5th Mon of Feb"));
        long start = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(schedule.nextOpening(FRIDAY).isPresent(), is(false));
        long nanos = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        assertThat(nanos, lessThan(Duration.ofSeconds(1).toNanos()));
    }
}
