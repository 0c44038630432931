package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/** What windows are around changes of clocks, leap days and ends of years: all openings within some time, by the second. */
@RunWith(Parameterized.class)
public class ClockChangesTest {

    /** What it shows; zone; windows, then '!' and freezes; from and to; openings. */
    private static final List<String[]> ROWS = List.of(
            row(
                    "in the skipped hour: empty that day",
                    "Europe/Berlin",
                    "02:15-02:45",
                    "2025-03-29T00:00Z/2025-03-31T12:00Z",
                    "2025-03-29T01:15Z/2025-03-29T01:45Z 2025-03-31T00:15Z/2025-03-31T00:45Z"),
            row(
                    "starts in the skipped hour: at its end",
                    "Europe/Berlin",
                    "02:30-04:00",
                    "2025-03-30T00:00Z/2025-03-30T12:00Z",
                    "2025-03-30T01:00Z/2025-03-30T02:00Z"),
            row(
                    "ends in the skipped hour: when it begins",
                    "Europe/Berlin",
                    "01:00-02:30",
                    "2025-03-30T00:00Z/2025-03-30T12:00Z",
                    "2025-03-30T00:00Z/2025-03-30T01:00Z"),
            row(
                    "in the repeated hour: both passes, as one",
                    "Europe/Berlin",
                    "02:15-02:30",
                    "2025-10-26T00:00Z/2025-10-26T12:00Z",
                    "2025-10-26T00:15Z/2025-10-26T01:30Z"),
            row(
                    "starts in the repeated hour: in the first pass",
                    "Europe/Berlin",
                    "02:30-04:00",
                    "2025-10-26T00:00Z/2025-10-26T12:00Z",
                    "2025-10-26T00:30Z/2025-10-26T03:00Z"),
            row(
                    "ends where the repeated hour begins: no hour longer",
                    "Europe/Berlin",
                    "Sat 22:00-02:00",
                    "2025-10-25T12:00Z/2025-10-26T12:00Z",
                    "2025-10-25T20:00Z/2025-10-26T00:00Z"),
            row(
                    "over the repeated hour: an hour longer",
                    "Europe/Berlin",
                    "Sat 22:00-03:00",
                    "2025-10-25T12:00Z/2025-10-26T12:00Z",
                    "2025-10-25T20:00Z/2025-10-26T02:00Z"),
            row(
                    "over the skipped hour: an hour shorter",
                    "Europe/Berlin",
                    "Sat 22:00-03:00",
                    "2025-03-29T12:00Z/2025-03-30T12:00Z",
                    "2025-03-29T21:00Z/2025-03-30T01:00Z"),
            row(
                    "a day of 23 hours",
                    "Europe/Berlin",
                    "2025-03-30",
                    "2025-03-29T00:00Z/2025-04-01T00:00Z",
                    "2025-03-29T23:00Z/2025-03-30T22:00Z"),
            row(
                    "a day of 25 hours",
                    "Europe/Berlin",
                    "2025-10-26",
                    "2025-10-25T00:00Z/2025-10-28T00:00Z",
                    "2025-10-25T22:00Z/2025-10-26T23:00Z"),
            row(
                    "half an hour is skipped",
                    "Australia/Lord_Howe",
                    "Sun 01:45-02:45",
                    "2025-10-04T12:00Z/2025-10-05T12:00Z",
                    "2025-10-04T15:15Z/2025-10-04T15:45Z"),
            row(
                    "the clock changes for Ramadan",
                    "Africa/Casablanca",
                    "02:15-02:45",
                    "2025-02-23T00:00Z/2025-02-23T12:00Z",
                    "2025-02-23T01:15Z/2025-02-23T02:45Z"),
            row(
                    "midnight is skipped: the day begins at 01:00",
                    "America/Sao_Paulo",
                    "2018-11-04",
                    "2018-11-03T00:00Z/2018-11-06T00:00Z",
                    "2018-11-04T03:00Z/2018-11-05T02:00Z"),
            row(
                    "a cron line at a midnight that is skipped",
                    "America/Sao_Paulo",
                    "cron 0 0 * * * for 30m",
                    "2018-11-03T12:00Z/2018-11-05T12:00Z",
                    "2018-11-04T03:00Z/2018-11-04T03:30Z 2018-11-05T02:00Z/2018-11-05T02:30Z"),
            row(
                    "midnight is repeated: the day has it twice",
                    "America/Havana",
                    "2025-11-02",
                    "2025-11-01T00:00Z/2025-11-04T00:00Z",
                    "2025-11-02T04:00Z/2025-11-03T05:00Z"),
            row(
                    "midnight is repeated: the day before has it not",
                    "America/Havana",
                    "2025-11-01",
                    "2025-10-31T00:00Z/2025-11-04T00:00Z",
                    "2025-11-01T04:00Z/2025-11-02T04:00Z"),
            row(
                    "the clock is put back over midnight: the evening belongs to its day",
                    "America/St_Johns",
                    "2010-11-06",
                    "2010-11-05T00:00Z/2010-11-09T00:00Z",
                    "2010-11-06T02:30Z/2010-11-07T03:30Z"),
            row("the day does not exist", "Pacific/Apia", "2011-12-30", "2011-12-28T00:00Z/2012-01-02T00:00Z", ""),
            row(
                    "the day before one that does not exist",
                    "Pacific/Apia",
                    "Thu 22:00-02:00",
                    "2011-12-28T00:00Z/2012-01-02T00:00Z",
                    "2011-12-30T08:00Z/2011-12-30T10:00Z"),
            row(
                    "45 minutes from the hour",
                    "Asia/Kathmandu",
                    "09:00-10:00",
                    "2025-06-02T00:00Z/2025-06-02T12:00Z",
                    "2025-06-02T03:15Z/2025-06-02T04:15Z"),
            row(
                    "leap day",
                    "UTC",
                    "yearly 02-29",
                    "2026-01-01T00:00Z/2029-01-01T00:00Z",
                    "2028-02-29T00:00Z/2028-03-01T00:00Z"),
            row(
                    "no leap day in 2100",
                    "UTC",
                    "yearly 02-29",
                    "2097-01-01T00:00Z/2105-01-01T00:00Z",
                    "2104-02-29T00:00Z/2104-03-01T00:00Z"),
            row(
                    "the end of February is the day before March",
                    "UTC",
                    "monthly last of Feb",
                    "2027-01-01T00:00Z/2029-01-01T00:00Z",
                    "2027-02-28T00:00Z/2027-03-01T00:00Z 2028-02-29T00:00Z/2028-03-01T00:00Z"),
            row(
                    "months without a 31st",
                    "UTC",
                    "monthly 31 10:00-11:00",
                    "2026-01-01T00:00Z/2026-06-01T00:00Z",
                    "2026-01-31T10:00Z/2026-01-31T11:00Z 2026-03-31T10:00Z/2026-03-31T11:00Z 2026-05-31T10:00Z/2026-05-31T11:00Z"),
            row(
                    "2026 has an ISO week 53, up to 3 January 2027",
                    "UTC",
                    "week 53 Fri-Sun",
                    "2026-01-05T00:00Z/2027-06-01T00:00Z",
                    "2027-01-01T00:00Z/2027-01-04T00:00Z"),
            row("years without a week 53", "UTC", "week 53", "2027-01-04T00:00Z/2032-12-01T00:00Z", ""),
            row(
                    "over the end of the year",
                    "UTC",
                    "yearly 12-31 23:00-01:00",
                    "2026-06-01T00:00Z/2027-06-01T00:00Z",
                    "2026-12-31T23:00Z/2027-01-01T01:00Z"),
            row(
                    "up to a frozen new year's day",
                    "UTC",
                    "23:00-01:00!yearly 01-01",
                    "2026-12-31T12:00Z/2027-01-02T12:00Z",
                    "2026-12-31T23:00Z/2027-01-01T00:00Z 2027-01-02T00:00Z/2027-01-02T01:00Z"),
            row(
                    "holidays over the end of the year",
                    "UTC",
                    "12:00-13:00!yearly 12-24..01-02",
                    "2026-12-22T00:00Z/2027-01-05T00:00Z",
                    "2026-12-22T12:00Z/2026-12-22T13:00Z 2026-12-23T12:00Z/2026-12-23T13:00Z 2027-01-03T12:00Z/2027-01-03T13:00Z"
                            + " 2027-01-04T12:00Z/2027-01-04T13:00Z"),
            row(
                    "from a zone to another, over several days",
                    "UTC",
                    "Fri 22:00-Mon 06:00; Mon 09:00-10:00 in Asia/Tokyo",
                    "2026-03-06T00:00Z/2026-03-10T00:00Z",
                    "2026-03-06T22:00Z/2026-03-09T06:00Z"),
            row(
                    "third Thursday",
                    "UTC",
                    "3rd Thu of Nov 10:00-11:00",
                    "2026-01-01T00:00Z/2028-01-01T00:00Z",
                    "2026-11-19T10:00Z/2026-11-19T11:00Z 2027-11-18T10:00Z/2027-11-18T11:00Z"),
            row(
                    "freeze with an exception",
                    "UTC",
                    "daily!2026-12-24..2026-12-26 except 2026-12-25 09:00-10:00",
                    "2026-12-23T00:00Z/2026-12-28T00:00Z",
                    "2026-12-23T00:00Z/2026-12-24T00:00Z 2026-12-25T09:00Z/2026-12-25T10:00Z 2026-12-27T00:00Z/2026-12-28T00:00Z"),
            row(
                    "a cron line lasts as long as it says",
                    "Europe/Berlin",
                    "cron 0 22 * * 6 for 8h",
                    "2025-03-29T00:00Z/2025-03-31T00:00Z",
                    "2025-03-29T21:00Z/2025-03-30T05:00Z"));

    private static String[] row(String... cells) {
        return cells;
    }

    private final String[] row;

    public ClockChangesTest(String name, String[] row) {
        this.row = row;
    }

    @Parameters(name = "{0}")
    public static List<Object[]> rows() {
        List<Object[]> rows = new ArrayList<>();
        for (String[] row : ROWS) {
            rows.add(new Object[] {row[0], row});
        }
        return rows;
    }

    @Test
    public void opensAndCloses() {
        String[] entries = row[2].split("!");
        Schedule schedule = Schedule.of(WindowCalendar.of(
                "", row[1], List.of(entries[0]), Arrays.asList(entries).subList(1, entries.length)));
        String[] range = row[3].split("/");

        List<Opening> openings = schedule.openings(moment(range[0]), moment(range[1]));

        assertThat(
                openings.stream()
                        .map(opening -> text(opening.start()) + "/" + text(opening.end()))
                        .collect(Collectors.joining(" ")),
                is(row[4]));
    }

    private static Instant moment(String text) {
        return Instant.parse(text.replace("Z", ":00Z"));
    }

    private static String text(Instant instant) {
        return instant.toString().replace(":00Z", "Z");
    }
}
