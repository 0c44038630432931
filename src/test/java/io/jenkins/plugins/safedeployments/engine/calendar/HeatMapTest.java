package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.Test;

/** How much of each hour on the clock is open, also on days on which clocks change. */
public class HeatMapTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    public void hoursArePartlyOpen() {
        HeatMap.Day day = day("zone UTC\nwindow 09:15-11:30", "UTC", "2026-06-05");

        assertThat(day.hours(), hasSize(24));
        assertThat(day.hours().get(8), is(new HeatMap.Hour(3600, 0, 0)));
        assertThat(day.hours().get(9), is(new HeatMap.Hour(3600, 2700, 0)));
        assertThat(day.hours().get(10), is(new HeatMap.Hour(3600, 3600, 0)));
        assertThat(day.hours().get(11), is(new HeatMap.Hour(3600, 1800, 0)));
        assertThat(day.hours().stream().map(HeatMap.Hour::level).toList().subList(8, 13), is(List.of(0, 3, 4, 2, 0)));
        assertThat(day.openings(), hasSize(1));
    }

    @Test
    public void freezesAreWhatIsClosedByThem() {
        HeatMap.Day day = day(
                "zone UTC\nwindow 09:00-11:00\nfreeze 2026-06-05 10:00..2026-06-05 12:30\nfreeze 2026-06-05 10:30-11:00",
                "UTC",
                "2026-06-05");

        assertThat(day.hours().get(9), is(new HeatMap.Hour(3600, 3600, 0)));
        assertThat(day.hours().get(10), is(new HeatMap.Hour(3600, 0, 3600)));
        assertThat(day.hours().get(12), is(new HeatMap.Hour(3600, 0, 1800)));
    }

    @Test
    public void skippedHourIsEmptyAndRepeatedHourIsLonger() {
        HeatMap.Day spring = day("zone Europe/Berlin\nwindow daily", "Europe/Berlin", "2025-03-30");
        assertThat(spring.hours().get(2), is(new HeatMap.Hour(0, 0, 0)));
        assertThat(spring.hours().get(2).level(), is(0));
        assertThat(spring.hours().get(3).level(), is(4));

        HeatMap.Day autumn = day("zone Europe/Berlin\nwindow daily", "Europe/Berlin", "2025-10-26");
        assertThat(autumn.hours().get(2), is(new HeatMap.Hour(7200, 7200, 0)));
    }

    @Test
    public void changeByHalfAnHourAndDayThatDoesNotExist() {
        HeatMap.Day halfHour = day("zone Australia/Lord_Howe\nwindow daily", "Australia/Lord_Howe", "2025-10-05");
        assertThat(halfHour.hours().get(2), is(new HeatMap.Hour(1800, 1800, 0)));

        HeatMap.Day none = day("zone Pacific/Apia\nwindow daily", "Pacific/Apia", "2011-12-30");
        assertThat(none.hours().stream().mapToLong(HeatMap.Hour::lasts).sum(), is(0L));
        assertThat(none.openings(), hasSize(0));
    }

    /** Added up, the hours are what the openings are, whatever the calendar and the zone. */
    @Test
    public void hoursAddUpToTheOpenings() {
        Random random = new Random(20261122);
        for (int i = 0; i < 200; i++) {
            WindowCalendar calendar =
                    new RandomCalendars(random.nextLong()).scene().calendar();
            LocalDate first = LocalDate.of(2025, 1, 1).plusDays(random.nextInt(700));
            Schedule schedule = Schedule.of(calendar);
            Instant from = first.atStartOfDay(calendar.zone()).toInstant();
            Instant to = first.plusDays(10).atStartOfDay(calendar.zone()).toInstant();
            long expected = schedule.openings(from, to).stream()
                    .mapToLong(opening ->
                            opening.end().getEpochSecond() - opening.start().getEpochSecond())
                    .sum();

            List<HeatMap.Day> days = HeatMap.of(schedule, calendar.zone(), first, 10);

            long open = days.stream()
                    .flatMap(day -> day.hours().stream())
                    .mapToLong(HeatMap.Hour::open)
                    .sum();
            assertThat(calendar + " from " + first, open, is(expected));
        }
    }

    @Test
    public void momentsOnTheClock() {
        assertThat(
                Moments.parse("at", " 2026-06-05 18:00", BERLIN), is(List.of(Instant.parse("2026-06-05T16:00:00Z"))));
        assertThat(
                Moments.parse("at", "2025-10-26T02:30", BERLIN),
                is(List.of(Instant.parse("2025-10-26T00:30:00Z"), Instant.parse("2025-10-26T01:30:00Z"))));
        assertThat(Moments.parse("at", "2025-03-30 02:30", BERLIN), is(List.of(Instant.parse("2025-03-30T01:00:00Z"))));
        assertThat(
                assertThrows(UserException.class, () -> Moments.parse("at", "tomorrow", BERLIN))
                        .getMessage(),
                containsString("'at' is 'tomorrow': write a date and a time"));
    }

    private static HeatMap.Day day(String calendar, String zone, String date) {
        return HeatMap.of(Schedule.of(WindowCalendar.parse("", calendar)), ZoneId.of(zone), LocalDate.parse(date), 1)
                .get(0);
    }
}
